// The learning rate of each step.

import { power } from "../engine/optimizer.ts";
import type { Config } from "../settings/check.ts";

/** Where a step stands in a run. */
export interface Place {
  readonly step: number;
  readonly epoch: number;
  /** Of the whole run. */
  readonly steps: number;
}

/**
 * "constant". "step": times `decayRate` at every epoch from `decayAfter` on, as char-rnn does.
 * "cosine": half a cosine down to `minLearningRate`, which the last step has. Before, `warmupSteps`
 * steps up from zero.
 */
export function learningRateAt(config: Config, { step, epoch, steps }: Place): number {
  const { schedule, learningRate, warmupSteps, decayRate, decayAfter, minLearningRate } = config;
  if (step < warmupSteps) return (learningRate * (step + 1)) / (warmupSteps + 1);
  if (schedule === "step") {
    return learningRate * power(decayRate, Math.max(0, epoch - decayAfter + 1));
  }
  if (schedule === "cosine") {
    const done = (step - warmupSteps) / Math.max(1, steps - 1 - warmupSteps);
    const share = 0.5 * (1 + cosineOfPi(Math.min(1, done)));
    return minLearningRate + share * (learningRate - minLearningRate);
  }
  return learningRate;
}

/**
 * cos(πx) for 0 ≤ x ≤ 1, within 1e-15, by its Taylor series: Math.cos differs between engines, and a
 * learning rate decides weights.
 */
export function cosineOfPi(x: number): number {
  if (x > 0.5) return -cosineOfPi(1 - x);
  const square = Math.PI * x * (Math.PI * x);
  let sum = 0;
  for (let n = 22; n > 0; n -= 2) sum = ((1 - sum) * square) / (n * (n - 1));
  return 1 - sum;
}
