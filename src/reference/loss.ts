// Softmax and cross-entropy, and the gradient at the logits, in the order of assembly/loss.ts.

import type { Shape } from "../engine/shape.ts";
import { exp, log, type Real, type Reals, real } from "./real.ts";

const LOWEST_PROBABILITY = real(1e-9);
const HIGHEST_PROBABILITY = real(1 - 1e-9);

/**
 * Logits to probabilities in place, [T][B][V]; predictions and losses, [T][B].
 * @returns the mean loss, nats a character, and how many predictions are right.
 */
export function loss(
  { V, T, B }: Shape,
  targets: Int32Array,
  probabilities: Reals,
  { predictions, losses }: { readonly predictions: Int32Array; readonly losses: Reals },
): { loss: number; correct: number } {
  let total = 0;
  let correct = 0;
  for (let p = 0; p < T * B; p++) {
    const row = p * V;
    let highest = probabilities[row] as number;
    for (let v = 1; v < V; v++) highest = Math.max(highest, probabilities[row + v] as number);
    let sum = 0;
    for (let v = 0; v < V; v++) {
      const e = exp(((probabilities[row + v] as number) - highest) as Real);
      probabilities[row + v] = e;
      sum = (sum + e) as Real;
    }
    let best = 0;
    let bestProbability = 0;
    for (let v = 0; v < V; v++) {
      const probability = ((probabilities[row + v] as number) / sum) as Real;
      probabilities[row + v] = probability;
      if (probability > bestProbability) {
        bestProbability = probability;
        best = v;
      }
    }
    const target = targets[p] as number;
    predictions[p] = best;
    if (best === target) correct++;
    const probability = probabilities[row + target] as number;
    const clipped = Math.min(Math.max(probability, LOWEST_PROBABILITY), HIGHEST_PROBABILITY);
    losses[p] = -log(clipped);
    total += losses[p] as number;
  }
  return { loss: total / (T * B), correct };
}

/** dLogits = (p - onehot(target))·scale. */
export function lossBackward(
  { V, T, B }: Shape,
  targets: Int32Array,
  probabilities: Reals,
  dLogits: Reals,
  scale: number,
): void {
  for (let p = 0; p < T * B; p++) {
    const target = targets[p] as number;
    for (let v = 0; v < V; v++) {
      const onehot = v === target ? 1 : 0;
      dLogits[p * V + v] = (((probabilities[p * V + v] as number) - onehot) * scale) as Real;
    }
  }
}
