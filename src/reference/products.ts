// The three matrix products of the reference, on rows of flat arrays, each sum in index order.
// Matrices are row-major; `at` arguments are element offsets.

/** out[i] += Σ_k matrix[i][k]·x[k], k upwards, four sums at a time so that they overlap. */
export function addProduct(
  out: Float64Array,
  outAt: number,
  matrix: Float64Array,
  matrixAt: number,
  rows: number,
  columns: number,
  x: Float64Array,
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
      a += (matrix[row + k] as number) * value;
      b += (matrix[row + columns + k] as number) * value;
      c += (matrix[row + 2 * columns + k] as number) * value;
      d += (matrix[row + 3 * columns + k] as number) * value;
    }
    out[outAt + i] = a;
    out[outAt + i + 1] = b;
    out[outAt + i + 2] = c;
    out[outAt + i + 3] = d;
  }
  for (; i < rows; i++, row += columns) {
    let sum = out[outAt + i] as number;
    for (let k = 0; k < columns; k++) sum += (matrix[row + k] as number) * (x[xAt + k] as number);
    out[outAt + i] = sum;
  }
}

/** out[k] += Σ_i matrix[i][k]·x[i], i upwards. */
export function addTransposedProduct(
  out: Float64Array,
  outAt: number,
  matrix: Float64Array,
  matrixAt: number,
  rows: number,
  columns: number,
  x: Float64Array,
  xAt: number,
): void {
  for (let i = 0; i < rows; i++) {
    const factor = x[xAt + i] as number;
    const row = matrixAt + i * columns;
    for (let k = 0; k < columns; k++) {
      out[outAt + k] = (out[outAt + k] as number) + (matrix[row + k] as number) * factor;
    }
  }
}

/** matrix[i][k] += left[i]·right[k]. */
export function addOuterProduct(
  matrix: Float64Array,
  matrixAt: number,
  rows: number,
  columns: number,
  left: Float64Array,
  leftAt: number,
  right: Float64Array,
  rightAt: number,
): void {
  for (let i = 0; i < rows; i++) {
    const factor = left[leftAt + i] as number;
    const row = matrixAt + i * columns;
    for (let k = 0; k < columns; k++) {
      matrix[row + k] = (matrix[row + k] as number) + factor * (right[rightAt + k] as number);
    }
  }
}

/** out[outAt + i·stride] += row[rowAt + i] for `length` elements. */
export function addRow(
  out: Float64Array,
  outAt: number,
  stride: number,
  row: Float64Array,
  rowAt: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) {
    out[outAt + i * stride] = (out[outAt + i * stride] as number) + (row[rowAt + i] as number);
  }
}
