// The layouts of a product's operands and the kernels that multiply them. Every product of a step
// is made of `tile` (four rows at a time) and `column` (one row), so every sum has one order.
//
// A panel holds four rows of a matrix side by side, so that what a product needs for one k is 32
// contiguous bytes. A matrix of n rows is n/4 panels:
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

import { at, getPair, getSplat, setPair } from "./memory";

/** Elements of a tile, and of a block of four rows of one unit. */
export const TILE: i32 = 16;
const QUAD: i32 = 4;
const PAIR: i32 = 2;
const COLUMN_PANELS: i32 = 4; // panels that `column` takes at once
const DEPTH: i32 = 256; // k at a time: two panels of this depth, 16 KB, stay in the first cache

/** sum + a·b: two roundings, or in a `fast` build whatever the machine does best, often one. */
function multiplyAdd(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, sum);
  return f64x2.add(sum, f64x2.mul(a, b));
}

/** c[i][j] += Σ_k a[k][i]·b[k][j], 4 × 4; rows of c stand `stride` elements apart. */
export function tile(a: usize, b: usize, c: usize, stride: i32, depth: i32): void {
  const c1 = at(c, stride);
  const c2 = at(c1, stride);
  const c3 = at(c2, stride);
  let s00 = getPair(c, 0);
  let s01 = getPair(c, PAIR);
  let s10 = getPair(c1, 0);
  let s11 = getPair(c1, PAIR);
  let s20 = getPair(c2, 0);
  let s21 = getPair(c2, PAIR);
  let s30 = getPair(c3, 0);
  let s31 = getPair(c3, PAIR);
  const end = at(a, QUAD * depth);
  while (a < end) {
    const b0 = getPair(b, 0);
    const b1 = getPair(b, PAIR);
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
    a = at(a, QUAD);
    b = at(b, QUAD);
  }
  setPair(c, 0, s00);
  setPair(c, PAIR, s01);
  setPair(c1, 0, s10);
  setPair(c1, PAIR, s11);
  setPair(c2, 0, s20);
  setPair(c2, PAIR, s21);
  setPair(c3, 0, s30);
  setPair(c3, PAIR, s31);
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
  let s00 = getPair(c, 0);
  let s01 = getPair(c, PAIR);
  let s02 = getPair(next, 0);
  let s03 = getPair(next, PAIR);
  let s10 = getPair(c1, 0);
  let s11 = getPair(c1, PAIR);
  let s12 = getPair(next1, 0);
  let s13 = getPair(next1, PAIR);
  const end = at(a, QUAD * depth);
  while (a < end) {
    const b0 = getPair(b, 0);
    const b1 = getPair(b, PAIR);
    const b2 = getPair(beside, 0);
    const b3 = getPair(beside, PAIR);
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
    a = at(a, QUAD);
    b = at(b, QUAD);
    beside = at(beside, QUAD);
  }
  setPair(c, 0, s00);
  setPair(c, PAIR, s01);
  setPair(next, 0, s02);
  setPair(next, PAIR, s03);
  setPair(c1, 0, s10);
  setPair(c1, PAIR, s11);
  setPair(next1, 0, s12);
  setPair(next1, PAIR, s13);
}

/** `tile` for one panel of units and two of rows, `b` and `beside`, into `c` and `next`. */
export function wideTile(
  a: usize,
  b: usize,
  beside: usize,
  c: usize,
  next: usize,
  stride: i32,
  depth: i32,
): void {
  halfTiles(a, b, beside, c, next, stride, depth);
  halfTiles(at(a, PAIR), b, beside, at(c, PAIR * stride), at(next, PAIR * stride), stride, depth);
}

/** c[i] += Σ_k a[k][i]·x[k] for the four rows of one panel. */
function column(a: usize, x: usize, c: usize, depth: i32): void {
  let s0 = getPair(c, 0);
  let s1 = getPair(c, PAIR);
  for (let k = 0; k < depth; k++) {
    const xk = getSplat(x, k);
    s0 = multiplyAdd(s0, getPair(a, 0), xk);
    s1 = multiplyAdd(s1, getPair(a, PAIR), xk);
    a = at(a, QUAD);
  }
  setPair(c, 0, s0);
  setPair(c, PAIR, s1);
}

/** `column` for four panels that follow each other, so that the sums hide each other's latency. */
function columns(a: usize, x: usize, c: usize, depth: i32): void {
  const end = at(a, QUAD * depth);
  let a1 = end;
  let a2 = at(a1, QUAD * depth);
  let a3 = at(a2, QUAD * depth);
  let s0 = getPair(c, 0);
  let s1 = getPair(c, 2);
  let s2 = getPair(c, 4);
  let s3 = getPair(c, 6);
  let s4 = getPair(c, 8);
  let s5 = getPair(c, 10);
  let s6 = getPair(c, 12);
  let s7 = getPair(c, 14);
  while (a < end) {
    const xk = getSplat(x, 0);
    s0 = multiplyAdd(s0, getPair(a, 0), xk);
    s1 = multiplyAdd(s1, getPair(a, PAIR), xk);
    s2 = multiplyAdd(s2, getPair(a1, 0), xk);
    s3 = multiplyAdd(s3, getPair(a1, PAIR), xk);
    s4 = multiplyAdd(s4, getPair(a2, 0), xk);
    s5 = multiplyAdd(s5, getPair(a2, PAIR), xk);
    s6 = multiplyAdd(s6, getPair(a3, 0), xk);
    s7 = multiplyAdd(s7, getPair(a3, PAIR), xk);
    x = at(x, 1);
    a = at(a, QUAD);
    a1 = at(a1, QUAD);
    a2 = at(a2, QUAD);
    a3 = at(a3, QUAD);
  }
  setPair(c, 0, s0);
  setPair(c, 2, s1);
  setPair(c, 4, s2);
  setPair(c, 6, s3);
  setPair(c, 8, s4);
  setPair(c, 10, s5);
  setPair(c, 12, s6);
  setPair(c, 14, s7);
}

/**
 * y += panels·x for the batch rows `first` … `last` - 1 of one time: panels [n/4][depth][4], rows x
 * [B][xUnits], rows y [B][n]. `first` is a multiple of four. A panel serves all rows before the next.
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
  const blocked = first + ((last - first) & ~3);
  for (let k = 0; k < depth; k += DEPTH) {
    const part = min(DEPTH, depth - k);
    for (let i = 0; i < n; i += QUAD) {
      const a = at(panels, i * depth + k * QUAD);
      let b = first;
      for (; b + QUAD < blocked; b += 2 * QUAD) {
        const rows = at(x, b * xUnits + k * QUAD);
        const sums = at(y, b * n + i * QUAD);
        wideTile(a, rows, at(rows, QUAD * xUnits), sums, at(sums, QUAD * n), QUAD, part);
      }
      if (b < blocked) tile(a, at(x, b * xUnits + k * QUAD), at(y, b * n + i * QUAD), QUAD, part);
    }
  }
  for (let b = blocked; b < last; b++) {
    let i = 0;
    for (; i + COLUMN_PANELS * QUAD <= n; i += COLUMN_PANELS * QUAD) {
      columns(at(panels, i * depth), at(x, b * xUnits), at(y, b * n + i), depth);
    }
    for (; i < n; i += QUAD)
      column(at(panels, i * depth), at(x, b * xUnits), at(y, b * n + i), depth);
  }
}
