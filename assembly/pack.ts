// Moves numbers between layouts: weights into panels, activations into panels over positions, the
// hidden state in and out. The layouts are drawn in panel.ts.

import {
  at,
  B,
  bh,
  embedding,
  get,
  getPair,
  H,
  Hq,
  hidden,
  output,
  outputBack,
  P,
  recurrent,
  recurrentBack,
  rowOf,
  set,
  setPair,
  state,
  V,
  Whh,
  Why,
  Wxh,
} from "./layout";
import { transpose } from "./panel";

/** A row-major matrix [rows][columns] to panels [rows/4][columns][4]. */
function packRows(matrix: usize, rows: i32, columns: i32, panels: usize): void {
  for (let i = 0; i < rows; i++) {
    const row = rowOf(matrix, i, columns);
    const panel = at(panels, (i & ~3) * columns + (i & 3));
    for (let k = 0; k < columns; k++) set(panel, 4 * k, get(row, k));
  }
}

/** The transpose of a row-major matrix [rows][columns] to panels [columns/4][rows][4]. */
function packColumns(matrix: usize, rows: i32, columns: i32, panels: usize): void {
  for (let k = 0; k < rows; k++) {
    const row = rowOf(matrix, k, columns);
    for (let i = 0; i < columns; i++) set(panels, (i & ~3) * rows + 4 * k + (i & 3), get(row, i));
  }
}

/** All weights to the forms the products want. */
export function packWeights(): void {
  for (let i = 0; i < H; i++) {
    const bias = get(bh, i);
    for (let x = 0; x < V; x++) set(embedding, x * Hq + i, get(rowOf(Wxh, i, V), x) + bias);
  }
  packRows(Whh, H, H, recurrent);
  packColumns(Whh, H, H, recurrentBack);
  packRows(Why, V, H, output);
  packColumns(Why, V, H, outputBack);
}

/** Address of element `unit` of batch row b in rows of one time, [B][units]. */
function unitOf(rows: usize, b: i32, unit: i32, units: i32): usize {
  return b < (B & ~3)
    ? at(rows, (b & ~3) * units + 4 * unit + (b & 3))
    : at(rows, b * units + unit);
}

/** Element `unit` of position p in rows [T][B][units]. */
export function unitAt(rows: usize, p: i32, unit: i32, units: i32): f64 {
  const t = p / B;
  return get(unitOf(rowOf(rows, t * B, units), p - t * B, unit, units), 0);
}

/** `state` into the rows of `hidden` before t = 0. */
export function loadState(): void {
  for (let b = 0; b < B; b++) {
    for (let i = 0; i < H; i++) set(unitOf(hidden, b, i, Hq), 0, get(state, b * H + i));
  }
}

/** The last rows of `hidden` into `state`. */
export function carryState(): void {
  const last = rowOf(hidden, P, Hq);
  for (let b = 0; b < B; b++) {
    for (let i = 0; i < H; i++) set(state, b * H + i, get(unitOf(last, b, i, Hq), 0));
  }
}

/**
 * Rows [times][B][units] to panels over positions [units/4][times·B][4], for the batch rows
 * `first` … `last` - 1.
 */
export function packPositions(
  rows: usize,
  times: i32,
  units: i32,
  panels: usize,
  first: i32,
  last: i32,
): void {
  const positions = times * B;
  const blocked = first + ((last - first) & ~3);
  for (let t = 0; t < times; t++) {
    for (let b = first; b < blocked; b += 4) {
      const block = rowOf(rows, t * B + b, units);
      for (let i = 0; i < units; i += 4) {
        const from = at(block, 4 * i);
        transpose(
          from,
          at(from, 4),
          at(from, 8),
          at(from, 12),
          at(panels, i * positions + 4 * (t * B + b)),
        );
      }
    }
    for (let b = blocked; b < last; b++) {
      const row = rowOf(rows, t * B + b, units);
      for (let i = 0; i < units; i += 4) {
        const to = at(panels, i * positions + 4 * (t * B + b));
        setPair(to, 0, getPair(row, i));
        setPair(to, 2, getPair(row, i + 2));
      }
    }
  }
}
