// Gradients that are no products: of biases, and of layer 0's input weights, which are looked up. Sums over
// the positions of a span, for rows `first` … `last` - 1, a panel's at a time.

import { B, spanTimes, V } from "./dimensions";
import { dSlotPanels, inputs } from "./layout";
import { at, getVector, getWord, rowOf, setVector, wordAt } from "./memory";
import { LANES, PANEL } from "./real";

/** Adds `times` times from t to the sums of a slot's gradient by input token, and over all tokens. */
export function addByToken(
  tokens: usize,
  bias: usize,
  first: i32,
  last: i32,
  t: i32,
  times: i32,
): void {
  for (let i = first; i < last; i += PANEL) {
    const sums = rowOf(tokens, i, V);
    let input = wordAt(inputs, t * B);
    let low = getVector(bias, i);
    let high = getVector(bias, i + LANES);
    const end = at(dSlotPanels, i * spanTimes * B + PANEL * times * B);
    for (let p = at(dSlotPanels, i * spanTimes * B); p < end; p = at(p, PANEL)) {
      const d0 = getVector(p, 0);
      const d1 = getVector(p, LANES);
      const sum = at(sums, PANEL * <i32>getWord(input, 0));
      input = wordAt(input, 1);
      setVector(sum, 0, v128.add<real>(getVector(sum, 0), d0));
      setVector(sum, LANES, v128.add<real>(getVector(sum, LANES), d1));
      low = v128.add<real>(low, d0);
      high = v128.add<real>(high, d1);
    }
    setVector(bias, i, low);
    setVector(bias, i + LANES, high);
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
  for (let i = first; i < last; i += PANEL) {
    const panel = at(panels, i * spanTimes * B);
    const end = at(panel, PANEL * to * B);
    let low = getVector(sums, i);
    let high = getVector(sums, i + LANES);
    for (let p = at(panel, PANEL * from * B); p < end; p = at(p, PANEL)) {
      low = v128.add<real>(low, getVector(p, 0));
      high = v128.add<real>(high, getVector(p, LANES));
    }
    setVector(sums, i, low);
    setVector(sums, i + LANES, high);
  }
}
