// Backpropagation through time. Sums over units run k = 0, 1, 2 …; sums over positions run over t,
// then b, upwards; every sum starts at +0.

import {
  add,
  B,
  dbh,
  dby,
  dHidden,
  dLogits,
  dWhh,
  dWhy,
  dWxh,
  get,
  getWord,
  gradients,
  H,
  hidden,
  inputs,
  N,
  rowOf,
  set,
  T,
  V,
  Whh,
  Why,
} from "./layout";

/** dHidden_t = (Whyᵀ·dLogits_t + Whhᵀ·dHidden_{t+1})·(1 - h_t²), from the last t to the first. */
export function hiddenBackward(): void {
  for (let t = T - 1; t >= 0; t--) {
    for (let b = 0; b < B; b++) {
      const p = t * B + b;
      const logits = rowOf(dLogits, p, V);
      const later = rowOf(dHidden, p + B, H);
      const now = rowOf(dHidden, p, H);
      const h = rowOf(hidden, p + B, H);
      for (let k = 0; k < H; k++) {
        let sum: f64 = 0;
        for (let v = 0; v < V; v++) sum += get(rowOf(Why, v, H), k) * get(logits, v);
        if (t < T - 1) {
          for (let i = 0; i < H; i++) sum += get(rowOf(Whh, i, H), k) * get(later, i);
        }
        const activation = get(h, k);
        set(now, k, sum * (1 - activation * activation));
      }
    }
  }
}

/** Adds the outer product left·rightᵀ of two rows to a matrix, and left to a vector. */
function addOuter(
  matrix: usize,
  vector: usize,
  left: usize,
  rows: i32,
  right: usize,
  columns: i32,
): void {
  for (let i = 0; i < rows; i++) {
    const factor = get(left, i);
    const row = rowOf(matrix, i, columns);
    for (let k = 0; k < columns; k++) add(row, k, factor * get(right, k));
    add(vector, i, factor);
  }
}

/** Gradients of all five tensors from dLogits, dHidden, hidden and inputs. */
export function parameterGradients(): void {
  memory.fill(gradients, 0, (<usize>N) << 3);
  for (let p = 0; p < T * B; p++) {
    const delta = rowOf(dHidden, p, H);
    addOuter(dWhy, dby, rowOf(dLogits, p, V), V, rowOf(hidden, p + B, H), H);
    addOuter(dWhh, dbh, delta, H, rowOf(hidden, p, H), H);
    const x = getWord(inputs, p);
    for (let i = 0; i < H; i++) add(rowOf(dWxh, i, V), x, get(delta, i));
  }
}
