// The three matrix products of the reference, on rows of flat arrays, each sum in index order.
// Matrices are row-major; `at` arguments are element offsets.

import type { Real, Reals } from "./real.ts";

/** out[i] += Σ_k matrix[i][k]·x[k], k upwards, four sums at a time so that they overlap. */
export function addProduct(
  out: Reals,
  outAt: number,
  matrix: Reals,
  matrixAt: number,
  rows: number,
  columns: number,
  x: Reals,
  xAt: number,
): void {
  let i = 0;
  let row = matrixAt;
  for (; i + 4 <= rows; i += 4, row += 4 * columns) {
    let a = out[outAt + i] as number;
    let b = out[outAt + i + 1] as number;
    let c = out[outAt + i + 2] as number;
    let d = out[outAt + i + 3] as number;
    for (let k = 0; k < columns; k++) {
      const value = x[xAt + k] as number;
      a = (a + (matrix[row + k] as number) * value) as Real;
      b = (b + (matrix[row + columns + k] as number) * value) as Real;
      c = (c + (matrix[row + 2 * columns + k] as number) * value) as Real;
      d = (d + (matrix[row + 3 * columns + k] as number) * value) as Real;
    }
    out[outAt + i] = a;
    out[outAt + i + 1] = b;
    out[outAt + i + 2] = c;
    out[outAt + i + 3] = d;
  }
  for (; i < rows; i++, row += columns) {
    let sum = out[outAt + i] as number;
    for (let k = 0; k < columns; k++) {
      sum = (sum + (matrix[row + k] as number) * (x[xAt + k] as number)) as Real;
    }
    out[outAt + i] = sum;
  }
}

/** out[k] += Σ_i matrix[i][k]·x[i], i upwards. */
export function addTransposedProduct(
  out: Reals,
  outAt: number,
  matrix: Reals,
  matrixAt: number,
  rows: number,
  columns: number,
  x: Reals,
  xAt: number,
): void {
  for (let i = 0; i < rows; i++) {
    const factor = x[xAt + i] as number;
    const row = matrixAt + i * columns;
    for (let k = 0; k < columns; k++) {
      out[outAt + k] = ((out[outAt + k] as number) + (matrix[row + k] as number) * factor) as Real;
    }
  }
}

/** matrix[i][k] += left[i]·right[k]. */
export function addOuterProduct(
  matrix: Reals,
  matrixAt: number,
  rows: number,
  columns: number,
  left: Reals,
  leftAt: number,
  right: Reals,
  rightAt: number,
): void {
  for (let i = 0; i < rows; i++) {
    const factor = left[leftAt + i] as number;
    const row = matrixAt + i * columns;
    for (let k = 0; k < columns; k++) {
      matrix[row + k] = ((matrix[row + k] as number) +
        factor * (right[rightAt + k] as number)) as Real;
    }
  }
}

/** out[outAt + i·stride] += row[rowAt + i] for `length` elements. */
export function addRow(
  out: Reals,
  outAt: number,
  stride: number,
  row: Reals,
  rowAt: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) {
    out[outAt + i * stride] = (out[outAt + i * stride] as number) + (row[rowAt + i] as number);
  }
}
