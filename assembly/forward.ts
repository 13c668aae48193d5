// Forward pass of batch rows `first` … `last` - 1: hidden states and logits. Each sum: bias and
// embedding first, then k = 0, 1, 2 …

import { tanhBegin, tanhEnd } from "./elementary";
import {
  B,
  by,
  embedding,
  H,
  Hq,
  hidden,
  inputs,
  output,
  probabilities,
  recurrent,
  T,
  V,
  Vq,
} from "./layout";
import { at, get, getPair, getWord, rowOf, setPair } from "./memory";
import { multiplyRows, transpose } from "./panel";
import { getOn } from "./team";

/** The address of the embedding of the token that row b reads at time t. */
function embeddingOf(t: i32, b: i32): usize {
  const x = getWord(inputs, t * B + b);
  assert(x < <u32>V);
  return rowOf(embedding, x, Hq);
}

/** Rows of `hidden` at time t set to Wxh[:,x_t] + bh. */
function embed(t: i32, now: usize, first: i32, last: i32): void {
  const blocked = first + ((last - first) & ~3);
  for (let b = first; b < blocked; b += 4) {
    const e0 = embeddingOf(t, b);
    const e1 = embeddingOf(t, b + 1);
    const e2 = embeddingOf(t, b + 2);
    const e3 = embeddingOf(t, b + 3);
    const block = rowOf(now, b, Hq);
    for (let i = 0; i < Hq; i += 4)
      transpose(at(e0, i), at(e1, i), at(e2, i), at(e3, i), at(block, 4 * i));
  }
  for (let b = blocked; b < last; b++)
    memory.copy(rowOf(now, b, Hq), embeddingOf(t, b), rowOf(0, 1, Hq));
}

/** h_t = tanh(Wxh[:,x_t] + bh + Whh·h_{t-1}), h_{-1} loaded before. */
export function hiddenForward(first: i32, last: i32): void {
  for (let t = 0; t < T; t++) {
    getOn();
    const before = rowOf(hidden, t * B, Hq);
    const now = rowOf(hidden, (t + 1) * B, Hq);
    embed(t, now, first, last);
    multiplyRows(recurrent, Hq, H, before, Hq, now, first, last);
    for (let i = first * Hq; i < last * Hq; i += 2) setPair(now, i, tanhBegin(getPair(now, i)));
    for (let i = first * Hq; i < last * Hq; i += 2) setPair(now, i, tanhEnd(getPair(now, i)));
  }
}

/** logits_t = by + Why·h_t, into `probabilities`. */
export function logitsForward(first: i32, last: i32): void {
  const blocked = first + ((last - first) & ~3);
  for (let t = 0; t < T; t++) {
    getOn();
    const logits = rowOf(probabilities, t * B, Vq);
    for (let b = first; b < blocked; b += 4) {
      const block = rowOf(logits, b, Vq);
      for (let v = 0; v < V; v++) {
        const bias = f64x2.splat(get(by, v));
        setPair(block, 4 * v, bias);
        setPair(block, 4 * v + 2, bias);
      }
    }
    for (let b = blocked; b < last; b++) memory.copy(rowOf(logits, b, Vq), by, rowOf(0, 1, V));
    multiplyRows(output, Vq, H, rowOf(hidden, (t + 1) * B, Hq), Hq, logits, first, last);
  }
}
