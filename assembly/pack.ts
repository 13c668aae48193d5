// Moves numbers between layouts: weights into panels, activations into panels over positions, the
// hidden state in and out. The layouts are drawn in panel.ts.

import {
  B,
  bh,
  embedding,
  H,
  Hq,
  hidden,
  output,
  outputBack,
  P,
  recurrent,
  recurrentBack,
  state,
  V,
  Whh,
  Why,
  Wxh,
} from "./layout";
import { at, get, getPair, getSplat, rowOf, set, setPair } from "./memory";
import { transpose } from "./panel";

/** A row-major matrix [rows][columns] to panels [rows/4][columns][4], 4 × 4 elements at a time. */
function packRows(matrix: usize, rows: i32, columns: i32, panels: usize): void {
  const whole = columns & ~3;
  for (let i = 0; i < rows; i += 4) {
    const panel = at(panels, i * columns);
    const r0 = rowOf(matrix, i, columns);
    const r1 = rowOf(matrix, i + 1, columns);
    const r2 = rowOf(matrix, i + 2, columns);
    const r3 = rowOf(matrix, i + 3, columns);
    let k = 0;
    if (i + 4 <= rows) {
      for (; k < whole; k += 4)
        transpose(at(r0, k), at(r1, k), at(r2, k), at(r3, k), at(panel, 4 * k));
    }
    for (; k < columns; k++) {
      for (let r = i; r < min(i + 4, rows); r++)
        set(panel, 4 * k + r - i, get(rowOf(matrix, r, columns), k));
    }
  }
}

/** The transpose of a row-major matrix [rows][columns] to panels [columns/4][rows][4]. */
function packColumns(matrix: usize, rows: i32, columns: i32, panels: usize): void {
  const whole = columns & ~3;
  for (let k = 0; k < rows; k++) {
    const row = rowOf(matrix, k, columns);
    let i = 0;
    for (; i < whole; i += 4) {
      const to = at(panels, i * rows + 4 * k);
      setPair(to, 0, getPair(row, i));
      setPair(to, 2, getPair(row, i + 2));
    }
    for (; i < columns; i++) set(panels, whole * rows + 4 * k + i - whole, get(row, i));
  }
}

/** Wxh transposed, with the bias added: four units of a token at a time. */
function packEmbedding(): void {
  const whole = H & ~3;
  for (let i = 0; i < whole; i += 4) {
    const r0 = rowOf(Wxh, i, V);
    const r1 = rowOf(Wxh, i + 1, V);
    const r2 = rowOf(Wxh, i + 2, V);
    const r3 = rowOf(Wxh, i + 3, V);
    const bias0 = getPair(bh, i);
    const bias1 = getPair(bh, i + 2);
    for (let x = 0; x < V; x++) {
      const low = f64x2.replace_lane(getSplat(r0, x), 1, get(r1, x));
      const high = f64x2.replace_lane(getSplat(r2, x), 1, get(r3, x));
      const row = rowOf(embedding, x, Hq);
      setPair(row, i, f64x2.add(low, bias0));
      setPair(row, i + 2, f64x2.add(high, bias1));
    }
  }
  for (let i = whole; i < H; i++) {
    for (let x = 0; x < V; x++) {
      set(rowOf(embedding, x, Hq), i, get(rowOf(Wxh, i, V), x) + get(bh, i));
    }
  }
}

/** All weights to the forms the products want. */
export function packWeights(): void {
  packEmbedding();
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
 * Units `from` … `to` - 1 of the rows of one time, [B][units], to panels over positions,
 * [units/4][…][4], `stride` elements from panel to panel; `panels` is where the time's first
 * position stands in panel 0. `from` is a multiple of four.
 */
export function packTime(
  rows: usize,
  units: i32,
  from: i32,
  to: i32,
  panels: usize,
  stride: i32,
): void {
  const blocked = B & ~3;
  for (let i = from; i < to; i += 4) {
    let panel = at(panels, (i >> 2) * stride);
    for (let b = 0; b < blocked; b += 4) {
      const block = at(rowOf(rows, b, units), 4 * i);
      transpose(block, at(block, 4), at(block, 8), at(block, 12), panel);
      panel = at(panel, 16);
    }
    for (let b = blocked; b < B; b++) {
      const row = rowOf(rows, b, units);
      setPair(panel, 0, getPair(row, i));
      setPair(panel, 2, getPair(row, i + 2));
      panel = at(panel, 4);
    }
  }
}
