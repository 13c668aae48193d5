// Forward pass: hidden states and logits. Each sum: bias and embedding first, then k = 0, 1, 2 …

import { tanh } from "./elementary";
import {
  B,
  bh,
  by,
  get,
  getWord,
  H,
  hidden,
  inputs,
  probabilities,
  rowOf,
  set,
  state,
  T,
  V,
  Whh,
  Why,
  Wxh,
} from "./layout";

/** h_t = tanh(Wxh[:,x_t] + bh + Whh·h_{t-1}), h_{-1} = `state`. */
export function hiddenForward(): void {
  memory.copy(hidden, state, rowOf(0, B, H));
  for (let t = 0; t < T; t++) {
    for (let b = 0; b < B; b++) {
      const x = getWord(inputs, t * B + b);
      assert(x < <u32>V);
      const before = rowOf(hidden, t * B + b, H);
      const now = rowOf(hidden, (t + 1) * B + b, H);
      for (let i = 0; i < H; i++) {
        const weights = rowOf(Whh, i, H);
        let sum = get(rowOf(Wxh, i, V), x) + get(bh, i);
        for (let k = 0; k < H; k++) sum += get(weights, k) * get(before, k);
        set(now, i, tanh(sum));
      }
    }
  }
}

/** Carries the last hidden state into the next step. */
export function carryState(): void {
  memory.copy(state, rowOf(hidden, T * B, H), rowOf(0, B, H));
}

/** logits_t = by + Why·h_t, into `probabilities`. */
export function logitsForward(): void {
  for (let p = 0; p < T * B; p++) {
    const h = rowOf(hidden, p + B, H);
    const logits = rowOf(probabilities, p, V);
    for (let v = 0; v < V; v++) {
      const weights = rowOf(Why, v, H);
      let sum = get(by, v);
      for (let k = 0; k < H; k++) sum += get(weights, k) * get(h, k);
      set(logits, v, sum);
    }
  }
}
