// From the gradients to the new parameters: norm, clipping by value, SGD. Nothing is written until
// every new value is known to be finite.

import {
  dbh,
  dby,
  dWhh,
  dWhy,
  dWxh,
  GRADIENT_NORM,
  gradients,
  H,
  N,
  parameters,
  statistics,
  V,
} from "./layout";
import { get, getPair, rowOf, set, setPair } from "./memory";

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

/** Global L2 norm of the gradients, to `statistics`. @returns false if it is not finite. */
export function gradientNorm(): bool {
  let total: f64 = 0;
  total = addSquares(total, dWxh, H, V);
  total = addSquares(total, dWhh, H, H);
  total = addSquares(total, dWhy, V, H);
  total += squares(dbh, H);
  total += squares(dby, V);
  const norm = sqrt(total);
  set(statistics, GRADIENT_NORM, norm);
  return isFinite(norm);
}

/** Parameters w - learningRate·clip(dw). A bound of Infinity clips nothing. */
function updated(w: v128, gradient: v128, learningRate: v128, bound: v128): v128 {
  const clipped = f64x2.pmax(f64x2.pmin(gradient, bound), f64x2.neg(bound));
  return f64x2.sub(w, f64x2.mul(learningRate, clipped));
}

/** One step of SGD on all parameters. @returns false, changing none, if one would not be finite. */
export function sgdUpdate(learningRate: f64, clipValue: f64): bool {
  const rate = f64x2.splat(learningRate);
  const bound = f64x2.splat(clipValue);
  const even = N & ~1;
  // x - x is 0 for a finite x and NaN otherwise.
  let notFinite = f64x2.splat(0);
  for (let i = 0; i < even; i += 2) {
    const w = updated(getPair(parameters, i), getPair(gradients, i), rate, bound);
    notFinite = f64x2.add(notFinite, f64x2.sub(w, w));
  }
  let last = f64x2.splat(0);
  if (even < N) {
    last = updated(
      f64x2.splat(get(parameters, even)),
      f64x2.splat(get(gradients, even)),
      rate,
      bound,
    );
    notFinite = f64x2.add(notFinite, f64x2.sub(last, last));
  }
  if (v128.any_true(f64x2.ne(notFinite, f64x2.splat(0)))) return false;
  for (let i = 0; i < even; i += 2) {
    setPair(parameters, i, updated(getPair(parameters, i), getPair(gradients, i), rate, bound));
  }
  if (even < N) set(parameters, even, f64x2.extract_lane(last, 0));
  return true;
}
