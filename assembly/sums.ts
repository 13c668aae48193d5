// Gradients that are no products: of biases, and of layer 0's input weights, which are looked up. Sums over
// the positions of a span, for rows `first` … `last` - 1, whose panels hold four rows each.

import { B, spanTimes, V } from "./dimensions";
import { dSlotPanels, inputs } from "./layout";
import { at, getPair, getWord, rowOf, setPair, wordAt } from "./memory";

const QUAD: i32 = 4;

/** Adds `times` times from t to the sums of a slot's gradient by input token, and over all tokens. */
export function addByToken(
  tokens: usize,
  bias: usize,
  first: i32,
  last: i32,
  t: i32,
  times: i32,
): void {
  for (let i = first; i < last; i += QUAD) {
    const sums = rowOf(tokens, i, V);
    let input = wordAt(inputs, t * B);
    let low = getPair(bias, i);
    let high = getPair(bias, i + 2);
    const end = at(dSlotPanels, i * spanTimes * B + QUAD * times * B);
    for (let p = at(dSlotPanels, i * spanTimes * B); p < end; p = at(p, QUAD)) {
      const d0 = getPair(p, 0);
      const d1 = getPair(p, 2);
      const sum = at(sums, QUAD * <i32>getWord(input, 0));
      input = wordAt(input, 1);
      setPair(sum, 0, f64x2.add(getPair(sum, 0), d0));
      setPair(sum, 2, f64x2.add(getPair(sum, 2), d1));
      low = f64x2.add(low, d0);
      high = f64x2.add(high, d1);
    }
    setPair(bias, i, low);
    setPair(bias, i + 2, high);
  }
}

/** Adds the span's times `from` … `to` - 1 to the sums of panels over all positions. */
export function addBias(
  sums: usize,
  panels: usize,
  first: i32,
  last: i32,
  from: i32,
  to: i32,
): void {
  for (let i = first; i < last; i += QUAD) {
    const panel = at(panels, i * spanTimes * B);
    const end = at(panel, QUAD * to * B);
    let low = getPair(sums, i);
    let high = getPair(sums, i + 2);
    for (let p = at(panel, QUAD * from * B); p < end; p = at(p, QUAD)) {
      low = f64x2.add(low, getPair(p, 0));
      high = f64x2.add(high, getPair(p, 2));
    }
    setPair(sums, i, low);
    setPair(sums, i + 2, high);
  }
}
