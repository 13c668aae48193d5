// Long short-term memory (Hochreiter & Schmidhuber 1997, forget gate of Gers et al. 2000), as
// PyTorch's nn.LSTM has it. With a the four slots that the sums have filled:
//
//   i = σ(a_i)   f = σ(a_f)   g = tanh(a_g)   o = σ(a_o)
//   c = f·c' + i·g            h = o·tanh(c)            c' is c one time before

import { cellAt, cellTanhAt, dHiddenAt, dSlotAt, hiddenAt, slotAt } from "../activations";
import { Hq, T } from "../dimensions";
import { dCell } from "../layout";
import { at, clear, getVector, setVector } from "../memory";
import { LANES } from "../real";
import { sigmoidAll, tanhAll, throughSigmoid, throughTanh } from "./rows";

export function activate(layer: i32, t: i32, first: i32, last: i32): void {
  const from = first * Hq;
  const n = (last - first) * Hq;
  const i = at(slotAt(layer, t, 0), from);
  const f = at(slotAt(layer, t, 1), from);
  const g = at(slotAt(layer, t, 2), from);
  const o = at(slotAt(layer, t, 3), from);
  const before = at(cellAt(layer, t), from);
  const c = at(cellAt(layer, t + 1), from);
  const tanhC = at(cellTanhAt(layer, t), from);
  const h = at(hiddenAt(layer, t + 1), from);
  sigmoidAll(i, n);
  sigmoidAll(f, n);
  tanhAll(g, n);
  sigmoidAll(o, n);
  for (let k = 0; k < n; k += LANES) {
    const kept = v128.mul<real>(getVector(f, k), getVector(before, k));
    const value = v128.add<real>(kept, v128.mul<real>(getVector(i, k), getVector(g, k)));
    setVector(c, k, value);
    setVector(tanhC, k, value);
  }
  tanhAll(tanhC, n);
  for (let k = 0; k < n; k += LANES)
    setVector(h, k, v128.mul<real>(getVector(o, k), getVector(tanhC, k)));
}

/**
 * dc = dc(from the time after) + dh·o through tanh(c), then
 * da_i = dc·g, da_f = dc·c', da_g = dc·i, da_o = dh·tanh(c), each through its activation; what goes
 * on to the time before is dc·f.
 */
export function back(layer: i32, t: i32, first: i32, last: i32): void {
  const from = first * Hq;
  const n = (last - first) * Hq;
  const i = at(slotAt(layer, t, 0), from);
  const f = at(slotAt(layer, t, 1), from);
  const g = at(slotAt(layer, t, 2), from);
  const o = at(slotAt(layer, t, 3), from);
  const di = at(dSlotAt(layer, t, 0), from);
  const df = at(dSlotAt(layer, t, 1), from);
  const dg = at(dSlotAt(layer, t, 2), from);
  const d_o = at(dSlotAt(layer, t, 3), from);
  const before = at(cellAt(layer, t), from);
  const tanhC = at(cellTanhAt(layer, t), from);
  const dh = at(dHiddenAt(layer, t), from);
  const dc = at(dCell, from);
  if (t == T - 1) clear(dc, n);
  for (let k = 0; k < n; k += LANES) {
    const d = getVector(dh, k);
    const y = getVector(tanhC, k);
    const input = getVector(i, k);
    const forget = getVector(f, k);
    const update = getVector(g, k);
    const output = getVector(o, k);
    const atC = v128.add<real>(getVector(dc, k), throughTanh(v128.mul<real>(d, output), y));
    setVector(di, k, throughSigmoid(v128.mul<real>(atC, update), input));
    setVector(df, k, throughSigmoid(v128.mul<real>(atC, getVector(before, k)), forget));
    setVector(dg, k, throughTanh(v128.mul<real>(atC, input), update));
    setVector(d_o, k, throughSigmoid(v128.mul<real>(d, y), output));
    setVector(dc, k, v128.mul<real>(atC, forget));
  }
}
