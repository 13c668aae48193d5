// Softmax and cross-entropy of batch rows `first` … `last` - 1, and the gradient at the logits. Four
// rows stand in the lanes of two pairs; a row that stands alone is taken in scalars.

import { B, P, T, V, Vq } from "./dimensions";
import { exp, expPair, log } from "./elementary";
import { dLogits, losses, predictions, probabilities, statistics, targets } from "./layout";
import { at, get, getPair, getWord, rowOf, set, setPair, setWord } from "./memory";
import { getOn } from "./team";
import { CORRECT, LOSS } from "./words";

// The logged probability is kept inside these bounds, as the original script does; the gradient is
// not touched by them.
const LOWEST_PROBABILITY: f64 = 1e-9;
const HIGHEST_PROBABILITY: f64 = 1 - 1e-9;

/** Softmax of two rows of a block: element v of both is at `logits` + 4v. @returns the argmaxes. */
function softmaxPair(logits: usize, gradient: usize, scale: f64): v128 {
  let highest = getPair(logits, 0);
  for (let v = 1; v < V; v++) highest = f64x2.pmax(highest, getPair(logits, 4 * v));
  let sum = f64x2.splat(0);
  for (let v = 0; v < V; v++) {
    const e = expPair(f64x2.sub(getPair(logits, 4 * v), highest));
    setPair(logits, 4 * v, e);
    sum = f64x2.add(sum, e);
  }
  let best = f64x2.splat(0);
  let bestProbability = f64x2.splat(0);
  const factor = f64x2.splat(scale);
  for (let v = 0; v < V; v++) {
    const probability = f64x2.div(getPair(logits, 4 * v), sum);
    setPair(logits, 4 * v, probability);
    setPair(gradient, 4 * v, f64x2.mul(probability, factor));
    const better = f64x2.gt(probability, bestProbability);
    bestProbability = f64x2.pmax(bestProbability, probability);
    best = v128.bitselect(f64x2.splat(<f64>v), best, better);
  }
  return best;
}

/** Softmax of a row alone. @returns the first index of the largest. */
function softmaxRow(logits: usize, gradient: usize, scale: f64): i32 {
  let highest = get(logits, 0);
  for (let v = 1; v < V; v++) highest = max(highest, get(logits, v));
  let sum: f64 = 0;
  for (let v = 0; v < V; v++) {
    const e = exp(get(logits, v) - highest);
    set(logits, v, e);
    sum += e;
  }
  let best = 0;
  let bestProbability: f64 = 0;
  for (let v = 0; v < V; v++) {
    const probability = get(logits, v) / sum;
    set(logits, v, probability);
    set(gradient, v, probability * scale);
    if (probability > bestProbability) {
      bestProbability = probability;
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
      for (let r = 0; r < 4; r += 2) {
        const best = softmaxPair(at(rows, r), at(gradients, r), scale);
        const p = t * B + b + r;
        finish(p, at(rows, r), at(gradients, r), 4, <i32>f64x2.extract_lane(best, 0), scale);
        finish(
          p + 1,
          at(rows, r + 1),
          at(gradients, r + 1),
          4,
          <i32>f64x2.extract_lane(best, 1),
          scale,
        );
      }
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
