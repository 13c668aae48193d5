// Forward pass of batch rows `first` … `last` - 1: hidden states of every layer, and logits. Each
// sum: bias first, then input (a token's column, or k = 0, 1, 2 …), then recurrent, k upwards.

import { givenAt, hiddenAt, slotAt } from "./activations";
import { activate } from "./cells/cell";
import { B, firstRecurrent, gates, H, Hq, isDropping, layers, slots, T, V, Vq } from "./dimensions";
import { drop } from "./dropout";
import {
  embedding,
  input,
  inputs,
  output,
  parameters,
  probabilities,
  recurrent,
  slotBias,
} from "./layout";
import {
  at,
  copyVectors,
  get,
  getSplat,
  getWord,
  rowOf,
  set,
  setVector,
  transpose,
} from "./memory";
import { multiplyRows } from "./panel";
import { LANES, PANEL, roundDown } from "./real";
import { getOn } from "./team";
import { outputBiasTensor, tensorAt } from "./tensors";

/** The address of one slot of the embedding of the token that row b reads at time t. */
function embeddingOf(t: i32, b: i32, slot: i32): usize {
  const x = getWord(inputs, t * B + b);
  assert(x < <u32>V);
  return rowOf(embedding, x * slots + slot, Hq);
}

/** The same for four rows of a block, whose first stands at `block`. */
function embedFour(t: i32, b: i32, slot: i32, block: usize): void {
  const e0 = embeddingOf(t, b, slot);
  const e1 = embeddingOf(t, b + 1, slot);
  const e2 = embeddingOf(t, b + 2, slot);
  const e3 = embeddingOf(t, b + 3, slot);
  for (let i = 0; i < Hq; i += PANEL)
    transpose(at(e0, i), at(e1, i), at(e2, i), at(e3, i), at(block, PANEL * i));
}

/** A slot of layer 0 at time t set to its input weights [:,x_t] + bias. */
function embed(t: i32, slot: i32, first: i32, last: i32): void {
  const now = slotAt(0, t, slot);
  const blocked = first + roundDown(last - first);
  for (let b = first; b < blocked; b += PANEL) {
    const block = rowOf(now, b, Hq);
    embedFour(t, b, slot, block);
    if (PANEL > 4) embedFour(t, b + 4, slot, at(block, 4));
  }
  for (let b = blocked; b < last; b++) copyVectors(rowOf(now, b, Hq), embeddingOf(t, b, slot), Hq);
}

/** Sets every row of one time, [B][width], to the first `count` of `bias`. */
function fill(rows: usize, width: i32, bias: usize, count: i32, first: i32, last: i32): void {
  const blocked = first + roundDown(last - first);
  for (let b = first; b < blocked; b += PANEL) {
    const block = rowOf(rows, b, width);
    for (let i = 0; i < count; i++) {
      const same = getSplat(bias, i);
      setVector(block, PANEL * i, same);
      setVector(block, PANEL * i + LANES, same);
    }
  }
  for (let b = blocked; b < last; b++) {
    const row = rowOf(rows, b, width);
    for (let i = 0; i < count; i++) set(row, i, get(bias, i));
  }
}

/** Slots of a layer above the first set to biases + input weights · what the one below gives, every t. */
function inputForward(layer: i32, first: i32, last: i32): void {
  for (let t = 0; t < T; t++) {
    getOn();
    const below = givenAt(layer - 1, t);
    for (let slot = 0; slot < slots; slot++) {
      const now = slotAt(layer, t, slot);
      fill(now, Hq, rowOf(slotBias, (layer - 1) * slots + slot, Hq), Hq, first, last);
      if (slot >= gates) continue;
      const panels = rowOf(input, ((layer - 1) * gates + slot) * Hq, H);
      multiplyRows(panels, Hq, H, below, Hq, now, first, last);
    }
  }
}

/** Hidden states of all layers, each through all times; those before t = 0 loaded before. */
export function layersForward(first: i32, last: i32): void {
  const from = firstRecurrent();
  for (let layer = 0; layer < layers; layer++) {
    if (layer > 0) inputForward(layer, first, last);
    for (let t = 0; t < T; t++) {
      getOn();
      const before = hiddenAt(layer, t);
      for (let slot = 0; slot < slots && layer == 0; slot++) embed(t, slot, first, last);
      for (let gate = 0; gate < gates; gate++) {
        const panels = rowOf(recurrent, (layer * gates + gate) * Hq, H);
        multiplyRows(panels, Hq, H, before, Hq, slotAt(layer, t, from + gate), first, last);
      }
      activate(layer, t, first, last);
    }
    if (isDropping) drop(layer, first, last);
  }
}

/** logits_t = by + Why·h_t of the last layer, into `probabilities`. */
export function logitsForward(first: i32, last: i32): void {
  const outputBias = tensorAt(parameters, outputBiasTensor());
  for (let t = 0; t < T; t++) {
    getOn();
    const logits = rowOf(probabilities, t * B, Vq);
    fill(logits, Vq, outputBias, V, first, last);
    multiplyRows(output, Vq, H, givenAt(layers - 1, t), Hq, logits, first, last);
  }
}
