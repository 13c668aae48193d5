// The plain cell: h = tanh(a), with a the slot that the sums have filled. Its slot is where h stands,
// and the gradient at h becomes that at a in place.

import { dHiddenAt, hiddenAt } from "../activations";
import { Hq } from "../dimensions";
import { at, getPair, setPair } from "../memory";
import { tanhAll, throughTanh } from "./rows";

export function activate(layer: i32, t: i32, first: i32, last: i32): void {
  tanhAll(at(hiddenAt(layer, t + 1), first * Hq), (last - first) * Hq);
}

/** da = dh·(1 - h²). */
export function back(layer: i32, t: i32, first: i32, last: i32): void {
  const h = hiddenAt(layer, t + 1);
  const d = dHiddenAt(layer, t);
  for (let i = first * Hq; i < last * Hq; i += 2)
    setPair(d, i, throughTanh(getPair(d, i), getPair(h, i)));
}
