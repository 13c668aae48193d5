// From the gradients to the new parameters: norm, clipping by value, SGD. Nothing is written until
// every new value is known to be finite.

import {
  dbh,
  dby,
  dWhh,
  dWhy,
  dWxh,
  GRADIENT_NORM,
  get,
  gradients,
  H,
  N,
  parameters,
  rowOf,
  set,
  statistics,
  V,
} from "./layout";

/** Adds to `total` the sum of squares of each row of a gradient, in row order. */
function addSquares(total: f64, tensor: usize, rows: i32, columns: i32): f64 {
  for (let i = 0; i < rows; i++) {
    const row = rowOf(tensor, i, columns);
    let partial: f64 = 0;
    for (let k = 0; k < columns; k++) partial += get(row, k) * get(row, k);
    total += partial;
  }
  return total;
}

/** Global L2 norm of the gradients, to `statistics`. @returns false if it is not finite. */
export function gradientNorm(): bool {
  let total: f64 = 0;
  total = addSquares(total, dWxh, H, V);
  total = addSquares(total, dWhh, H, H);
  total = addSquares(total, dWhy, V, H);
  total = addSquares(total, dbh, 1, H);
  total = addSquares(total, dby, 1, V);
  const norm = sqrt(total);
  set(statistics, GRADIENT_NORM, norm);
  return isFinite(norm);
}

/** Parameter `i` after w - learningRate·clip(dw). A bound of Infinity clips nothing. */
function updated(i: i32, learningRate: f64, clipValue: f64): f64 {
  const gradient = max(min(get(gradients, i), clipValue), -clipValue);
  return get(parameters, i) - learningRate * gradient;
}

/** One step of SGD on all parameters. @returns false, changing none, if one would not be finite. */
export function sgdUpdate(learningRate: f64, clipValue: f64): bool {
  for (let i = 0; i < N; i++) {
    if (!isFinite(updated(i, learningRate, clipValue))) return false;
  }
  for (let i = 0; i < N; i++) set(parameters, i, updated(i, learningRate, clipValue));
  return true;
}
