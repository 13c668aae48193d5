// The ways to draw the weights a model starts from, spelled as settings: "normal:0.01", "uniform",
// "orthogonal".

import type { Config } from "./config.ts";

/** Kind as the core numbers it, and its size. */
export interface Initial {
  readonly kind: number;
  readonly size: number;
  /** What an LSTM's forget biases begin with; 0 or none leaves them as they are drawn. */
  readonly forgetBias?: number;
}

export const NORMAL = 0;
export const UNIFORM = 1;
export const ORTHOGONAL = 2;

/**
 * "normal:S": N(0, S²) and zero biases. "uniform": all of ±1/√H, as PyTorch's nn.RNN and nn.Linear
 * do. "orthogonal": the same, but each gate's recurrent weights are a random orthogonal matrix.
 * @returns undefined for any other text.
 */
export function parseInitial(text: string, { H }: { readonly H: number }): Initial | undefined {
  const size = 1 / Math.sqrt(H);
  if (text === "uniform") return { kind: UNIFORM, size };
  if (text === "orthogonal") return { kind: ORTHOGONAL, size };
  const deviation = /^normal:(\d+\.?\d*(?:e[+-]?\d+)?)$/i.exec(text)?.[1];
  if (deviation === undefined || !Number.isFinite(Number(deviation))) return undefined;
  return { kind: NORMAL, size: Number(deviation) };
}

/** The initial weights that a configuration asks for. */
export function initialOf({ init, hiddenSize, forgetBias }: Config): Initial {
  return { ...(parseInitial(init, { H: hiddenSize }) as Initial), forgetBias };
}
