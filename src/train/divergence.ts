// The guard against losses that explode and numbers that leave f64: a step that would is not taken.

import type { Outcome } from "../model/engine.ts";

const CULPRITS: Readonly<Record<Exclude<Outcome, "done">, string>> = {
  "loss not finite": "a loss that is not finite",
  "gradient not finite": "a gradient norm that is not finite",
  "update not finite": "an update that is not finite",
};
const EXPLODED = 2; // times the loss of a model that knows nothing, ln V

/** Training met a loss or a number that cannot be. The model keeps the weights of a good step. */
export class DivergenceError extends Error {
  override readonly name = "DivergenceError";
  readonly epoch: number;
  readonly step: number;
  constructor(reason: string, epoch: number, step: number, learningRate: number) {
    super(
      `training diverged at epoch ${epoch}: expected finite numbers and a loss that does not explode, got ${reason}; ` +
        `the last good weights are kept; try a learning rate below ${learningRate}`,
    );
    this.epoch = epoch;
    this.step = step;
  }
}

/** What is wrong with a step, or undefined. A loss explodes at twice that of a model that knows nothing. */
export function faultOf(outcome: Outcome, loss: number, V: number): string | undefined {
  if (outcome !== "done") return CULPRITS[outcome];
  const limit = EXPLODED * Math.log(V);
  return loss > limit
    ? `a loss of ${loss.toFixed(2)}, over twice that of a model that knows nothing`
    : undefined;
}
