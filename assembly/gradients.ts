// Gradients of the parameters: sums over all positions, t outer, b inner, for panels of four
// parameter rows `first` … `last` - 1, so that every sum has one owner.

import {
  at,
  B,
  dbh,
  dby,
  dHiddenPanels,
  dLogitsPanels,
  dWhh,
  dWhy,
  dWxh,
  get,
  getPair,
  getWord,
  H,
  hiddenPanels,
  inputs,
  P,
  rowOf,
  scratch,
  set,
  setPair,
  V,
} from "./layout";
import { TILE, tile } from "./panel";

const QUAD: i32 = 4;
const DEPTH: i32 = 256; // positions at a time: two panels of this depth stay in the first cache

/** Adds `depth` positions to the 4 × 4 corner of a gradient that ends inside the tile. */
function edgeTile(
  a: usize,
  b: usize,
  c: usize,
  rows: i32,
  columns: i32,
  stride: i32,
  depth: i32,
): void {
  const whole = at(scratch, QUAD * V);
  memory.fill(whole, 0, at(0, TILE));
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) set(whole, i * QUAD + j, get(c, i * stride + j));
  }
  tile(a, b, whole, QUAD, depth);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) set(c, i * stride + j, get(whole, i * QUAD + j));
  }
}

/**
 * gradient[i][k] = Σ_p left[p][i]·right[p + later][k] for panels `first` … `last` - 1 of the rows:
 * left panels [rows/4][P][4], right panels [Hq/4][P+B][4], gradient [rows][H].
 */
function outerProduct(
  gradient: usize,
  rows: i32,
  left: usize,
  later: i32,
  first: i32,
  last: i32,
): void {
  const begin = first * QUAD;
  const end = min(last * QUAD, rows);
  if (begin >= end) return;
  memory.fill(rowOf(gradient, begin, H), 0, rowOf(0, end - begin, H));
  for (let p = 0; p < P; p += DEPTH) {
    const depth = min(DEPTH, P - p);
    for (let i = begin; i < end; i += QUAD) {
      const a = at(left, i * P + p * QUAD);
      for (let k = 0; k < H; k += QUAD) {
        const b = at(hiddenPanels, k * (P + B) + (p + later) * QUAD);
        const c = at(rowOf(gradient, i, H), k);
        if (i + QUAD <= rows && k + QUAD <= H) tile(a, b, c, H, depth);
        else edgeTile(a, b, c, min(QUAD, rows - i), min(QUAD, H - k), H, depth);
      }
    }
  }
}

/** dWhy and dby, panels of rows v. */
export function outputGradients(first: i32, last: i32): void {
  outerProduct(dWhy, V, dLogitsPanels, B, first, last);
  for (let i = first * QUAD; i < min(last * QUAD, V); i += QUAD) {
    sumPositions(dLogitsPanels, i, dby, V, false);
  }
}

/** dWhh, dbh and dWxh, panels of rows i. */
export function hiddenGradients(first: i32, last: i32): void {
  outerProduct(dWhh, H, dHiddenPanels, 0, first, last);
  for (let i = first * QUAD; i < min(last * QUAD, H); i += QUAD) {
    sumPositions(dHiddenPanels, i, dbh, H, true);
  }
}

/** Sums one panel over positions into a bias gradient and, by input token, into dWxh. */
function sumPositions(panels: usize, i: i32, bias: usize, rows: i32, byToken: bool): void {
  const panel = at(panels, i * P);
  if (byToken) memory.fill(scratch, 0, at(0, QUAD * V));
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let p = 0; p < P; p++) {
    const d0 = getPair(panel, p * QUAD);
    const d1 = getPair(panel, p * QUAD + 2);
    low = f64x2.add(low, d0);
    high = f64x2.add(high, d1);
    if (byToken) {
      const sum = at(scratch, <i32>getWord(inputs, p) * QUAD);
      setPair(sum, 0, f64x2.add(getPair(sum, 0), d0));
      setPair(sum, 2, f64x2.add(getPair(sum, 2), d1));
    }
  }
  const valid = min(QUAD, rows - i);
  const four = at(scratch, QUAD * V);
  setPair(four, 0, low);
  setPair(four, 2, high);
  for (let r = 0; r < valid; r++) set(bias, i + r, get(four, r));
  if (!byToken) return;
  for (let r = 0; r < valid; r++) {
    const row = rowOf(dWxh, i + r, V);
    for (let x = 0; x < V; x++) set(row, x, get(scratch, x * QUAD + r));
  }
}
