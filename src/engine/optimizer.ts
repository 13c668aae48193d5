// The optimizers: which moments each keeps, and the constants that make the one formula of
// assembly/optimizer.ts each of them, as PyTorch defines them (torch.optim, version 2).

import type { Config, OptimizerName, Reduction } from "../settings/config.ts";
import { splitSeed } from "./seed.ts";
import type { Shape } from "./shape.ts";

export type { OptimizerName, Reduction };

/** How an engine updates its parameters: the settings of these names. */
export type UpdateRule = Readonly<
  Pick<
    Config,
    | ("optimizer" | "learningRate" | "momentum" | "alpha" | "beta1" | "beta2" | "epsilon")
    | ("weightDecay" | "clipValue" | "clipNorm" | "reduction" | "dropout" | "seed")
  >
>;

/** Plain gradient descent, nothing clipped. */
export const SGD: UpdateRule = {
  optimizer: "sgd",
  learningRate: 0.1,
  momentum: 0,
  alpha: 0.99,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  clipValue: 0,
  clipNorm: 0,
  reduction: "mean",
  dropout: 0,
  seed: 0,
};

/** Which arenas an optimizer needs beside the parameters: bits, 1 for the first moment, 2 the second. */
export type Moments = number;
export const FIRST: Moments = 1;
export const SECOND: Moments = 2;

function isAdam(optimizer: OptimizerName): boolean {
  return optimizer === "adam" || optimizer === "adamw";
}

/** The moments that a rule needs. */
export function momentsOf({ optimizer, momentum }: UpdateRule): Moments {
  if (isAdam(optimizer)) return FIRST | SECOND;
  if (optimizer === "sgd") return momentum > 0 ? FIRST : 0;
  return SECOND;
}

/**
 * Writes the constants of update number `updates` + 1 to `to`, [16], in the order of
 * assembly/words.ts: scale, learning rate, clip value, clip norm, first decay, first gain, second
 * decay, second gain, root scale, epsilon, what decay of the weights keeps, dropout and, where there is
 * some, the words of its seed and of `updates`. Adam's corrections take the powers of its betas by
 * repeated squaring, so that they are the same everywhere.
 */
export function writeConstants(
  rule: UpdateRule,
  { T, B }: Shape,
  updates: number,
  to: Float64Array,
): void {
  const { optimizer, clipValue, clipNorm } = rule;
  const corrects = isAdam(optimizer);
  const secondDecay = corrects ? rule.beta2 : rule.alpha;
  const keepsAll = optimizer === "adagrad";
  to[0] = 1 / (rule.reduction === "mean" ? T * B : B);
  to[1] = corrects ? rule.learningRate / (1 - power(rule.beta1, updates + 1)) : rule.learningRate;
  to[2] = clipValue === 0 ? Number.POSITIVE_INFINITY : clipValue;
  to[3] = clipNorm === 0 ? Number.POSITIVE_INFINITY : clipNorm;
  to[4] = corrects ? rule.beta1 : rule.momentum;
  to[5] = corrects ? 1 - rule.beta1 : 1;
  to[6] = keepsAll ? 1 : secondDecay;
  to[7] = keepsAll ? 1 : 1 - secondDecay;
  to[8] = corrects ? 1 / Math.sqrt(1 - power(rule.beta2, updates + 1)) : 1;
  to[9] = rule.epsilon;
  to[10] = optimizer === "adamw" ? 1 - rule.learningRate * rule.weightDecay : 1;
  to[11] = rule.dropout;
  if (rule.dropout === 0) return;
  [to[12], to[13]] = splitSeed(rule.seed);
  [to[14], to[15]] = splitSeed(updates);
}

/** How many constants `writeConstants` writes. */
export const CONSTANTS = 16;

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
