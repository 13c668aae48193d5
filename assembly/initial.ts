// The weights a model starts from, drawn from stream 0 of the seed in arena order; in f32 those of f64,
// rounded.

import { cell, gates, H, LSTM, layers, N, slots, V } from "./dimensions";
import { parameters } from "./layout";
import { at, get, rowOf, set } from "./memory";
import { normal, seed, uniform } from "./random";
import { biasTensor, recurrentTensor, tensorAt } from "./tensors";

// Kinds, as src/settings/initial.ts numbers them.
const NORMAL: i32 = 0; // N(0, size²); zero biases
// 1: uniform in [-size, size), biases too
const ORTHOGONAL: i32 = 2; // uniform, then each gate's recurrent weights a random orthogonal matrix

const FORGET: i32 = 1; // slot of an LSTM's forget gate

/** Draws all parameters; `forgetBias` takes the place of an LSTM's forget biases unless it is 0. */
export function initialize(
  seedLow: u32,
  seedHigh: u32,
  kind: i32,
  size: f64,
  forgetBias: f64,
): void {
  seed(seedLow, seedHigh, 0);
  const weights = N - layers * slots * H - V;
  for (let i = 0; i < N; i++) {
    if (kind == NORMAL) set(parameters, i, i < weights ? <real>(size * normal()) : 0);
    else set(parameters, i, <real>(size * (2 * uniform() - 1)));
  }
  for (let layer = 0; layer < layers; layer++) {
    const recurrent = tensorAt(parameters, recurrentTensor(layer));
    for (let gate = 0; gate < gates && kind == ORTHOGONAL; gate++)
      orthogonalize(rowOf(recurrent, gate * H, H), H);
    if (cell != LSTM || forgetBias == 0) continue;
    const biases = at(tensorAt(parameters, biasTensor(layer)), FORGET * H);
    for (let i = 0; i < H; i++) set(biases, i, <real>forgetBias);
  }
}

/** Dot product of two rows. */
function dot(a: usize, b: usize, columns: i32): f64 {
  let sum: f64 = 0;
  for (let k = 0; k < columns; k++) sum += <f64>get(a, k) * <f64>get(b, k);
  return sum;
}

/**
 * Fills a square matrix with normal draws and makes its rows orthonormal, one after the other, by
 * Gram and Schmidt's process; twice for each, which is enough (Giraud, Langou & Rozložník, 2005).
 */
function orthogonalize(matrix: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const row = rowOf(matrix, i, n);
    for (let k = 0; k < n; k++) set(row, k, <real>normal());
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = rowOf(matrix, j, n);
        const share = dot(row, other, n);
        for (let k = 0; k < n; k++)
          set(row, k, <real>(<f64>get(row, k) - share * <f64>get(other, k)));
      }
      const length = sqrt(dot(row, row, n));
      for (let k = 0; k < n; k++) set(row, k, <real>(<f64>get(row, k) / length));
    }
  }
}
