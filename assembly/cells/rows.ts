// What the cells are made of: activations and their slopes over `n` elements, a multiple of four. The
// batch rows of a rank stand together in the rows of every slot, so a cell is one loop over them. Four
// elements at a time, as two neighbouring pairs: V8 can join them to 256 bits.

import { Pair } from "../elementary";
import { at, getPair, setPair } from "../memory";

/** tanh of `n` elements, in place. In two passes: one alone waits for its divisions. */
export function tanhAll(x: usize, n: i32): void {
  const end = at(x, n);
  for (let p = x; p < end; p = at(p, 4)) {
    const low = Pair.tanhBegin(getPair(p, 0));
    const high = Pair.tanhBegin(getPair(p, 2));
    setPair(p, 0, low);
    setPair(p, 2, high);
  }
  for (let p = x; p < end; p = at(p, 4)) {
    const low = Pair.tanhEnd(getPair(p, 0));
    const high = Pair.tanhEnd(getPair(p, 2));
    setPair(p, 0, low);
    setPair(p, 2, high);
  }
}

/** Sigmoid of `n` elements, in place. */
export function sigmoidAll(x: usize, n: i32): void {
  const end = at(x, n);
  for (let p = x; p < end; p = at(p, 4)) {
    const low = Pair.sigmoidBegin(getPair(p, 0));
    const high = Pair.sigmoidBegin(getPair(p, 2));
    setPair(p, 0, low);
    setPair(p, 2, high);
  }
  for (let p = x; p < end; p = at(p, 4)) {
    const low = Pair.sigmoidEnd(getPair(p, 0));
    const high = Pair.sigmoidEnd(getPair(p, 2));
    setPair(p, 0, low);
    setPair(p, 2, high);
  }
}

/** 1 - x. */
export function rest(x: v128): v128 {
  return f64x2.sub(f64x2.splat(1), x);
}

/** d·(1 - y²): through a tanh whose value is y. */
export function throughTanh(d: v128, y: v128): v128 {
  return f64x2.mul(d, rest(f64x2.mul(y, y)));
}

/** d·(y·(1 - y)): through a sigmoid whose value is y. */
export function throughSigmoid(d: v128, y: v128): v128 {
  return f64x2.mul(d, f64x2.mul(y, rest(y)));
}
