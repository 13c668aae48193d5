// Dropout on what a layer gives: the layer above, or the output. A unit is dropped or not by a word of
// the counter generator, a function of (seed, update, layer, position, unit) alone; those that stay
// are scaled up, so that nothing is to be done without it. Batch rows `first` … `last` - 1.

import { dHiddenAt, givenAt, hiddenAt, maskAt } from "./activations";
import { B, H, Hq, masksHeld, T } from "./dimensions";
import { rule, scratch } from "./layout";
import { getDouble, getVector, getWord, set, setVector } from "./memory";
import { unitOf } from "./pack";
import { philox } from "./random";
import { LANES } from "./real";
import { getOn } from "./team";
import { DROPOUT, SEED, UPDATE } from "./words";

const STREAM_OF_MASKS: u32 = 2; // of layer 0; weights and draws have those before
const WORDS: i32 = 4; // of a block

/** Draws the mask of a layer at time t: 0, or one over the share that stays. */
function draw(layer: i32, t: i32, first: i32, last: i32): void {
  const share = getDouble(rule, DROPOUT);
  const bound = <u64>(share * 4294967296.0);
  const stays = <real>(1 / (1 - share));
  const blocks = (H + WORDS - 1) / WORDS;
  const rows = maskAt(layer, t);
  for (let b = first; b < last; b++) {
    for (let block = 0; block < blocks; block++) {
      philox(
        scratch,
        <u32>((t * B + b) * blocks + block),
        <u32>getDouble(rule, UPDATE),
        STREAM_OF_MASKS + layer,
        <u32>getDouble(rule, UPDATE + 1),
        <u32>getDouble(rule, SEED),
        <u32>getDouble(rule, SEED + 1),
      );
      for (let i = 0; i < WORDS; i++) {
        const isDropped = <u64>getWord(scratch, i) < bound;
        set(unitOf(rows, b, WORDS * block + i, Hq), 0, isDropped ? 0 : stays);
      }
    }
  }
}

/** The states of a layer times its mask, every t. */
export function drop(layer: i32, first: i32, last: i32): void {
  for (let t = 0; t < T; t++) {
    getOn();
    if (!masksHeld) draw(layer, t, first, last);
    multiply(hiddenAt(layer, t + 1), maskAt(layer, t), givenAt(layer, t), first, last);
  }
}

/** The gradient at what a layer gives to that at its states, every t. */
export function dropBack(layer: i32, first: i32, last: i32): void {
  for (let t = 0; t < T; t++) {
    getOn();
    multiply(dHiddenAt(layer, t), maskAt(layer, t), dHiddenAt(layer, t), first, last);
  }
}

function multiply(a: usize, b: usize, to: usize, first: i32, last: i32): void {
  for (let i = first * Hq; i < last * Hq; i += LANES)
    setVector(to, i, v128.mul<real>(getVector(a, i), getVector(b, i)));
}

/** Sets the mask of one unit at one position, for tests, which hold it by `holdMasks`. */
export function setMask(layer: i32, p: i32, unit: i32, factor: real): void {
  const t = p / B;
  set(unitOf(maskAt(layer, t), p - t * B, unit, Hq), 0, factor);
}
