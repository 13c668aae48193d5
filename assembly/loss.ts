// Softmax and cross-entropy of batch rows `first` … `last` - 1, and the gradient at the logits. Four
// rows stand in the lanes of two pairs, `low` and `high`; of a row that stands alone they are two neighbouring characters.

import { B, P, T, V, Vq } from "./dimensions";
import { exp, log, Pair } from "./elementary";
import {
  dLogits,
  losses,
  predictions,
  probabilities,
  scratch,
  statistics,
  targets,
} from "./layout";
import { at, get, getPair, getWord, rowOf, set, setPair, setWord } from "./memory";
import { getOn } from "./team";
import { CORRECT, LOSS } from "./words";

// The logged probability is kept inside these bounds, as the original script does; the gradient is
// not touched by them.
const LOWEST_PROBABILITY: f64 = 1e-9;
const HIGHEST_PROBABILITY: f64 = 1 - 1e-9;

/** Softmax of a block of four rows, of which element v is at `logits` + 4v; the argmaxes to `bests`. */
function softmaxBlock(logits: usize, gradient: usize, scale: f64, bests: usize): void {
  const end = at(logits, 4 * V);
  let highestLow = getPair(logits, 0);
  let highestHigh = getPair(logits, 2);
  for (let p = at(logits, 4); p < end; p = at(p, 4)) {
    highestLow = f64x2.pmax(highestLow, getPair(p, 0));
    highestHigh = f64x2.pmax(highestHigh, getPair(p, 2));
  }
  let sumLow = f64x2.splat(0);
  let sumHigh = f64x2.splat(0);
  for (let p = logits; p < end; p = at(p, 4)) {
    const low = Pair.exp(f64x2.sub(getPair(p, 0), highestLow));
    const high = Pair.exp(f64x2.sub(getPair(p, 2), highestHigh));
    setPair(p, 0, low);
    setPair(p, 2, high);
    sumLow = f64x2.add(sumLow, low);
    sumHigh = f64x2.add(sumHigh, high);
  }
  let bestLow = f64x2.splat(0);
  let bestHigh = f64x2.splat(0);
  let mostLow = f64x2.splat(0);
  let mostHigh = f64x2.splat(0);
  let index: f64 = 0;
  const factor = f64x2.splat(scale);
  for (let p = logits; p < end; p = at(p, 4)) {
    const low = f64x2.div(getPair(p, 0), sumLow);
    const high = f64x2.div(getPair(p, 2), sumHigh);
    setPair(p, 0, low);
    setPair(p, 2, high);
    setPair(gradient, 0, f64x2.mul(low, factor));
    setPair(gradient, 2, f64x2.mul(high, factor));
    const own = f64x2.splat(index);
    bestLow = v128.bitselect(own, bestLow, f64x2.gt(low, mostLow));
    bestHigh = v128.bitselect(own, bestHigh, f64x2.gt(high, mostHigh));
    mostLow = f64x2.pmax(mostLow, low);
    mostHigh = f64x2.pmax(mostHigh, high);
    index += 1;
    gradient = at(gradient, 4);
  }
  setPair(bests, 0, bestLow);
  setPair(bests, 2, bestHigh);
}

/** Softmax of a row alone. @returns the first index of the largest. */
function softmaxRow(logits: usize, gradient: usize, scale: f64): i32 {
  let highest = get(logits, 0);
  for (let v = 1; v < V; v++) highest = max(highest, get(logits, v));
  const even = V & ~1;
  let sum: f64 = 0;
  for (let v = 0; v < even; v += 2) {
    const e = Pair.exp(f64x2.sub(getPair(logits, v), f64x2.splat(highest)));
    setPair(logits, v, e);
    sum = sum + f64x2.extract_lane(e, 0) + f64x2.extract_lane(e, 1);
  }
  if (even < V) {
    const e = exp(get(logits, even) - highest);
    set(logits, even, e);
    sum += e;
  }
  for (let v = 0; v < even; v += 2) {
    const pair = f64x2.div(getPair(logits, v), f64x2.splat(sum));
    setPair(logits, v, pair);
    setPair(gradient, v, f64x2.mul(pair, f64x2.splat(scale)));
  }
  if (even < V) {
    const probability = get(logits, even) / sum;
    set(logits, even, probability);
    set(gradient, even, probability * scale);
  }
  let best = 0;
  let bestProbability: f64 = 0;
  for (let v = 0; v < V; v++) {
    if (get(logits, v) > bestProbability) {
      bestProbability = get(logits, v);
      best = v;
    }
  }
  return best;
}

/** The target's part of position p: its loss, and onehot in its gradient; what it predicted. */
function finish(
  p: i32,
  row: usize,
  gradient: usize,
  stride: i32,
  predicted: i32,
  scale: f64,
): void {
  const target = getWord(targets, p);
  assert(target < <u32>V);
  const probability = get(row, <i32>target * stride);
  set(gradient, <i32>target * stride, (probability - 1) * scale);
  setWord(predictions, p, predicted);
  set(losses, p, -log(min(max(probability, LOWEST_PROBABILITY), HIGHEST_PROBABILITY)));
}

/** Logits to probabilities, predictions and losses; dLogits = (p - onehot(target))·scale. */
export function loss(scale: f64, first: i32, last: i32): void {
  const blocked = first + ((last - first) & ~3);
  for (let t = 0; t < T; t++) {
    getOn();
    for (let b = first; b < blocked; b += 4) {
      const rows = rowOf(probabilities, t * B + b, Vq);
      const gradients = rowOf(dLogits, t * B + b, Vq);
      softmaxBlock(rows, gradients, scale, scratch);
      for (let r = 0; r < 4; r++)
        finish(t * B + b + r, at(rows, r), at(gradients, r), 4, <i32>get(scratch, r), scale);
    }
    for (let b = blocked; b < last; b++) {
      const p = t * B + b;
      const row = rowOf(probabilities, p, Vq);
      const gradient = rowOf(dLogits, p, Vq);
      finish(p, row, gradient, 1, softmaxRow(row, gradient, scale), scale);
    }
  }
}

/** Mean loss and hits of all positions, to `statistics`. @returns whether the loss is finite. */
export function sumLosses(): bool {
  let total: f64 = 0;
  let correct = 0;
  for (let p = 0; p < P; p++) {
    total += get(losses, p);
    if (getWord(predictions, p) == getWord(targets, p)) correct++;
  }
  set(statistics, LOSS, total / <f64>P);
  set(statistics, CORRECT, correct);
  return isFinite(total);
}
