// What the cells are made of: activations and their slopes over `n` elements, an even number of them.
// The batch rows of a rank stand together in the rows of every slot, so a cell is one loop over them.

import { sigmoidBegin, sigmoidEnd, tanhBegin, tanhEnd } from "../elementary";
import { getPair, setPair } from "../memory";

/** tanh of `n` elements, in place. In two passes: one alone waits for its divisions. */
export function tanhAll(x: usize, n: i32): void {
  for (let i = 0; i < n; i += 2) setPair(x, i, tanhBegin(getPair(x, i)));
  for (let i = 0; i < n; i += 2) setPair(x, i, tanhEnd(getPair(x, i)));
}

/** Sigmoid of `n` elements, in place. */
export function sigmoidAll(x: usize, n: i32): void {
  for (let i = 0; i < n; i += 2) setPair(x, i, sigmoidBegin(getPair(x, i)));
  for (let i = 0; i < n; i += 2) setPair(x, i, sigmoidEnd(getPair(x, i)));
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
