// Global L2 norm of the gradients: a sum of squares for each row of each tensor, in f64, added in row
// order. Each rank has those of the rows whose gradients are its own; rank 0 adds them up.

import { gates, H, V } from "./dimensions";
import { constants, gradients, rowSquares, rule, statistics } from "./layout";
import { get, getDouble, rowOf, set, setDouble } from "./memory";
import {
  inputTensor,
  outputTensor,
  recurrentTensor,
  rowsBefore,
  tensorAt,
  tensorColumns,
  tensorCount,
} from "./tensors";
import { CLIP_LOWER, CLIP_NORM, CLIP_VALUE, FACTOR, GRADIENT_NORM } from "./words";

const NORM_MARGIN: f64 = 1e-6; // PyTorch's clip_grad_norm_ adds it to the norm

/** The square of an element, in f64. */
function square(row: usize, k: i32): f64 {
  const value: f64 = get(row, k);
  return value * value;
}

/** Squares of the rows `first` … `last` - 1 of a matrix of the gradients, four rows at a time. */
function squareRows(index: i32, first: i32, last: i32): void {
  const columns = tensorColumns(index);
  const tensor = tensorAt(gradients, index);
  const before = rowsBefore(index);
  let i = first;
  for (; i + 4 <= last; i += 4) {
    const r0 = rowOf(tensor, i, columns);
    const r1 = rowOf(tensor, i + 1, columns);
    const r2 = rowOf(tensor, i + 2, columns);
    const r3 = rowOf(tensor, i + 3, columns);
    let s0: f64 = 0;
    let s1: f64 = 0;
    let s2: f64 = 0;
    let s3: f64 = 0;
    for (let k = 0; k < columns; k++) {
      s0 += square(r0, k);
      s1 += square(r1, k);
      s2 += square(r2, k);
      s3 += square(r3, k);
    }
    setDouble(rowSquares, before + i, s0);
    setDouble(rowSquares, before + i + 1, s1);
    setDouble(rowSquares, before + i + 2, s2);
    setDouble(rowSquares, before + i + 3, s3);
  }
  for (; i < last; i++)
    setDouble(rowSquares, before + i, squares(rowOf(tensor, i, columns), columns));
}

/** Sum of squares of one row. */
function squares(row: usize, columns: i32): f64 {
  let sum: f64 = 0;
  for (let k = 0; k < columns; k++) sum += square(row, k);
  return sum;
}

/** Squares of the gradients of a layer's weights, of units `first` … `last` - 1 of every gate. */
export function squareLayer(layer: i32, first: i32, last: i32): void {
  const end = min(last, H);
  for (let gate = 0; gate < gates; gate++) {
    squareRows(inputTensor(layer), gate * H + first, gate * H + end);
    squareRows(recurrentTensor(layer), gate * H + first, gate * H + end);
  }
}

/** Squares of the gradients of the output weights of tokens `first` … `last` - 1. */
export function squareOutput(first: i32, last: i32): void {
  squareRows(outputTensor(), first, min(last, V));
}

/**
 * The norm from the squares, to `statistics`, and what clips the gradients, to `rule`.
 * @returns false if the norm is not finite.
 */
export function gradientNorm(): bool {
  let total: f64 = 0;
  const rows = rowsBefore(outputTensor() + 1);
  for (let i = 0; i < rows; i++) total += getDouble(rowSquares, i);
  for (let i = outputTensor() + 1; i < tensorCount(); i++)
    total += squares(tensorAt(gradients, i), tensorColumns(i)); // a bias is one row
  const norm = sqrt(total);
  setDouble(statistics, GRADIENT_NORM, norm);
  setDouble(rule, FACTOR, min(1, getDouble(rule, CLIP_NORM) / (norm + NORM_MARGIN)));
  setDouble(rule, CLIP_LOWER, -getDouble(rule, CLIP_VALUE));
  if (sizeof<real>() == 4) {
    for (let i = 0; i <= CLIP_LOWER; i++) set(constants, i, <real>getDouble(rule, i));
  }
  return isFinite(norm);
}
