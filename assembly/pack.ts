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
import { at, get, getSplat, getVector, rowOf, set, setVector, transpose } from "./memory";
import { LANES, PANEL, roundDown } from "./real";
import { biasTensor, inputTensor, outputTensor, recurrentTensor, tensorAt } from "./tensors";

/** Four rows of a row-major matrix to four of each column's PANEL at `panel`, for whole panels of columns. */
function packFour(row: usize, columns: i32, panel: usize): void {
  const r1 = rowOf(row, 1, columns);
  const r2 = rowOf(row, 2, columns);
  const r3 = rowOf(row, 3, columns);
  for (let k = 0; k < roundDown(columns); k += PANEL)
    transpose(at(row, k), at(r1, k), at(r2, k), at(r3, k), at(panel, PANEL * k));
}

/** Rows `first` … `last` - 1 of a row-major matrix [rows][columns] to panels [rows/4][columns][4]. */
function packRows(
  matrix: usize,
  rows: i32,
  columns: i32,
  panels: usize,
  first: i32,
  last: i32,
): void {
  for (let i = first; i < min(last, rows); i += PANEL) {
    const panel = at(panels, i * columns);
    let k = 0;
    if (i + PANEL <= rows) {
      packFour(rowOf(matrix, i, columns), columns, panel);
      if (PANEL > 4) packFour(rowOf(matrix, i + 4, columns), columns, at(panel, 4));
      k = roundDown(columns);
    }
    for (; k < columns; k++) {
      for (let r = i; r < min(i + PANEL, rows); r++)
        set(panel, PANEL * k + r - i, get(rowOf(matrix, r, columns), k));
    }
  }
}

/** The transpose of such rows to panels [columns/4][rows][4]. */
function packColumns(
  matrix: usize,
  rows: i32,
  columns: i32,
  panels: usize,
  first: i32,
  last: i32,
): void {
  const whole = roundDown(columns);
  for (let k = first; k < min(last, rows); k++) {
    const row = rowOf(matrix, k, columns);
    let i = 0;
    for (; i < whole; i += PANEL) {
      const to = at(panels, i * rows + PANEL * k);
      setVector(to, 0, getVector(row, i));
      setVector(to, LANES, getVector(row, i + LANES));
    }
    for (; i < columns; i++) set(panels, whole * rows + PANEL * k + i - whole, get(row, i));
  }
}

/** The biases of one slot of a layer. */
function biasAt(layer: i32, slot: i32): usize {
  return at(tensorAt(parameters, biasTensor(layer)), biasOf(slot) * H);
}

/** Column x of four rows, in as many lanes; of two, where a vector has no more. */
function gather(r0: usize, r1: usize, r2: usize, r3: usize, x: i32): v128 {
  const two = v128.replace_lane<real>(getSplat(r0, x), 1, get(r1, x));
  if (LANES == 2) return two;
  return v128.replace_lane<real>(v128.replace_lane<real>(two, 2, get(r2, x)), 3, get(r3, x));
}

/** Layer 0's input weights of one slot transposed, with the bias added: four units at a time. */
function packEmbedding(slot: i32, first: i32, last: i32): void {
  const whole = min(last, H & ~3);
  const matrix = rowOf(tensorAt(parameters, inputTensor(0)), inputGate(slot) * H, V);
  const bias = biasAt(0, slot);
  for (let i = first; i < whole; i += 4) {
    const r0 = rowOf(matrix, i, V);
    const r1 = rowOf(matrix, i + 1, V);
    const r2 = rowOf(matrix, i + 2, V);
    const r3 = rowOf(matrix, i + 3, V);
    for (let x = 0; x < V; x++) {
      const row = rowOf(embedding, x * slots + slot, Hq);
      const first = v128.add<real>(gather(r0, r1, r2, r3, x), getVector(bias, i));
      if (LANES == 2) {
        const next = v128.add<real>(gather(r2, r3, r2, r3, x), getVector(bias, i + LANES));
        setVector(row, i + LANES, next);
      }
      setVector(row, i, first);
    }
  }
  for (let i = max(first, whole); i < min(last, H); i++) {
    for (let x = 0; x < V; x++)
      set(rowOf(embedding, x * slots + slot, Hq), i, get(rowOf(matrix, i, V), x) + get(bias, i));
  }
}

/** A slot that no input weights fill: its bias alone, whatever the token. */
function packBias(slot: i32, first: i32, last: i32): void {
  for (let x = 0; x < V; x++)
    copyUnits(rowOf(embedding, x * slots + slot, Hq), biasAt(0, slot), first, last);
}

/** Copies the numbers of units `first` … `last` - 1. */
function copyUnits(to: usize, from: usize, first: i32, last: i32): void {
  const count = max(0, min(last, H) - first);
  memory.copy(at(to, first), at(from, first), rowOf(0, 1, count));
}

/** The weights of units `first` … `last` - 1 of one slot of a layer; `back`: for the way back too. */
function packSlot(layer: i32, slot: i32, back: bool, first: i32, last: i32): void {
  const square = Hq * H;
  const ofInput = inputGate(slot);
  if (layer == 0) {
    if (ofInput >= 0) packEmbedding(slot, first, last);
    else packBias(slot, first, last);
  } else {
    const to = at(slotBias, ((layer - 1) * slots + slot) * Hq);
    copyUnits(to, biasAt(layer, slot), first, last);
  }
  if (layer > 0 && ofInput >= 0) {
    const matrix = rowOf(tensorAt(parameters, inputTensor(layer)), ofInput * H, H);
    const place = rowOf(0, (layer - 1) * gates + slot, square);
    packRows(matrix, H, H, input + place, first, last);
    if (back) packColumns(matrix, H, H, inputBack + place, first, last);
  }
  const gate = recurrentGate(slot);
  if (gate < 0) return;
  const matrix = rowOf(tensorAt(parameters, recurrentTensor(layer)), gate * H, H);
  const place = rowOf(0, layer * gates + gate, square);
  packRows(matrix, H, H, recurrent + place, first, last);
  if (back) packColumns(matrix, H, H, recurrentBack + place, first, last);
}

/**
 * The weights of units `first` … `last` - 1 of every layer, and the output's of tokens `firstOutput` …
 * `lastOutput` - 1, to the forms the products want; without `back` those of the forward pass alone. The
 * firsts begin a panel.
 */
export function packWeights(
  back: bool,
  first: i32,
  last: i32,
  firstOutput: i32,
  lastOutput: i32,
): void {
  for (let layer = 0; layer < layers; layer++) {
    for (let slot = 0; slot < slots; slot++) packSlot(layer, slot, back, first, last);
  }
  const matrix = tensorAt(parameters, outputTensor());
  packRows(matrix, V, H, output, firstOutput, lastOutput);
  if (back) packColumns(matrix, V, H, outputBack, firstOutput, lastOutput);
}

/** Address of element `unit` of batch row b in rows of one time, [B][units]. */
export function unitOf(rows: usize, b: i32, unit: i32, units: i32): usize {
  const block = roundDown(b);
  return block + PANEL <= B
    ? at(rows, block * units + PANEL * unit + b - block)
    : at(rows, b * units + unit);
}

/** Element `unit` of position p in rows [T][B][units]. */
export function unitAt(rows: usize, p: i32, unit: i32, units: i32): real {
  const t = p / B;
  return get(unitOf(rowOf(rows, t * B, units), p - t * B, unit, units), 0);
}

/** Rows of one part of a layer's state before time `t`. */
function partAt(layer: i32, part: i32, t: i32): usize {
  return part == 0 ? hiddenAt(layer, t) : cellAt(layer, t);
}

/** `state` of batch rows `first` … `last` - 1 into the rows before t = 0. */
export function loadState(first: i32, last: i32): void {
  for (let layer = 0; layer < layers; layer++) {
    for (let part = 0; part < parts; part++) {
      const rows = partAt(layer, part, 0);
      const own = rowOf(state, (layer * parts + part) * B, H);
      for (let b = first; b < last; b++) {
        const from = rowOf(own, b, H);
        for (let i = 0; i < H; i++) set(unitOf(rows, b, i, Hq), 0, get(from, i));
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
