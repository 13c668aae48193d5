// Gated recurrent unit (Cho et al. 2014), as PyTorch's nn.GRU has it: the reset gate inside, on the
// hidden part of n. With a the four slots that the sums have filled, of n its input part and its
// hidden part apart, h' the state one time before:
//
//   r = σ(a_r)   z = σ(a_z)   n = tanh(a_p + r·a_q)   h = (1 - z)·n + z·h'
//
// Afterwards the slots hold n, r, z and, as it was, a_q.

import { dHiddenAt, dSlotAt, hiddenAt, slotAt } from "../activations";
import { Hq } from "../dimensions";
import { at, getVector, setVector } from "../memory";
import { LANES } from "../real";
import { rest, sigmoidAll, tanhAll, throughSigmoid, throughTanh } from "./rows";

export function activate(layer: i32, t: i32, first: i32, last: i32): void {
  const from = first * Hq;
  const count = (last - first) * Hq;
  const n = at(slotAt(layer, t, 0), from);
  const r = at(slotAt(layer, t, 1), from);
  const z = at(slotAt(layer, t, 2), from);
  const q = at(slotAt(layer, t, 3), from);
  const before = at(hiddenAt(layer, t), from);
  const h = at(hiddenAt(layer, t + 1), from);
  sigmoidAll(r, count);
  sigmoidAll(z, count);
  for (let k = 0; k < count; k += LANES)
    setVector(
      n,
      k,
      v128.add<real>(getVector(n, k), v128.mul<real>(getVector(r, k), getVector(q, k))),
    );
  tanhAll(n, count);
  for (let k = 0; k < count; k += LANES) {
    const keep = getVector(z, k);
    const fresh = v128.mul<real>(rest(keep), getVector(n, k));
    setVector(h, k, v128.add<real>(fresh, v128.mul<real>(keep, getVector(before, k))));
  }
}

/**
 * da_z = dh·(h' - n), da_p = dh·(1 - z), each through its activation; da_q = da_p·r, and
 * da_r = da_p·a_q through r; dh·z goes on to the time before, beside what the weights bring there.
 */
export function back(layer: i32, t: i32, first: i32, last: i32): void {
  const from = first * Hq;
  const count = (last - first) * Hq;
  const n = at(slotAt(layer, t, 0), from);
  const r = at(slotAt(layer, t, 1), from);
  const z = at(slotAt(layer, t, 2), from);
  const q = at(slotAt(layer, t, 3), from);
  const dp = at(dSlotAt(layer, t, 0), from);
  const dr = at(dSlotAt(layer, t, 1), from);
  const dz = at(dSlotAt(layer, t, 2), from);
  const dq = at(dSlotAt(layer, t, 3), from);
  const before = at(hiddenAt(layer, t), from);
  const dh = at(dHiddenAt(layer, t), from);
  for (let k = 0; k < count; k += LANES) {
    const d = getVector(dh, k);
    const fresh = getVector(n, k);
    const reset = getVector(r, k);
    const keep = getVector(z, k);
    const atP = throughTanh(v128.mul<real>(d, rest(keep)), fresh);
    setVector(dp, k, atP);
    setVector(dr, k, throughSigmoid(v128.mul<real>(atP, getVector(q, k)), reset));
    setVector(
      dz,
      k,
      throughSigmoid(v128.mul<real>(d, v128.sub<real>(getVector(before, k), fresh)), keep),
    );
    setVector(dq, k, v128.mul<real>(atP, reset));
  }
  if (t == 0) return;
  const dBefore = at(dHiddenAt(layer, t - 1), from);
  for (let k = 0; k < count; k += LANES) {
    const passed = v128.mul<real>(getVector(dh, k), getVector(z, k));
    setVector(dBefore, k, v128.add<real>(getVector(dBefore, k), passed));
  }
}
