// The plain cell: h = tanh(a), with a the slot that the sums have filled. Its slot is where h stands,
// and the gradient at h becomes that at a in place.

import { dHiddenAt, hiddenAt } from "../activations";
import { Hq } from "../dimensions";
import { at, getVector, setVector } from "../memory";
import { LANES, PANEL } from "../real";
import { tanhAll, throughTanh } from "./rows";

export function activate(layer: i32, t: i32, first: i32, last: i32): void {
  tanhAll(at(hiddenAt(layer, t + 1), first * Hq), (last - first) * Hq);
}

/** da = dh·(1 - h²). */
export function back(layer: i32, t: i32, first: i32, last: i32): void {
  const end = at(dHiddenAt(layer, t), last * Hq);
  let h = at(hiddenAt(layer, t + 1), first * Hq);
  for (let d = at(dHiddenAt(layer, t), first * Hq); d < end; d = at(d, PANEL)) {
    const low = throughTanh(getVector(d, 0), getVector(h, 0));
    const high = throughTanh(getVector(d, LANES), getVector(h, LANES));
    setVector(d, 0, low);
    setVector(d, LANES, high);
    h = at(h, PANEL);
  }
}
