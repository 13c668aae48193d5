// The guard against numbers that leave f64: a step that would is not taken.

import type { Outcome } from "../model/engine.ts";

const CULPRITS: Readonly<Record<Exclude<Outcome, "done">, string>> = {
  "loss not finite": "a loss",
  "gradient not finite": "a gradient norm",
  "update not finite": "an update",
};

/** Training met a value that is not finite. The model keeps the weights of its last good step. */
export class DivergenceError extends Error {
  override readonly name = "DivergenceError";
  readonly epoch: number;
  readonly step: number;
  constructor(
    outcome: Exclude<Outcome, "done">,
    epoch: number,
    step: number,
    learningRate: number,
  ) {
    super(
      `training diverged at epoch ${epoch}: expected finite numbers, got ${CULPRITS[outcome]} that is not; ` +
        `the weights of the step before are kept; try a learning rate below ${learningRate}`,
    );
    this.epoch = epoch;
    this.step = step;
  }
}
