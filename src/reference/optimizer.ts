// From the gradients to the new parameters, in the order of assembly/optimizer.ts.

import type { Engine } from "../engine/engine.ts";
import { parametersOf, type Shape } from "../engine/shape.ts";
import { type Real, type Reals, real } from "./real.ts";

type Numbers = [...Ten, keep: number];
type Ten = [number, number, number, number, number, number, number, number, number, number];

const CLIP_NORM = 3; // of the constants
const NORM_MARGIN = 1e-6; // PyTorch's clip_grad_norm_ adds it to the norm

/** Global L2 norm: a sum of squares for each row of each tensor, added in row order. */
export function gradientNorm(gradients: Reals, size: Shape): number {
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
 * Updates parameters and moments with the constants of `writeConstants`, and with the same rounded.
 * @returns false, changing nothing, if one would not be finite.
 */
export function update(
  engine: Engine,
  constants: Float64Array,
  rounded: Reals,
  norm: number,
): boolean {
  const factor = real(Math.min(1, (constants[CLIP_NORM] as number) / (norm + NORM_MARGIN)));
  const [, learningRate, clipValue] = rounded as unknown as Numbers;
  const [, , , , firstDecay, firstGain, secondDecay, secondGain, rootScale, epsilon, keepShare] =
    rounded as unknown as Numbers;
  const { parameters, gradients, firstMoment, secondMoment } = engine;
  for (let pass = 0; pass < 2; pass++) {
    const keep = pass === 1;
    for (let i = 0; i < parameters.length; i++) {
      const gradient = ((gradients[i] as number) * factor) as Real;
      const g = Math.max(Math.min(gradient, clipValue), -clipValue);
      let direction = g;
      let kept = parameters[i] as number;
      if (firstMoment.length > 0) {
        direction = (firstDecay * (firstMoment[i] as number) + firstGain * g) as Real;
        if (keep) firstMoment[i] = direction;
      }
      if (secondMoment.length > 0) {
        const s = (secondDecay * (secondMoment[i] as number) + secondGain * (g * g)) as Real;
        if (keep) secondMoment[i] = s;
        else if (!Number.isFinite(s)) return false;
        direction = (direction / (Math.sqrt(s) * rootScale + epsilon)) as Real;
        kept = (kept * keepShare) as Real;
      }
      const value = (kept - learningRate * direction) as Real;
      if (keep) parameters[i] = value;
      else if (!Number.isFinite(value)) return false;
    }
  }
  return true;
}
