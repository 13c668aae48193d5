// From the gradients to the new parameters, in the order of assembly/optimizer.ts.

import type { Engine } from "../engine/engine.ts";
import { parametersOf, type Shape } from "../engine/shape.ts";

type Numbers = [...Ten, keep: number];
type Ten = [number, number, number, number, number, number, number, number, number, number];

const NORM_MARGIN = 1e-6; // PyTorch's clip_grad_norm_ adds it to the norm

/** Global L2 norm: a sum of squares for each row of each tensor, added in row order. */
export function gradientNorm(gradients: Float64Array, size: Shape): number {
  let total = 0;
  for (const { shape, offset, length } of parametersOf(size)) {
    const columns = shape.at(-1) as number;
    for (let row = offset; row < offset + length; row += columns) {
      let partial = 0;
      for (let i = row; i < row + columns; i++) {
        partial += (gradients[i] as number) * (gradients[i] as number);
      }
      total += partial;
    }
  }
  return Math.sqrt(total);
}

/**
 * Updates parameters and moments with the constants of `writeConstants`.
 * @returns false, changing nothing, if one would not be finite.
 */
export function update(engine: Engine, constants: Float64Array, norm: number): boolean {
  const [, learningRate, clipValue, clipNorm] = constants as unknown as Numbers;
  const [, , , , firstDecay, firstGain, secondDecay, secondGain, rootScale, epsilon, keepShare] =
    constants as unknown as Numbers;
  const { parameters, gradients, firstMoment, secondMoment } = engine;
  const factor = Math.min(1, clipNorm / (norm + NORM_MARGIN));
  for (let pass = 0; pass < 2; pass++) {
    const keep = pass === 1;
    for (let i = 0; i < parameters.length; i++) {
      const g = Math.max(Math.min((gradients[i] as number) * factor, clipValue), -clipValue);
      let direction = g;
      let kept = parameters[i] as number;
      if (firstMoment.length > 0) {
        direction = firstDecay * (firstMoment[i] as number) + firstGain * g;
        if (keep) firstMoment[i] = direction;
      }
      if (secondMoment.length > 0) {
        const s = secondDecay * (secondMoment[i] as number) + secondGain * (g * g);
        if (keep) secondMoment[i] = s;
        direction /= Math.sqrt(s) * rootScale + epsilon;
        kept *= keepShare;
      }
      const value = kept - learningRate * direction;
      if (keep) parameters[i] = value;
      else if (!Number.isFinite(value)) return false;
    }
  }
  return true;
}
