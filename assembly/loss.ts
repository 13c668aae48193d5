// Softmax and cross-entropy over every position (t, b), and the gradient at the logits.

import { exp, log } from "./elementary";
import {
  B,
  CORRECT,
  dLogits,
  get,
  getWord,
  LOSS,
  losses,
  predictions,
  probabilities,
  rowOf,
  set,
  setWord,
  statistics,
  T,
  targets,
  V,
} from "./layout";

// The logged probability is kept inside these bounds, as the original script does; the gradient is
// not touched by them.
const LOWEST_PROBABILITY: f64 = 1e-9;
const HIGHEST_PROBABILITY: f64 = 1 - 1e-9;

/** Turns one row of V logits into probabilities in place. @returns the first index of the largest. */
function softmax(row: usize): i32 {
  let highest = get(row, 0);
  for (let v = 1; v < V; v++) highest = max(highest, get(row, v));
  let sum: f64 = 0;
  for (let v = 0; v < V; v++) {
    const e = exp(get(row, v) - highest);
    set(row, v, e);
    sum += e;
  }
  let best = 0;
  let bestProbability: f64 = 0;
  for (let v = 0; v < V; v++) {
    const p = get(row, v) / sum;
    set(row, v, p);
    if (p > bestProbability) {
      bestProbability = p;
      best = v;
    }
  }
  return best;
}

/** Logits to probabilities, predictions and losses; mean loss and hits to `statistics`. */
export function lossForward(): void {
  const positions = T * B;
  let total: f64 = 0;
  let correct = 0;
  for (let p = 0; p < positions; p++) {
    const row = rowOf(probabilities, p, V);
    const target = getWord(targets, p);
    assert(target < <u32>V);
    const predicted = softmax(row);
    setWord(predictions, p, predicted);
    if (<u32>predicted == target) correct++;
    const loss = -log(min(max(get(row, target), LOWEST_PROBABILITY), HIGHEST_PROBABILITY));
    set(losses, p, loss);
    total += loss;
  }
  set(statistics, LOSS, total / <f64>positions);
  set(statistics, CORRECT, correct);
}

/** dLogits = (p - onehot(target))·scale. */
export function lossBackward(scale: f64): void {
  for (let p = 0; p < T * B; p++) {
    const row = rowOf(probabilities, p, V);
    const gradient = rowOf(dLogits, p, V);
    const target = getWord(targets, p);
    for (let v = 0; v < V; v++) {
      const onehot: f64 = <u32>v == target ? 1 : 0;
      set(gradient, v, (get(row, v) - onehot) * scale);
    }
  }
}
