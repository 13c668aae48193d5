// Backpropagation through time, batch rows `first` … `last` - 1: from the logits to the gradient
// before each tanh. Sums run over v, then over k, upwards, and start at +0.

import { B, dHidden, dLogits, H, Hq, hidden, outputBack, recurrentBack, T, V, Vq } from "./layout";
import { getPair, rowOf, setPair } from "./memory";
import { multiplyRows } from "./panel";
import { getOn } from "./team";

/** dHidden_t = Whyᵀ·dLogits_t, for every t. */
export function logitsBackward(first: i32, last: i32): void {
  for (let t = 0; t < T; t++) {
    getOn();
    const now = rowOf(dHidden, t * B, Hq);
    memory.fill(rowOf(now, first, Hq), 0, rowOf(0, last - first, Hq));
    multiplyRows(outputBack, Hq, V, rowOf(dLogits, t * B, Vq), Vq, now, first, last);
  }
}

/** dHidden_t = (dHidden_t + Whhᵀ·dHidden_{t+1})·(1 - h_t²), from the last t to the first. */
export function hiddenBackward(first: i32, last: i32): void {
  const one = f64x2.splat(1);
  for (let t = T - 1; t >= 0; t--) {
    getOn();
    const now = rowOf(dHidden, t * B, Hq);
    if (t < T - 1) {
      multiplyRows(recurrentBack, Hq, H, rowOf(dHidden, (t + 1) * B, Hq), Hq, now, first, last);
    }
    const activations = rowOf(hidden, (t + 1) * B, Hq);
    for (let i = first * Hq; i < last * Hq; i += 2) {
      const h = getPair(activations, i);
      setPair(now, i, f64x2.mul(getPair(now, i), f64x2.sub(one, f64x2.mul(h, h))));
    }
  }
}
