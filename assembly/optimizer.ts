// From the gradients and their norm to the new parameters: clipping, update. Nothing is written until every
// new value is known to be finite. One formula serves all optimizers, with the constants of `rule`:
//
//   g = clamp(gradient·factor, ±CLIP_VALUE)       factor from the global norm and CLIP_NORM
//   m = FIRST_DECAY·m + FIRST_GAIN·g              where there is a first moment, else m = g
//   s = SECOND_DECAY·s + SECOND_GAIN·g²           where there is a second moment
//   w = w - LEARNING_RATE·m                       or, with a second moment,
//   w = KEEP·w - LEARNING_RATE·(m / (√s·ROOT_SCALE + EPSILON))
//
// src/engine/optimizer.ts has the constants of each optimizer.

import { N } from "./dimensions";
import { constants, firstMoment, gradients, parameters, secondMoment } from "./layout";
import { getSplat, getVector, setVector } from "./memory";
import { LANES } from "./real";
import {
  CLIP_LOWER,
  CLIP_VALUE,
  EPSILON,
  FACTOR,
  FIRST_DECAY,
  FIRST_GAIN,
  KEEP,
  LEARNING_RATE,
  ROOT_SCALE,
  SECOND_DECAY,
  SECOND_GAIN,
} from "./words";

/** A vector of gradients, clipped to the bounds. */
function clipped(gradient: v128, factor: v128, lower: v128, upper: v128): v128 {
  return v128.pmax<real>(v128.pmin<real>(v128.mul<real>(gradient, factor), upper), lower);
}

/** decay·moment + gain·value, a vector of them. */
function moved(moment: v128, decay: i32, gain: i32, value: v128): v128 {
  return v128.add<real>(
    v128.mul<real>(getSplat(constants, decay), moment),
    v128.mul<real>(getSplat(constants, gain), value),
  );
}

/**
 * What a vector of parameters becomes. With `keep`, their moments are updated; without, it is NaN where a
 * second moment would not be finite, which alone leaves the parameters finite: f32's squares do so early.
 */
function updated(i: i32, keep: bool): v128 {
  const upper = getSplat(constants, CLIP_VALUE);
  const lower = getSplat(constants, CLIP_LOWER);
  const g = clipped(getVector(gradients, i), getSplat(constants, FACTOR), lower, upper);
  let direction = g;
  let kept = getVector(parameters, i);
  if (firstMoment != 0) {
    direction = moved(getVector(firstMoment, i), FIRST_DECAY, FIRST_GAIN, g);
    if (keep) setVector(firstMoment, i, direction);
  }
  if (secondMoment != 0) {
    const s = moved(getVector(secondMoment, i), SECOND_DECAY, SECOND_GAIN, v128.mul<real>(g, g));
    if (keep) setVector(secondMoment, i, s);
    else kept = addCheck(kept, s);
    const root = v128.mul<real>(v128.sqrt<real>(s), getSplat(constants, ROOT_SCALE));
    direction = v128.div<real>(direction, v128.add<real>(root, getSplat(constants, EPSILON)));
    kept = v128.mul<real>(kept, getSplat(constants, KEEP));
  }
  return v128.sub<real>(kept, v128.mul<real>(getSplat(constants, LEARNING_RATE), direction));
}

/** x - x is 0 for a finite x and NaN otherwise: adds that to `sum`. */
function addCheck(sum: v128, x: v128): v128 {
  return v128.add<real>(sum, v128.sub<real>(x, x));
}

/** Updates all parameters. @returns false, changing nothing, if one would not be finite. */
export function update(): bool {
  if (firstMoment == 0 && secondMoment == 0) return descend();
  let check = v128.splat<real>(0);
  for (let i = 0; i < N; i += LANES) check = addCheck(check, updated(i, false));
  if (v128.any_true(v128.ne<real>(check, v128.splat<real>(0)))) return false;
  for (let i = 0; i < N; i += LANES) setVector(parameters, i, updated(i, true));
  return true;
}

/** `update` without moments; its constants stay in registers, which saves a fifth of a `hello` step. */
function descend(): bool {
  const factor = getSplat(constants, FACTOR);
  const lower = getSplat(constants, CLIP_LOWER);
  const upper = getSplat(constants, CLIP_VALUE);
  const rate = getSplat(constants, LEARNING_RATE);
  let check = v128.splat<real>(0);
  for (let i = 0; i < N; i += LANES)
    check = addCheck(check, descended(i, factor, lower, upper, rate));
  if (v128.any_true(v128.ne<real>(check, v128.splat<real>(0)))) return false;
  for (let i = 0; i < N; i += LANES)
    setVector(parameters, i, descended(i, factor, lower, upper, rate));
  return true;
}

/** What a vector of parameters becomes without moments. */
function descended(i: i32, factor: v128, lower: v128, upper: v128, rate: v128): v128 {
  const g = clipped(getVector(gradients, i), factor, lower, upper);
  return v128.sub<real>(getVector(parameters, i), v128.mul<real>(rate, g));
}
