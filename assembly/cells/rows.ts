// What the cells are made of: activations and their slopes over `n` elements, a multiple of a panel's. The
// batch rows of a rank stand together in the rows of every slot, so a cell is one loop over them. Two
// neighbouring vectors at a time: V8 can join them to 256 bits.

import { Lanes } from "../elementary/lanes";
import { at, getVector, setVector } from "../memory";
import { LANES, PANEL } from "../real";

/** tanh of `n` elements, in place. In two passes: one alone waits for its divisions. */
export function tanhAll(x: usize, n: i32): void {
  const end = at(x, n);
  for (let p = x; p < end; p = at(p, PANEL)) {
    const low = Lanes.tanhBegin(getVector(p, 0));
    const high = Lanes.tanhBegin(getVector(p, LANES));
    setVector(p, 0, low);
    setVector(p, LANES, high);
  }
  for (let p = x; p < end; p = at(p, PANEL)) {
    const low = Lanes.tanhEnd(getVector(p, 0));
    const high = Lanes.tanhEnd(getVector(p, LANES));
    setVector(p, 0, low);
    setVector(p, LANES, high);
  }
}

/** Sigmoid of `n` elements, in place. */
export function sigmoidAll(x: usize, n: i32): void {
  const end = at(x, n);
  for (let p = x; p < end; p = at(p, PANEL)) {
    const low = Lanes.sigmoidBegin(getVector(p, 0));
    const high = Lanes.sigmoidBegin(getVector(p, LANES));
    setVector(p, 0, low);
    setVector(p, LANES, high);
  }
  for (let p = x; p < end; p = at(p, PANEL)) {
    const low = Lanes.sigmoidEnd(getVector(p, 0));
    const high = Lanes.sigmoidEnd(getVector(p, LANES));
    setVector(p, 0, low);
    setVector(p, LANES, high);
  }
}

/** 1 - x. */
export function rest(x: v128): v128 {
  return v128.sub<real>(v128.splat<real>(1), x);
}

/** d·(1 - y²): through a tanh whose value is y. */
export function throughTanh(d: v128, y: v128): v128 {
  return v128.mul<real>(d, rest(v128.mul<real>(y, y)));
}

/** d·(y·(1 - y)): through a sigmoid whose value is y. */
export function throughSigmoid(d: v128, y: v128): v128 {
  return v128.mul<real>(d, v128.mul<real>(y, rest(y)));
}
