// Moves numbers between layouts: weights into panels, activations into panels over positions, the
// hidden state in and out. The layouts are drawn in panel.ts.

import { cellAt, hiddenAt } from "./activations";
import {
  B,
  biasOf,
  gates,
  H,
  Hq,
  inputGate,
  layers,
  parts,
  recurrentGate,
  slots,
  T,
  V,
} from "./dimensions";
import {
  embedding,
  input,
  inputBack,
  output,
  outputBack,
  parameters,
  recurrent,
  recurrentBack,
  slotBias,
  state,
} from "./layout";
import { at, get, getPair, getSplat, rowOf, set, setPair, transpose } from "./memory";
import { biasTensor, inputTensor, outputTensor, recurrentTensor, tensorAt } from "./tensors";

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

/** The biases of one slot of a layer. */
function biasAt(layer: i32, slot: i32): usize {
  return at(tensorAt(parameters, biasTensor(layer)), biasOf(slot) * H);
}

/** Layer 0's input weights of one slot transposed, with the bias added: four units at a time. */
function packEmbedding(slot: i32): void {
  const whole = H & ~3;
  const matrix = rowOf(tensorAt(parameters, inputTensor(0)), inputGate(slot) * H, V);
  const bias = biasAt(0, slot);
  for (let i = 0; i < whole; i += 4) {
    const r0 = rowOf(matrix, i, V);
    const r1 = rowOf(matrix, i + 1, V);
    const r2 = rowOf(matrix, i + 2, V);
    const r3 = rowOf(matrix, i + 3, V);
    const bias0 = getPair(bias, i);
    const bias1 = getPair(bias, i + 2);
    for (let x = 0; x < V; x++) {
      const low = f64x2.replace_lane(getSplat(r0, x), 1, get(r1, x));
      const high = f64x2.replace_lane(getSplat(r2, x), 1, get(r3, x));
      const row = rowOf(embedding, x * slots + slot, Hq);
      setPair(row, i, f64x2.add(low, bias0));
      setPair(row, i + 2, f64x2.add(high, bias1));
    }
  }
  for (let i = whole; i < H; i++) {
    for (let x = 0; x < V; x++)
      set(rowOf(embedding, x * slots + slot, Hq), i, get(rowOf(matrix, i, V), x) + get(bias, i));
  }
}

/** A slot that no input weights fill: its bias alone, whatever the token. */
function packBias(slot: i32): void {
  for (let x = 0; x < V; x++) {
    memory.copy(rowOf(embedding, x * slots + slot, Hq), biasAt(0, slot), rowOf(0, 1, H));
  }
}

/** The weights of one slot of a layer; `back`: for the way back too. */
function packSlot(layer: i32, slot: i32, back: bool): void {
  const square = Hq * H;
  const ofInput = inputGate(slot);
  if (layer == 0) {
    if (ofInput >= 0) packEmbedding(slot);
    else packBias(slot);
  } else {
    const to = at(slotBias, ((layer - 1) * slots + slot) * Hq);
    memory.copy(to, biasAt(layer, slot), rowOf(0, 1, H));
  }
  if (layer > 0 && ofInput >= 0) {
    const matrix = rowOf(tensorAt(parameters, inputTensor(layer)), ofInput * H, H);
    const place = rowOf(0, (layer - 1) * gates + slot, square);
    packRows(matrix, H, H, input + place);
    if (back) packColumns(matrix, H, H, inputBack + place);
  }
  const gate = recurrentGate(slot);
  if (gate < 0) return;
  const matrix = rowOf(tensorAt(parameters, recurrentTensor(layer)), gate * H, H);
  const place = rowOf(0, layer * gates + gate, square);
  packRows(matrix, H, H, recurrent + place);
  if (back) packColumns(matrix, H, H, recurrentBack + place);
}

/** All weights to the forms the products want, or those of the forward pass alone. */
export function packWeights(back: bool): void {
  for (let layer = 0; layer < layers; layer++) {
    for (let slot = 0; slot < slots; slot++) packSlot(layer, slot, back);
  }
  const matrix = tensorAt(parameters, outputTensor());
  packRows(matrix, V, H, output);
  if (back) packColumns(matrix, V, H, outputBack);
}

/** Address of element `unit` of batch row b in rows of one time, [B][units]. */
export function unitOf(rows: usize, b: i32, unit: i32, units: i32): usize {
  return b < (B & ~3)
    ? at(rows, (b & ~3) * units + 4 * unit + (b & 3))
    : at(rows, b * units + unit);
}

/** Element `unit` of position p in rows [T][B][units]. */
export function unitAt(rows: usize, p: i32, unit: i32, units: i32): f64 {
  const t = p / B;
  return get(unitOf(rowOf(rows, t * B, units), p - t * B, unit, units), 0);
}

/** Rows of one part of a layer's state before time `t`. */
function partAt(layer: i32, part: i32, t: i32): usize {
  return part == 0 ? hiddenAt(layer, t) : cellAt(layer, t);
}

/** `state` into the rows before t = 0. */
export function loadState(): void {
  let from = state;
  for (let layer = 0; layer < layers; layer++) {
    for (let part = 0; part < parts; part++) {
      const rows = partAt(layer, part, 0);
      for (let b = 0; b < B; b++) {
        for (let i = 0; i < H; i++) set(unitOf(rows, b, i, Hq), 0, get(from, i));
        from = at(from, H);
      }
    }
  }
}

/** The rows after the last time into `state`. */
export function carryState(): void {
  let to = state;
  for (let layer = 0; layer < layers; layer++) {
    for (let part = 0; part < parts; part++) {
      const rows = partAt(layer, part, T);
      for (let b = 0; b < B; b++) {
        for (let i = 0; i < H; i++) set(to, i, get(unitOf(rows, b, i, Hq), 0));
        to = at(to, H);
      }
    }
  }
}
