// The optimizers: which moments each keeps, and the constants that make the one formula of
// assembly/optimizer.ts each of them, as PyTorch defines them (torch.optim, version 2).

import type { Shape } from "./shape.ts";

/** How gradients of the positions of a batch are combined before clipping. */
export type Reduction = "sum" | "mean";
export type OptimizerName = "sgd" | "adagrad" | "rmsprop" | "adam";

/** How an engine updates its parameters. The settings of the same names in `Config`. */
export interface UpdateRule {
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  /** SGD: share of the last direction that is kept. */
  readonly momentum: number;
  /** RMSprop: share of the mean of squares that is kept. */
  readonly alpha: number;
  /** Adam: share of the mean that is kept. */
  readonly beta1: number;
  /** Adam: share of the mean of squares that is kept. */
  readonly beta2: number;
  /** Added to the root of the mean of squares. */
  readonly epsilon: number;
  /** Bound on every gradient element, after `clipNorm`; 0 for none. */
  readonly clipValue: number;
  /** Bound on the global norm of the gradients; 0 for none. */
  readonly clipNorm: number;
  readonly reduction: Reduction;
}

/** Plain gradient descent, nothing clipped. */
export const SGD: UpdateRule = {
  optimizer: "sgd",
  learningRate: 0.1,
  momentum: 0,
  alpha: 0.99,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clipValue: 0,
  clipNorm: 0,
  reduction: "mean",
};

/** Which arenas an optimizer needs beside the parameters: bits, 1 for the first moment, 2 the second. */
export type Moments = number;
export const FIRST: Moments = 1;
export const SECOND: Moments = 2;

/** The moments that a rule needs. */
export function momentsOf({ optimizer, momentum }: UpdateRule): Moments {
  if (optimizer === "adam") return FIRST | SECOND;
  if (optimizer === "sgd") return momentum > 0 ? FIRST : 0;
  return SECOND;
}

/**
 * Writes the constants of update number `updates` + 1 to `to`, [10], in the order of
 * assembly/words.ts: scale, learning rate, clip value, clip norm, first decay, first gain, second
 * decay, second gain, root scale, epsilon. Adam's corrections take the powers of its betas by
 * repeated squaring, so that they are the same everywhere.
 */
export function writeConstants(
  rule: UpdateRule,
  { T, B }: Shape,
  updates: number,
  to: Float64Array,
): void {
  const { optimizer, clipValue, clipNorm } = rule;
  const isAdam = optimizer === "adam";
  const secondDecay = isAdam ? rule.beta2 : rule.alpha;
  const keepsAll = optimizer === "adagrad";
  to[0] = 1 / (rule.reduction === "mean" ? T * B : B);
  to[1] = isAdam ? rule.learningRate / (1 - power(rule.beta1, updates + 1)) : rule.learningRate;
  to[2] = clipValue === 0 ? Number.POSITIVE_INFINITY : clipValue;
  to[3] = clipNorm === 0 ? Number.POSITIVE_INFINITY : clipNorm;
  to[4] = isAdam ? rule.beta1 : rule.momentum;
  to[5] = isAdam ? 1 - rule.beta1 : 1;
  to[6] = keepsAll ? 1 : secondDecay;
  to[7] = keepsAll ? 1 : 1 - secondDecay;
  to[8] = isAdam ? 1 / Math.sqrt(1 - power(rule.beta2, updates + 1)) : 1;
  to[9] = rule.epsilon;
}

/** How many constants `writeConstants` writes. */
export const CONSTANTS = 10;

/** base to a whole power, by repeated squaring. */
export function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
