// The guard against losses that explode and numbers that leave their range: a step that would is not taken.

import type { Outcome } from "../engine/engine.ts";
import { ElloError } from "../outside/errors.ts";

const CULPRITS: Readonly<Record<Exclude<Outcome, "done">, string>> = {
  "loss not finite": "a loss that is not finite",
  "gradient not finite": "a gradient norm that is not finite",
  "update not finite": "an update that is not finite",
};
// Times the loss of a model that knows nothing, ln V.
const EXPLODED = 2;
const GOOD = 1.25;
const KEPT = 0.9; // of the recent loss, at each step: one hard batch is no explosion

const DIVERGED = "training diverged"; // what its error begins with

/** Whether this is what was said of a run that diverged. */
export function isDivergence(text: string): boolean {
  return text.startsWith(DIVERGED);
}

/** Training met a loss or a number that cannot be. The model keeps the weights of a good step. */
export class DivergenceError extends ElloError {
  override readonly name = "DivergenceError";
  readonly epoch: number;
  readonly step: number;
  constructor(reason: string, epoch: number, step: number, learningRate: number) {
    super(
      `${DIVERGED} at epoch ${epoch}: expected finite numbers and a loss that does not explode, got ${reason}; ` +
        `the last good weights are kept; try a learning rate below ${learningRate}`,
    );
    this.epoch = epoch;
    this.step = step;
  }
}

/** The recent loss after a step with this loss. */
export function recentLoss(recent: number | null, loss: number): number {
  return recent === null ? loss : KEPT * recent + (1 - KEPT) * loss;
}

/** What is wrong with a step after which the recent loss is this, or undefined. */
export function faultOf(outcome: Outcome, recent: number, V: number): string | undefined {
  if (outcome !== "done") return CULPRITS[outcome];
  return recent > EXPLODED * Math.log(V)
    ? `a loss of ${recent.toFixed(2)} over the last steps, twice that of a model that knows nothing`
    : undefined;
}

/** Whether a state with this recent loss is worth going back to. */
export function isGood(recent: number | null, V: number): boolean {
  return recent === null || recent <= GOOD * Math.log(V);
}
