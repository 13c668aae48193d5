// The parameters as a list: which tensors there are, in the order of the arena. The matrices of layer
// 0, 1, … (input weights, then recurrent ones), the output weights, the biases of layer 0, 1, …, the
// output biases. For one tanh layer: Wxh, Whh, Why, bh, by. src/engine/shape.ts has the same list.

import { gates, H, layers, slots, V } from "./dimensions";
import { at, getWord, setWord } from "./memory";

/** How many tensors there are. */
export function tensorCount(): i32 {
  return 3 * layers + 2;
}

/** Index of a layer's input weights, [gates·H][V], or [gates·H][H] above the first layer. */
export function inputTensor(layer: i32): i32 {
  return 2 * layer;
}
/** Index of a layer's recurrent weights, [gates·H][H]. */
export function recurrentTensor(layer: i32): i32 {
  return 2 * layer + 1;
}
/** Index of the output weights, [V][H]. */
export function outputTensor(): i32 {
  return 2 * layers;
}
/** Index of a layer's biases, one row of H for each slot. */
export function biasTensor(layer: i32): i32 {
  return 2 * layers + 1 + layer;
}
/** Index of the output biases, one row of V. */
export function outputBiasTensor(): i32 {
  return 3 * layers + 1;
}

/** Rows of a tensor; a bias is one row. */
export function tensorRows(index: i32): i32 {
  if (index < 2 * layers) return gates * H;
  return index == outputTensor() ? V : 1;
}

/** Columns of a tensor. */
export function tensorColumns(index: i32): i32 {
  if (index == 0 || index == outputBiasTensor()) return V;
  return index <= outputTensor() ? H : slots * H;
}

/** Rows of the matrices before one, biases come after all; of `outputTensor` + 1 that is of all. */
export function rowsBefore(index: i32): i32 {
  const ofLayers = min(index, 2 * layers) * gates * H;
  return index > outputTensor() ? ofLayers + V : ofLayers;
}

const MOST: i32 = 3 * 8 + 2; // of eight layers
const offsets: usize = memory.data(MOST * sizeof<i32>()); // in elements; in place before memory is planned

/** Notes where each tensor begins in the arena, for a model that was measured. */
export function placeTensors(): void {
  let offset = 0;
  for (let i = 0; i < tensorCount(); i++) {
    setWord(offsets, i, offset);
    offset += tensorRows(i) * tensorColumns(i);
  }
}

/** Where a tensor begins in the arena, in elements. */
export function tensorOffset(index: i32): i32 {
  return <i32>getWord(offsets, index);
}

/** The address of a tensor in an arena: `parameters` or `gradients`. */
export function tensorAt(arena: usize, index: i32): usize {
  return at(arena, tensorOffset(index));
}
