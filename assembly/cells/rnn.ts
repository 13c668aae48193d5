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
  const end = at(dHiddenAt(layer, t), last * Hq);
  let h = at(hiddenAt(layer, t + 1), first * Hq);
  for (let d = at(dHiddenAt(layer, t), first * Hq); d < end; d = at(d, 4)) {
    const low = throughTanh(getPair(d, 0), getPair(h, 0));
    const high = throughTanh(getPair(d, 2), getPair(h, 2));
    setPair(d, 0, low);
    setPair(d, 2, high);
    h = at(h, 4);
  }
}
