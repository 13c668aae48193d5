// Backpropagation through time, batch rows `first` … `last` - 1: from the logits to the gradient
// before each activation. Sums run over v, over the slots of the layer above, then over those of the
// time after, k upwards in each.

import { dHiddenAt, dSlotAt } from "./activations";
import { back } from "./cells/cell";
import { B, firstRecurrent, gates, H, Hq, isDropping, layers, T, V, Vq } from "./dimensions";
import { dropBack } from "./dropout";
import { dLogits, inputBack, outputBack, recurrentBack } from "./layout";
import { clear, rowOf } from "./memory";
import { multiplyRows } from "./panel";
import { getOn } from "./team";

function clearRows(rows: usize, first: i32, last: i32): void {
  clear(rowOf(rows, first, Hq), (last - first) * Hq);
}

/** Gradient at the last layer's states, every t: Whyᵀ·dLogits_t. */
export function logitsBackward(first: i32, last: i32): void {
  for (let t = 0; t < T; t++) {
    getOn();
    const now = dHiddenAt(layers - 1, t);
    clearRows(now, first, last);
    multiplyRows(outputBack, Hq, V, rowOf(dLogits, t * B, Vq), Vq, now, first, last);
  }
}

/** y += Σ_gates transposed weights · gradient at a layer's slots, `from` and the next, of time t. */
function addGates(
  panels: usize,
  layer: i32,
  t: i32,
  from: i32,
  y: usize,
  first: i32,
  last: i32,
): void {
  for (let gate = 0; gate < gates; gate++) {
    const own = rowOf(panels, gate * Hq, H);
    multiplyRows(own, Hq, H, dSlotAt(layer, t, from + gate), Hq, y, first, last);
  }
}

/** Gradient at the states of the layer below `layer`, every t. */
function inputBackward(layer: i32, first: i32, last: i32): void {
  const panels = rowOf(inputBack, (layer - 1) * gates * Hq, H);
  for (let t = 0; t < T; t++) {
    getOn();
    const below = dHiddenAt(layer - 1, t);
    clearRows(below, first, last);
    addGates(panels, layer, t, 0, below, first, last);
  }
}

/** From the gradient at the last layer's states to those at every layer's slots. */
export function layersBackward(first: i32, last: i32): void {
  const from = firstRecurrent();
  for (let layer = layers - 1; layer >= 0; layer--) {
    const panels = rowOf(recurrentBack, layer * gates * Hq, H);
    if (isDropping) dropBack(layer, first, last);
    for (let t = T - 1; t >= 0; t--) {
      getOn();
      if (t < T - 1) addGates(panels, layer, t + 1, from, dHiddenAt(layer, t), first, last);
      back(layer, t, first, last);
    }
    if (layer > 0) inputBackward(layer, first, last);
  }
}
