// What every numeric engine offers. Trainer, sampler and checkpoint see only this.

import type { EngineName, Reduction } from "./config.ts";
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

export interface UpdateRule {
  readonly learningRate: number;
  /** Bound on every gradient element; 0 for none. */
  readonly clipValue: number;
  readonly reduction: Reduction;
}

export interface StepResult {
  readonly outcome: Outcome;
  /** Mean over T·B positions, nats per character, before the update. */
  readonly loss: number;
  /** Positions whose argmax is the target, 0 … T·B. */
  readonly correct: number;
  /** Global L2 norm before clipping; 0 from `evaluate`. */
  readonly gradNorm: number;
}

/**
 * A model's numbers and the work done on them. The arrays are views that stay valid, at the same
 * place, until `close`; write `inputs`, `targets`, `state` and `parameters`, read the rest.
 */
export interface Engine {
  readonly name: EngineName;
  readonly shape: Shape;
  readonly threads: number;
  /** [T][B] token ids. */
  readonly inputs: Int32Array;
  /** [T][B] token ids. */
  readonly targets: Int32Array;
  /** Arena in the order of `parametersOf`. */
  readonly parameters: Float64Array;
  /** Arena of the last step's gradients, before clipping. */
  readonly gradients: Float64Array;
  /** [B][H] hidden state entering the next step; a step leaves its last state here. */
  readonly state: Float64Array;
  /** [T][B] argmax of the probabilities, the first of equals. */
  readonly predictions: Int32Array;
  /** Draws the weights from N(0, deviation²) in arena order; zero biases. */
  initialize(seed: number, deviation: number): void;
  /** Forward, loss, backward, clip and update on `inputs` and `targets`. */
  step(rule: UpdateRule): StepResult;
  /** Forward and loss only. */
  evaluate(): StepResult;
  /** Softmax of the last step, [T][B][V], a copy. */
  probabilities(): Float64Array;
  /** Frees what the engine holds; it must not be used after. */
  close(): void;
}
