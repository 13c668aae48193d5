// Softmax and cross-entropy of batch rows `first` … `last` - 1, and the gradient at the logits. The
// rows of a block stand in the lanes of two vectors, `low` and `high`; of a row that stands alone the lanes
// are neighbouring characters. Losses are added up in f64.

import { B, P, T, V, Vq } from "./dimensions";
import { exp, Lanes, log } from "./elementary/lanes";
import {
  dLogits,
  losses,
  predictions,
  probabilities,
  scratch,
  statistics,
  targets,
} from "./layout";
import { at, get, getVector, getWord, rowOf, set, setDouble, setVector, setWord } from "./memory";
import { LANES, PANEL, roundDown, wholeVectors } from "./real";
import { getOn } from "./team";
import { CORRECT, LOSS } from "./words";

// The logged probability is kept inside these bounds, as the original script does; the gradient is
// not touched by them.
const LOWEST_PROBABILITY: real = 1e-9;
const HIGHEST_PROBABILITY: real = 1 - 1e-9;

/** Softmax of a block of rows, whose elements v stand together at `logits`; the argmaxes to `bests`. */
function softmaxBlock(logits: usize, gradient: usize, scale: real, bests: usize): void {
  const end = at(logits, PANEL * V);
  let highestLow = getVector(logits, 0);
  let highestHigh = getVector(logits, LANES);
  for (let p = at(logits, PANEL); p < end; p = at(p, PANEL)) {
    highestLow = v128.pmax<real>(highestLow, getVector(p, 0));
    highestHigh = v128.pmax<real>(highestHigh, getVector(p, LANES));
  }
  let sumLow = v128.splat<real>(0);
  let sumHigh = v128.splat<real>(0);
  for (let p = logits; p < end; p = at(p, PANEL)) {
    const low = Lanes.exp(v128.sub<real>(getVector(p, 0), highestLow));
    const high = Lanes.exp(v128.sub<real>(getVector(p, LANES), highestHigh));
    setVector(p, 0, low);
    setVector(p, LANES, high);
    sumLow = v128.add<real>(sumLow, low);
    sumHigh = v128.add<real>(sumHigh, high);
  }
  let bestLow = v128.splat<real>(0);
  let bestHigh = v128.splat<real>(0);
  let mostLow = v128.splat<real>(0);
  let mostHigh = v128.splat<real>(0);
  let index: real = 0;
  const factor = v128.splat<real>(scale);
  for (let p = logits; p < end; p = at(p, PANEL)) {
    const low = v128.div<real>(getVector(p, 0), sumLow);
    const high = v128.div<real>(getVector(p, LANES), sumHigh);
    setVector(p, 0, low);
    setVector(p, LANES, high);
    setVector(gradient, 0, v128.mul<real>(low, factor));
    setVector(gradient, LANES, v128.mul<real>(high, factor));
    const own = v128.splat<real>(index);
    bestLow = v128.bitselect(own, bestLow, v128.gt<real>(low, mostLow));
    bestHigh = v128.bitselect(own, bestHigh, v128.gt<real>(high, mostHigh));
    mostLow = v128.pmax<real>(mostLow, low);
    mostHigh = v128.pmax<real>(mostHigh, high);
    index += 1;
    gradient = at(gradient, PANEL);
  }
  setVector(bests, 0, bestLow);
  setVector(bests, LANES, bestHigh);
}

/** Softmax of a row alone. @returns the first index of the largest. */
function softmaxRow(logits: usize, gradient: usize, scale: real): i32 {
  let highest = get(logits, 0);
  for (let v = 1; v < V; v++) highest = max(highest, get(logits, v));
  const whole = wholeVectors(V);
  let sum: real = 0;
  for (let v = 0; v < whole; v += LANES) {
    const e = Lanes.exp(v128.sub<real>(getVector(logits, v), v128.splat<real>(highest)));
    setVector(logits, v, e);
    sum = sum + v128.extract_lane<real>(e, 0) + v128.extract_lane<real>(e, 1);
    if (LANES == 4) sum = sum + v128.extract_lane<real>(e, 2) + v128.extract_lane<real>(e, 3);
  }
  for (let v = whole; v < V; v++) {
    const e = exp(get(logits, v) - highest);
    set(logits, v, e);
    sum += e;
  }
  for (let v = 0; v < whole; v += LANES) {
    const vector = v128.div<real>(getVector(logits, v), v128.splat<real>(sum));
    setVector(logits, v, vector);
    setVector(gradient, v, v128.mul<real>(vector, v128.splat<real>(scale)));
  }
  for (let v = whole; v < V; v++) {
    const probability = get(logits, v) / sum;
    set(logits, v, probability);
    set(gradient, v, probability * scale);
  }
  let best = 0;
  let bestProbability: real = 0;
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
  scale: real,
): void {
  const target = getWord(targets, p);
  assert(target < <u32>V);
  const probability = get(row, <i32>target * stride);
  set(gradient, <i32>target * stride, (probability - 1) * scale);
  setWord(predictions, p, predicted);
  set(losses, p, -log(min(max(probability, LOWEST_PROBABILITY), HIGHEST_PROBABILITY)));
}

/** Logits to probabilities, predictions and losses; dLogits = (p - onehot(target))·scale. */
export function loss(scale: real, first: i32, last: i32): void {
  const blocked = first + roundDown(last - first);
  for (let t = 0; t < T; t++) {
    getOn();
    for (let b = first; b < blocked; b += PANEL) {
      const rows = rowOf(probabilities, t * B + b, Vq);
      const gradients = rowOf(dLogits, t * B + b, Vq);
      softmaxBlock(rows, gradients, scale, scratch);
      for (let r = 0; r < PANEL; r++)
        finish(t * B + b + r, at(rows, r), at(gradients, r), PANEL, <i32>get(scratch, r), scale);
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
  setDouble(statistics, LOSS, total / <f64>P);
  setDouble(statistics, CORRECT, correct);
  return isFinite(total);
}
