// What a model measures, and what its cell is made of. One instance of the core holds one model.

import { roundUp } from "./real";

export let V: i32 = 0; // vocabulary size
export let H: i32 = 0; // hidden units of a layer
export let T: i32 = 0; // time steps
export let B: i32 = 0; // batch rows
export let N: i32 = 0; // parameters in all …
export let count: u64 = 0; // … which more than memory holds would overflow
export let P: i32 = 0; // positions of a batch, T·B
export let Hq: i32 = 0; // H and V rounded up to whole panels
export let Vq: i32 = 0;
export let timeBytes: usize = 0; // of rows [B][Hq]
export let cell: i32 = 0; // RNN, GRU or LSTM
export let layers: i32 = 1;
export let drops: bool = false; // whether the model has dropout
export let isDropping: bool = false; // in this call
export let masksHeld: bool = false; // whether its masks are set from outside, for tests

// A gate is a matrix of H rows of a layer's input weights and one of its recurrent weights, in
// PyTorch's order. A slot is one number of each unit at each time, before its activation and after:
//
//   cell   gates     slots                                        biases    parts of the state
//   RNN    h         h                                            h         h
//   GRU    r z n     n's input part, r, z, n's hidden part        r z n n'  h
//   LSTM   i f g o   i f g o                                      i f g o   h c
//
// Slots are so ordered that input weights fill the first `gates` of them, recurrent weights the last.
export let gates: i32 = 1;
export let slots: i32 = 1;
export let parts: i32 = 1;

export const RNN: i32 = 0;
export const GRU: i32 = 1;
export const LSTM: i32 = 2;

export let rank: i32 = 0; // of this instance, 0 is the host's
export let ranks: i32 = 1;
export let active: i32 = 1; // ranks that take part in a call, 0 to this; decides no bit

// Positions of a span of times: two panels of them, 16 KB, stay in the first cache, all in the second.
const SPAN: i32 = 256;
export let spanTimes: i32 = 0;

/** Notes what a model measures; its memory is planned and reserved by layout.ts. */
export function measure(
  vocabulary: i32,
  hiddenUnits: i32,
  steps: i32,
  rows: i32,
  kind: i32,
  depth: i32,
  dropout: bool,
): void {
  V = vocabulary;
  H = hiddenUnits;
  T = steps;
  B = rows;
  Hq = roundUp(H);
  Vq = roundUp(V);
  cell = kind;
  layers = depth;
  drops = dropout;
  gates = kind == LSTM ? 4 : kind == GRU ? 3 : 1;
  slots = kind == RNN ? 1 : 4;
  parts = kind == LSTM ? 2 : 1;
  spanTimes = max(1, SPAN / B);
  P = <i32>(<u64>T * <u64>B);
  timeBytes = (<usize>B * <usize>Hq) << alignof<real>();
  const h = <u64>H;
  const v = <u64>V;
  const ofGates = <u64>gates * h * (v + h + 2 * h * <u64>(layers - 1));
  count = ofGates + v * h + <u64>(layers * slots) * h + v;
  N = <i32>count;
}

/** The gate whose input weights fill a slot, -1 for none. */
export function inputGate(slot: i32): i32 {
  if (cell != GRU) return slot;
  return slot == 3 ? -1 : slot == 0 ? 2 : slot - 1;
}

/** The gate whose recurrent weights fill a slot, -1 for none. */
export function recurrentGate(slot: i32): i32 {
  return slot - (slots - gates);
}

/** The bias of a slot among those of its layer. */
export function biasOf(slot: i32): i32 {
  return slot == 3 ? 3 : inputGate(slot);
}

/** The first slot that recurrent weights fill. */
export function firstRecurrent(): i32 {
  return slots - gates;
}

/** Notes which of how many ranks this is. */
export function joinTeam(ownRank: i32, ofRanks: i32): void {
  rank = ownRank;
  ranks = ofRanks;
  active = ofRanks;
}

/** Notes how many ranks take part, from this call on; 1 … ranks. */
export function setActive(count: i32): void {
  active = count;
}

/** Notes whether this call drops units. */
export function setDropping(value: bool): void {
  isDropping = value;
}

/** Leaves the masks of dropout as they are set, or draws them. */
export function holdMasks(value: bool): void {
  masksHeld = value;
}

/** Makes this rank one that is alone. */
export function standAlone(): void {
  ranks = 1;
  active = 1;
}
