// Gradients of the parameters: sums over all positions, t outer, b inner, for panels of
// parameter rows, so that every sum has one owner. A span of times is transposed into panels small
// enough for the second cache, and multiplied there, before the next: packing all times first costs
// 2 to 4 % of the step in memory traffic (measured).

import { dSlotAt, givenAt, hiddenAt } from "./activations";
import {
  B,
  biasOf,
  gates,
  H,
  Hq,
  inputGate,
  isDropping,
  layers,
  recurrentGate,
  slots,
  spanTimes,
  T,
  timeBytes,
  V,
  Vq,
} from "./dimensions";
import {
  dEmbedding,
  dLogits,
  dLogitsPanels,
  dOutputBias,
  dSlotBias,
  dSlotPanels,
  gradients,
  hiddenPanels,
  inputPanels,
  scratch,
} from "./layout";
import { at, clear, get, getVector, rowOf, set, setVector } from "./memory";
import { squareLayer, squareOutput } from "./norm";
import { tiles, wideTiles } from "./panel";
import { packTimes } from "./positions";
import { LANES, PANEL, roundDown } from "./real";
import { addBias, addByToken } from "./sums";
import { getOn } from "./team";
import {
  biasTensor,
  inputTensor,
  outputBiasTensor,
  outputTensor,
  recurrentTensor,
  tensorAt,
} from "./tensors";

/**
 * Gradients of the parameters of units `first` … `last` - 1 of every gate and layer, and those of
 * tokens `firstOutput` … `lastOutput` - 1 of the output. The firsts begin a panel.
 */
export function parameterGradients(first: i32, last: i32, firstOutput: i32, lastOutput: i32): void {
  const stride = PANEL * spanTimes * B;
  clearRows(tensorAt(gradients, outputTensor()), firstOutput, min(lastOutput, V), H);
  clear(at(dOutputBias, firstOutput), lastOutput - firstOutput);
  for (let layer = 0; layer < layers; layer++) {
    clearLayer(layer, first, last);
    // Hidden states are numbered as they stand in `hidden`: state s follows time s - 1, precedes s.
    for (let s = 0; s <= T; s += spanTimes) {
      getOn();
      const end = min(s + spanTimes, T + 1);
      const after = min(end, T) - s; // times that begin with a state of this span
      packTimes(hiddenAt(layer, s), timeBytes, end - s, Hq, 0, Hq, hiddenPanels, stride);
      if (layer > 0)
        packTimes(givenAt(layer - 1, s), timeBytes, after, Hq, 0, Hq, inputPanels, stride);
      for (let slot = 0; slot < slots; slot++) addSlot(layer, slot, first, last, s, after);
      if (layer == layers - 1) addOutput(firstOutput, lastOutput, s, end);
    }
    unpack(layer, first, min(last, H));
    squareLayer(layer, first, last);
  }
  squareOutput(firstOutput, lastOutput);
  const outputBias = tensorAt(gradients, outputBiasTensor());
  for (let v = firstOutput; v < min(lastOutput, V); v++) set(outputBias, v, get(dOutputBias, v));
}

function clearRows(matrix: usize, first: i32, last: i32, columns: i32): void {
  clear(rowOf(matrix, first, columns), max(0, last - first) * columns);
}

/** Sums of a layer's biases, [S][Hq]. */
function biasSums(layer: i32): usize {
  return rowOf(dSlotBias, layer * slots, Hq);
}

/** Sums of layer 0's input weights by token for one slot, [Hq/4][V][4]. */
function tokenSums(slot: i32): usize {
  return rowOf(dEmbedding, slot * Hq, V);
}

function clearLayer(layer: i32, first: i32, last: i32): void {
  const recurrent = tensorAt(gradients, recurrentTensor(layer));
  const input = tensorAt(gradients, inputTensor(layer));
  for (let gate = 0; gate < gates; gate++) {
    clearRows(rowOf(recurrent, gate * H, H), first, min(last, H), H);
    if (layer > 0) clearRows(rowOf(input, gate * H, H), first, min(last, H), H);
    else clear(rowOf(tokenSums(gate), first, V), (last - first) * V);
  }
  for (let slot = 0; slot < slots; slot++)
    clear(at(rowOf(biasSums(layer), slot, Hq), first), last - first);
}

/** Adds what one slot of a layer gives in `times` times from t to all its gradients. */
function addSlot(layer: i32, slot: i32, first: i32, last: i32, t: i32, times: i32): void {
  const stride = PANEL * spanTimes * B;
  const step = <usize>slots * timeBytes;
  packTimes(dSlotAt(layer, t, slot), step, times, Hq, first, last, dSlotPanels, stride);
  const gate = recurrentGate(slot);
  if (gate >= 0) {
    const gradient = rowOf(tensorAt(gradients, recurrentTensor(layer)), gate * H, H);
    addProduct(gradient, H, dSlotPanels, hiddenPanels, first, last, 0, times);
  }
  const ofInput = inputGate(slot);
  const bias = rowOf(biasSums(layer), slot, Hq);
  if (layer == 0 && ofInput >= 0) {
    addByToken(tokenSums(slot), bias, first, last, t, times);
    return;
  }
  if (ofInput >= 0) {
    const gradient = rowOf(tensorAt(gradients, inputTensor(layer)), ofInput * H, H);
    addProduct(gradient, H, dSlotPanels, inputPanels, first, last, 0, times);
  }
  addBias(bias, dSlotPanels, first, last, 0, times);
}

/** Adds what the logits of the times before states s … end - 1 give to the output's gradients. */
function addOutput(first: i32, last: i32, s: i32, end: i32): void {
  const stride = PANEL * spanTimes * B;
  const skip = s == 0 ? 1 : 0; // the first state follows no time
  const times = end - s - skip;
  const column = PANEL * skip * B;
  const rows = rowOf(dLogits, (s + skip - 1) * B, Vq);
  packTimes(rows, rowOf(0, B, Vq), times, Vq, first, last, at(dLogitsPanels, column), stride);
  const dropped = givenAt(layers - 1, s + skip - 1);
  if (isDropping) packTimes(dropped, timeBytes, times, Hq, 0, Hq, at(inputPanels, column), stride);
  const given = isDropping ? inputPanels : hiddenPanels;
  const gradient = tensorAt(gradients, outputTensor());
  addProduct(gradient, V, dLogitsPanels, given, first, last, skip, end - s);
  addBias(dOutputBias, dLogitsPanels, first, last, skip, end - s);
}

/**
 * Adds to the corner of a gradient that ends inside the tile, of less than PANEL rows or columns. What the tile
 * takes beyond it is anything, and thrown away.
 */
function edgeTile(a: usize, b: usize, c: usize, rows: i32, columns: i32, depth: i32): void {
  for (let i = 0; i < rows; i++) {
    const row = rowOf(c, i, H);
    const own = at(scratch, i * PANEL);
    setVector(own, 0, getVector(row, 0));
    setVector(own, LANES, getVector(row, LANES));
  }
  tiles(a, b, scratch, PANEL, depth);
  for (let i = 0; i < rows; i++) {
    const row = rowOf(c, i, H);
    const own = at(scratch, i * PANEL);
    for (let k = 0; k < columns; k++) set(row, k, get(own, k));
  }
}

/**
 * gradient[i][k] += Σ_p left[p][i]·right[p][k] over the span's times `from` … `to` - 1, for rows
 * `first` … `last` - 1 of the gradient, [rows][H].
 */
function addProduct(
  gradient: usize,
  rows: i32,
  left: usize,
  right: usize,
  first: i32,
  last: i32,
  from: i32,
  to: i32,
): void {
  if (from >= to) return;
  const column = PANEL * from * B;
  const depth = (to - from) * B;
  for (let i = first; i < last; i += PANEL) {
    const a = at(left, i * spanTimes * B + column);
    let k = 0;
    for (; i + PANEL <= rows && k + 2 * PANEL <= H; k += 2 * PANEL) {
      const b = at(right, k * spanTimes * B + column);
      const c = at(rowOf(gradient, i, H), k);
      wideTiles(a, b, at(b, PANEL * spanTimes * B), c, at(c, PANEL), H, depth);
    }
    for (; k < H; k += PANEL) {
      const b = at(right, k * spanTimes * B + column);
      const c = at(rowOf(gradient, i, H), k);
      if (i + PANEL <= rows && k + PANEL <= H) tiles(a, b, c, H, depth);
      else edgeTile(a, b, c, min(PANEL, rows - i), min(PANEL, H - k), depth);
    }
  }
}

/** A layer's sums by token and of biases to their places in the arena. */
function unpack(layer: i32, first: i32, last: i32): void {
  for (let slot = 0; slot < slots; slot++) {
    const sums = rowOf(biasSums(layer), slot, Hq);
    const bias = rowOf(tensorAt(gradients, biasTensor(layer)), biasOf(slot), H);
    for (let i = first; i < last; i++) set(bias, i, get(sums, i));
    if (layer > 0 || slot >= gates) continue;
    const input = rowOf(tensorAt(gradients, inputTensor(layer)), inputGate(slot) * H, V);
    const tokens = tokenSums(slot);
    for (let i = first; i < last; i++) {
      const own = at(rowOf(tokens, roundDown(i), V), i - roundDown(i));
      const row = rowOf(input, i, V);
      for (let x = 0; x < V; x++) set(row, x, get(own, PANEL * x));
    }
  }
}
