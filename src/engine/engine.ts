// What every numeric engine offers. Trainer, sampler and checkpoint see only this.

import { DataError } from "../outside/errors.ts";
import type { EngineName } from "../settings/check.ts";
import type { Initial } from "../settings/initial.ts";
import { type Moments, momentsOf, type UpdateRule } from "./optimizer.ts";
import { precisionOf, type Reals } from "./precision.ts";
import type { Shape } from "./shape.ts";

/** How a training step ended; anything but "done" changed neither parameters nor state. */
export type Outcome = "done" | "loss not finite" | "gradient not finite" | "update not finite";

/** The order is that of the codes the core returns. */
export const OUTCOMES: readonly Outcome[] = [
  "done",
  "loss not finite",
  "gradient not finite",
  "update not finite",
];

/** How the next character is drawn from the probabilities. */
export interface DrawRule {
  /** Probabilities to the power of 1/temperature; 0 takes the likeliest. */
  readonly temperature: number;
  /** Only the likeliest so many, 0 for all. */
  readonly topK: number;
  /** Of them, the fewest that together have this share, 0 … 1. */
  readonly topP: number;
}

/** What a step or an evaluation of an engine found. */
export interface StepResult {
  readonly outcome: Outcome;
  /** Mean over T·B positions, nats per character, before the update. */
  readonly loss: number;
  /** Positions whose argmax is the target, 0 … T·B. */
  readonly correct: number;
  /** Global L2 norm before clipping; 0 from `evaluate`, and after a loss that is not finite. */
  readonly gradNorm: number;
}

/**
 * A model's numbers and the work done on them. The arrays are views that stay valid, at the same
 * place, until `close`; write `inputs`, `targets`, `state` and `parameters`, read the rest.
 */
export interface Engine {
  readonly name: EngineName;
  readonly shape: Shape;
  /** One after `disband`. */
  readonly threads: number;
  /** [T][B] token ids. */
  readonly inputs: Int32Array;
  /** [T][B] token ids. */
  readonly targets: Int32Array;
  /** Arena in the order of `parametersOf`. */
  readonly parameters: Reals;
  /** Arena of the last step's gradients, before clipping. */
  readonly gradients: Reals;
  /** [layer][part][B][H] state entering the next step, h and an LSTM's c; a step leaves its last here. */
  readonly state: Reals;
  /** [T][B] argmax of the probabilities, the first of equals. */
  readonly predictions: Int32Array;
  /** [T][B] -log of each target's probability in the last step, nats, which is kept from 1e-9 to 1 - 1e-9. */
  readonly losses: Reals;
  /** Which moments this engine keeps for the optimizer. */
  readonly moments: Moments;
  /** Arena of the means of the gradients; empty where there are none. */
  readonly firstMoment: Reals;
  /** Arena of the means of their squares; empty where there are none. */
  readonly secondMoment: Reals;
  /** Updates done so far; Adam's corrections depend on it. */
  updates: number;
  /** Draws the parameters from the seed and starts its draws; moments and `updates` to zero. */
  initialize(seed: number, initial: Initial): void;
  /**
   * Forward, loss, backward, clip and update on `inputs` and `targets`.
   * @throws {DataError} for a rule that needs what the engine was not made with.
   * @throws {TeamError} if a thread was lost, until `disband`; the step was not taken.
   */
  step(rule: UpdateRule): StepResult;
  /**
   * The same without clip and update, for an update of one's own: reads the gradients, writes the
   * parameters, counts in `updates` (which says what dropout drops). Of the rule, `reduction` and `dropout`
   * are of account.
   */
  gradientsOf(rule: UpdateRule): StepResult;
  /**
   * Forward and loss only. `hasSameWeights`: whether the call before was an evaluation with these very
   * weights, which saves packing them. @throws {TeamError}
   */
  evaluate(hasSameWeights?: boolean): StepResult;
  /** Softmax of the last step, [T][B][V], a copy. */
  probabilities(): Float64Array;
  /** Starts the draws of a seed; they are those of seed 0 before. */
  seedDraws(seed: number): void;
  /** Draws a token from row `row` at the last time of the last step. */
  draw(row: number, rule: DrawRule): number;
  /**
   * For tests: sets what each unit is multiplied by in the next steps with dropout, 0 or one over the
   * share that stays, [layer][T][B][H]; null draws them again.
   * @throws {DataError} for an engine without dropout or of several threads, or another length.
   */
  holdMasks(masks: Float64Array | null): void;
  /** Goes on with one thread, in the same arrays and to the same bits; of engines that have more. */
  disband?(): Promise<void>;
  /** Frees what the engine holds; every call after it throws. @throws {ClosedError} from those. */
  close(): void;
  readonly isClosed: boolean;
}

/** @throws {DataError} unless `engine` was made with what the rule needs. */
export function checkRule({ moments, shape }: Engine, rule: UpdateRule): void {
  if (moments !== momentsOf(rule)) {
    throw new DataError(
      `optimizer: expected one for which the engine was made, got ${rule.optimizer}; make the engine with its moments`,
    );
  }
  if (precisionOf(shape) === "f32" && Math.fround(rule.epsilon) === 0) {
    throw new DataError(
      `epsilon: expected one that f32 can hold, 1e-45 or more, got ${rule.epsilon}`,
    );
  }
  if (rule.dropout > 0 && !shape.drops) {
    throw new DataError(
      `dropout: expected 0, since the engine was made without, got ${rule.dropout}; make it with dropout (drops in its shape)`,
    );
  }
}

/** @throws {DataError} unless these masks can be held by `engine`. */
export function checkMasks({ shape, threads }: Engine, masks: Float64Array | null): void {
  if (masks === null) return;
  const { H, T, B, layers = 1, drops } = shape;
  const length = drops && threads === 1 ? layers * T * B * H : 0;
  if (masks.length === length && length > 0) return;
  throw new DataError(
    `masks: expected ${length} numbers, as an engine with dropout and one thread has, got ${masks.length}`,
  );
}
