// Rows of the layers' activations, by layer and time; layout.ts says what they hold.

import { cell, isDropping, RNN, slots, T, timeBytes } from "./dimensions";
import { activations, cells, cellTanh, dHidden, dropped, dSlots, hidden, masks } from "./layout";

/** Rows [B][Hq] of time t in a buffer [L][T][B][Hq]. */
function timeOf(buffer: usize, layer: i32, t: i32): usize {
  return buffer + <usize>(layer * T + t) * timeBytes;
}

/** Hidden states before time `t`, after time t - 1; rows [B][Hq]. */
export function hiddenAt(layer: i32, t: i32): usize {
  return hidden + <usize>(layer * (T + 1) + t) * timeBytes;
}

/** An LSTM's c before time `t`, after time t - 1; rows [B][Hq]. */
export function cellAt(layer: i32, t: i32): usize {
  return cells + <usize>(layer * (T + 1) + t) * timeBytes;
}

/** An LSTM's tanh(c) after time t; rows [B][Hq]. */
export function cellTanhAt(layer: i32, t: i32): usize {
  return timeOf(cellTanh, layer, t);
}

/** One slot at time t; rows [B][Hq]. */
export function slotAt(layer: i32, t: i32, slot: i32): usize {
  if (cell == RNN) return hiddenAt(layer, t + 1);
  return activations + <usize>((layer * T + t) * slots + slot) * timeBytes;
}

/** What the layer above, or the output, gets at time t: hidden states after it; rows [B][Hq]. */
export function givenAt(layer: i32, t: i32): usize {
  return isDropping ? timeOf(dropped, layer, t) : hiddenAt(layer, t + 1);
}

/** What the hidden states after time t are multiplied by where there is dropout; rows [B][Hq]. */
export function maskAt(layer: i32, t: i32): usize {
  return timeOf(masks, layer, t);
}

/** Gradient at one slot of time t, before its activation; rows [B][Hq]. */
export function dSlotAt(layer: i32, t: i32, slot: i32): usize {
  return dSlots + <usize>((layer * T + t) * slots + slot) * timeBytes;
}

/** Gradient at the hidden states after time t, while its layer is gone back through; rows [B][Hq]. */
export function dHiddenAt(layer: i32, t: i32): usize {
  return cell == RNN ? dSlotAt(layer, t, 0) : dHidden + <usize>t * timeBytes;
}
