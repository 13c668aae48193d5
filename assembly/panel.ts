// The layouts of a product's operands and the kernels that multiply them. Every product of a step
// is made of `tile` (a block of rows at a time) and `column` (one row), so every sum has one order.
//
// A panel holds four rows of a matrix side by side, in f32 eight, so that what a product needs for one k
// is 32 contiguous bytes, two vectors. As for f64, a matrix of n rows is n/4 panels:
//
//     row-major            panel 0: rows 0 1 2 3        [n/4][k][4]
//     a0 a1 a2 …           a0 b0 c0 d0  a1 b1 c1 d1  a2 b2 c2 d2 …
//     b0 b1 b2 …
//     c0 c1 c2 …           (rows beyond n are zeros)
//     d0 d1 d2 …
//
// Activations of a batch are kept the same way, [t][b/4][unit][4 rows], one block for each four
// rows of the batch; the up to three rows that remain stand alone, [t][b][unit]. Block or row, that
// of rows b … at time t begins at element (t·B + b)·units. A tile of outputs, 4 units × 4 rows, is
// 128 contiguous bytes and is an operand of the next product as it stands.
//
// `tile` keeps its 16 sums in eight registers: for each k, 2 loads of rows, 4 splats of weights, 8
// multiplies, 8 adds, in order of k. Not unrolled by hand: V8 then spills a sum (measured a third
// slower). Sums are loaded and stored, so blocking k changes no bit. Where two blocks of rows stand
// side by side `wideTile` takes two units of both: as many operations of 128 bits, and fewer of 256,
// where the machine code has those (docs/design.md): 4 loads for each k in place of 5.

import { at, getSplat, getVector, setVector } from "./memory";
import { LANES, PANEL, roundDown } from "./real";

/** Elements of a tile: PANEL units of a block of PANEL rows. */
export const TILE: i32 = PANEL * PANEL;
const COLUMN_PANELS: i32 = 4; // panels that `column` takes at once
const DEPTH: i32 = 256; // k at a time: two panels of this depth, 16 KB, stay in the first cache

/** sum + a·b: two roundings, or in a `fast` build whatever the machine does best, often one. */
function multiplyAdd(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<real>(a, b, sum);
  return v128.add<real>(sum, v128.mul<real>(a, b));
}

/** c[i][j] += Σ_k a[k][i]·b[k][j] for four i of a panel; rows of c stand `stride` elements apart. */
function tile(a: usize, b: usize, c: usize, stride: i32, depth: i32): void {
  const c1 = at(c, stride);
  const c2 = at(c1, stride);
  const c3 = at(c2, stride);
  let s00 = getVector(c, 0);
  let s01 = getVector(c, LANES);
  let s10 = getVector(c1, 0);
  let s11 = getVector(c1, LANES);
  let s20 = getVector(c2, 0);
  let s21 = getVector(c2, LANES);
  let s30 = getVector(c3, 0);
  let s31 = getVector(c3, LANES);
  const end = at(a, PANEL * depth);
  while (a < end) {
    const b0 = getVector(b, 0);
    const b1 = getVector(b, LANES);
    const a0 = getSplat(a, 0);
    s00 = multiplyAdd(s00, a0, b0);
    s01 = multiplyAdd(s01, a0, b1);
    const a1 = getSplat(a, 1);
    s10 = multiplyAdd(s10, a1, b0);
    s11 = multiplyAdd(s11, a1, b1);
    const a2 = getSplat(a, 2);
    s20 = multiplyAdd(s20, a2, b0);
    s21 = multiplyAdd(s21, a2, b1);
    const a3 = getSplat(a, 3);
    s30 = multiplyAdd(s30, a3, b0);
    s31 = multiplyAdd(s31, a3, b1);
    a = at(a, PANEL);
    b = at(b, PANEL);
  }
  setVector(c, 0, s00);
  setVector(c, LANES, s01);
  setVector(c1, 0, s10);
  setVector(c1, LANES, s11);
  setVector(c2, 0, s20);
  setVector(c2, LANES, s21);
  setVector(c3, 0, s30);
  setVector(c3, LANES, s31);
}

/**
 * Two tiles side by side, two units of each: c[i][j] += Σ_k a[k][i]·b[k][j] for i of 2 and the 4 rows j
 * of each of two panels, `b` and `beside`, into `c` and `next`, whose rows stand `stride` apart.
 */
function halfTiles(
  a: usize,
  b: usize,
  beside: usize,
  c: usize,
  next: usize,
  stride: i32,
  depth: i32,
): void {
  const c1 = at(c, stride);
  const next1 = at(next, stride);
  let s00 = getVector(c, 0);
  let s01 = getVector(c, LANES);
  let s02 = getVector(next, 0);
  let s03 = getVector(next, LANES);
  let s10 = getVector(c1, 0);
  let s11 = getVector(c1, LANES);
  let s12 = getVector(next1, 0);
  let s13 = getVector(next1, LANES);
  const end = at(a, PANEL * depth);
  while (a < end) {
    const b0 = getVector(b, 0);
    const b1 = getVector(b, LANES);
    const b2 = getVector(beside, 0);
    const b3 = getVector(beside, LANES);
    const a0 = getSplat(a, 0);
    s00 = multiplyAdd(s00, a0, b0);
    s01 = multiplyAdd(s01, a0, b1);
    s02 = multiplyAdd(s02, a0, b2);
    s03 = multiplyAdd(s03, a0, b3);
    const a1 = getSplat(a, 1);
    s10 = multiplyAdd(s10, a1, b0);
    s11 = multiplyAdd(s11, a1, b1);
    s12 = multiplyAdd(s12, a1, b2);
    s13 = multiplyAdd(s13, a1, b3);
    a = at(a, PANEL);
    b = at(b, PANEL);
    beside = at(beside, PANEL);
  }
  setVector(c, 0, s00);
  setVector(c, LANES, s01);
  setVector(next, 0, s02);
  setVector(next, LANES, s03);
  setVector(c1, 0, s10);
  setVector(c1, LANES, s11);
  setVector(next1, 0, s12);
  setVector(next1, LANES, s13);
}

/** All c[i][j] += Σ_k a[k][i]·b[k][j] of one panel of units and one of rows. */
export function tiles(a: usize, b: usize, c: usize, stride: i32, depth: i32): void {
  tile(a, b, c, stride, depth);
  if (PANEL > 4) tile(at(a, 4), b, at(c, 4 * stride), stride, depth);
}

/** `tiles` for one panel of units and two of rows, `b` and `beside`, into `c` and `next`. */
export function wideTiles(
  a: usize,
  b: usize,
  beside: usize,
  c: usize,
  next: usize,
  stride: i32,
  depth: i32,
): void {
  halfTiles(a, b, beside, c, next, stride, depth);
  halfTiles(at(a, 2), b, beside, at(c, 2 * stride), at(next, 2 * stride), stride, depth);
  if (PANEL == 4) return;
  halfTiles(at(a, 4), b, beside, at(c, 4 * stride), at(next, 4 * stride), stride, depth);
  halfTiles(at(a, 6), b, beside, at(c, 6 * stride), at(next, 6 * stride), stride, depth);
}

/** c[i] += Σ_k a[k][i]·x[k] for the rows of one panel. */
function column(a: usize, x: usize, c: usize, depth: i32): void {
  let s0 = getVector(c, 0);
  let s1 = getVector(c, LANES);
  for (let k = 0; k < depth; k++) {
    const xk = getSplat(x, k);
    s0 = multiplyAdd(s0, getVector(a, 0), xk);
    s1 = multiplyAdd(s1, getVector(a, LANES), xk);
    a = at(a, PANEL);
  }
  setVector(c, 0, s0);
  setVector(c, LANES, s1);
}

/** `column` for four panels that follow each other, so that the sums hide each other's latency. */
function columns(a: usize, x: usize, c: usize, depth: i32): void {
  const end = at(a, PANEL * depth);
  let a1 = end;
  let a2 = at(a1, PANEL * depth);
  let a3 = at(a2, PANEL * depth);
  let s0 = getVector(c, 0);
  let s1 = getVector(c, LANES);
  let s2 = getVector(c, 2 * LANES);
  let s3 = getVector(c, 3 * LANES);
  let s4 = getVector(c, 4 * LANES);
  let s5 = getVector(c, 5 * LANES);
  let s6 = getVector(c, 6 * LANES);
  let s7 = getVector(c, 7 * LANES);
  while (a < end) {
    const xk = getSplat(x, 0);
    s0 = multiplyAdd(s0, getVector(a, 0), xk);
    s1 = multiplyAdd(s1, getVector(a, LANES), xk);
    s2 = multiplyAdd(s2, getVector(a1, 0), xk);
    s3 = multiplyAdd(s3, getVector(a1, LANES), xk);
    s4 = multiplyAdd(s4, getVector(a2, 0), xk);
    s5 = multiplyAdd(s5, getVector(a2, LANES), xk);
    s6 = multiplyAdd(s6, getVector(a3, 0), xk);
    s7 = multiplyAdd(s7, getVector(a3, LANES), xk);
    x = at(x, 1);
    a = at(a, PANEL);
    a1 = at(a1, PANEL);
    a2 = at(a2, PANEL);
    a3 = at(a3, PANEL);
  }
  setVector(c, 0, s0);
  setVector(c, LANES, s1);
  setVector(c, 2 * LANES, s2);
  setVector(c, 3 * LANES, s3);
  setVector(c, 4 * LANES, s4);
  setVector(c, 5 * LANES, s5);
  setVector(c, 6 * LANES, s6);
  setVector(c, 7 * LANES, s7);
}

/**
 * y += panels·x for the batch rows `first` … `last` - 1 of one time: panels [n/4][depth][4], rows x
 * [B][xUnits], rows y [B][n]. `first` begins a block. A panel serves all rows before the next.
 */
export function multiplyRows(
  panels: usize,
  n: i32,
  depth: i32,
  x: usize,
  xUnits: i32,
  y: usize,
  first: i32,
  last: i32,
): void {
  const blocked = first + roundDown(last - first);
  for (let k = 0; k < depth; k += DEPTH) {
    const part = min(DEPTH, depth - k);
    for (let i = 0; i < n; i += PANEL) {
      const a = at(panels, i * depth + k * PANEL);
      let b = first;
      for (; b + PANEL < blocked; b += 2 * PANEL) {
        const rows = at(x, b * xUnits + k * PANEL);
        const sums = at(y, b * n + i * PANEL);
        wideTiles(a, rows, at(rows, PANEL * xUnits), sums, at(sums, PANEL * n), PANEL, part);
      }
      if (b < blocked)
        tiles(a, at(x, b * xUnits + k * PANEL), at(y, b * n + i * PANEL), PANEL, part);
    }
  }
  for (let b = blocked; b < last; b++) {
    let i = 0;
    for (; i + COLUMN_PANELS * PANEL <= n; i += COLUMN_PANELS * PANEL) {
      columns(at(panels, i * depth), at(x, b * xUnits), at(y, b * n + i), depth);
    }
    for (; i < n; i += PANEL)
      column(at(panels, i * depth), at(x, b * xUnits), at(y, b * n + i), depth);
  }
}
