// From the gradients to the new parameters: norm, clipping, update. Nothing is written until every
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
import { firstMoment, gradients, parameters, rule, secondMoment, statistics } from "./layout";
import { get, getPair, getSplat, rowOf, set, setPair } from "./memory";
import { tensorColumns, tensorCount, tensorRows } from "./tensors";
import {
  CLIP_LOWER,
  CLIP_NORM,
  CLIP_VALUE,
  EPSILON,
  FACTOR,
  FIRST_DECAY,
  FIRST_GAIN,
  GRADIENT_NORM,
  KEEP,
  LEARNING_RATE,
  ROOT_SCALE,
  SECOND_DECAY,
  SECOND_GAIN,
} from "./words";

const NORM_MARGIN: f64 = 1e-6; // PyTorch's clip_grad_norm_ adds it to the norm

/** Sum of squares of one row. */
function squares(row: usize, columns: i32): f64 {
  let sum: f64 = 0;
  for (let k = 0; k < columns; k++) sum += get(row, k) * get(row, k);
  return sum;
}

/** Adds to `total` the sum of squares of each row of a gradient, in row order, four at a time. */
function addSquares(total: f64, tensor: usize, rows: i32, columns: i32): f64 {
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    const r0 = rowOf(tensor, i, columns);
    const r1 = rowOf(tensor, i + 1, columns);
    const r2 = rowOf(tensor, i + 2, columns);
    const r3 = rowOf(tensor, i + 3, columns);
    let s0: f64 = 0;
    let s1: f64 = 0;
    let s2: f64 = 0;
    let s3: f64 = 0;
    for (let k = 0; k < columns; k++) {
      s0 += get(r0, k) * get(r0, k);
      s1 += get(r1, k) * get(r1, k);
      s2 += get(r2, k) * get(r2, k);
      s3 += get(r3, k) * get(r3, k);
    }
    total = total + s0 + s1 + s2 + s3;
  }
  for (; i < rows; i++) total += squares(rowOf(tensor, i, columns), columns);
  return total;
}

/**
 * Global L2 norm of the gradients, to `statistics`, and what clips them, to `rule`.
 * @returns false if the norm is not finite.
 */
export function gradientNorm(): bool {
  let total: f64 = 0;
  let tensor = gradients;
  for (let i = 0; i < tensorCount(); i++) {
    const rows = tensorRows(i);
    const columns = tensorColumns(i);
    total = addSquares(total, tensor, rows, columns);
    tensor = rowOf(tensor, rows, columns);
  }
  const norm = sqrt(total);
  set(statistics, GRADIENT_NORM, norm);
  set(rule, FACTOR, min(1, get(rule, CLIP_NORM) / (norm + NORM_MARGIN)));
  set(rule, CLIP_LOWER, -get(rule, CLIP_VALUE));
  return isFinite(norm);
}

/** Two gradients, clipped to the bounds. */
function clipped(gradient: v128, factor: v128, lower: v128, upper: v128): v128 {
  return f64x2.pmax(f64x2.pmin(f64x2.mul(gradient, factor), upper), lower);
}

/** decay·moment + gain·value, two of them. */
function moved(moment: v128, decay: i32, gain: i32, value: v128): v128 {
  return f64x2.add(
    f64x2.mul(getSplat(rule, decay), moment),
    f64x2.mul(getSplat(rule, gain), value),
  );
}

/** What two parameters become. With `keep`, their moments are updated. */
function updated(i: i32, keep: bool): v128 {
  const upper = getSplat(rule, CLIP_VALUE);
  const lower = getSplat(rule, CLIP_LOWER);
  const g = clipped(getPair(gradients, i), getSplat(rule, FACTOR), lower, upper);
  let direction = g;
  let kept = getPair(parameters, i);
  if (firstMoment != 0) {
    direction = moved(getPair(firstMoment, i), FIRST_DECAY, FIRST_GAIN, g);
    if (keep) setPair(firstMoment, i, direction);
  }
  if (secondMoment != 0) {
    const s = moved(getPair(secondMoment, i), SECOND_DECAY, SECOND_GAIN, f64x2.mul(g, g));
    if (keep) setPair(secondMoment, i, s);
    const root = f64x2.mul(f64x2.sqrt(s), getSplat(rule, ROOT_SCALE));
    direction = f64x2.div(direction, f64x2.add(root, getSplat(rule, EPSILON)));
    kept = f64x2.mul(kept, getSplat(rule, KEEP));
  }
  return f64x2.sub(kept, f64x2.mul(getSplat(rule, LEARNING_RATE), direction));
}

/** x - x is 0 for a finite x and NaN otherwise: adds that to `sum`. */
function addCheck(sum: v128, x: v128): v128 {
  return f64x2.add(sum, f64x2.sub(x, x));
}

/** Updates all parameters. @returns false, changing nothing, if one would not be finite. */
export function update(): bool {
  if (firstMoment == 0 && secondMoment == 0) return descend();
  let check = f64x2.splat(0);
  for (let i = 0; i < N; i += 2) check = addCheck(check, updated(i, false));
  if (v128.any_true(f64x2.ne(check, f64x2.splat(0)))) return false;
  for (let i = 0; i < N; i += 2) setPair(parameters, i, updated(i, true));
  return true;
}

/** `update` without moments; its constants stay in registers, which saves a fifth of a `hello` step. */
function descend(): bool {
  const factor = getSplat(rule, FACTOR);
  const lower = getSplat(rule, CLIP_LOWER);
  const upper = getSplat(rule, CLIP_VALUE);
  const rate = getSplat(rule, LEARNING_RATE);
  let check = f64x2.splat(0);
  for (let i = 0; i < N; i += 2) check = addCheck(check, descended(i, factor, lower, upper, rate));
  if (v128.any_true(f64x2.ne(check, f64x2.splat(0)))) return false;
  for (let i = 0; i < N; i += 2) setPair(parameters, i, descended(i, factor, lower, upper, rate));
  return true;
}

/** What two parameters become without moments. */
function descended(i: i32, factor: v128, lower: v128, upper: v128, rate: v128): v128 {
  const g = clipped(getPair(gradients, i), factor, lower, upper);
  return f64x2.sub(getPair(parameters, i), f64x2.mul(rate, g));
}
