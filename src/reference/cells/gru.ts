// Gated recurrent unit, in the order of assembly/cells/gru.ts, where the formulas stand.

import { type LayerNumbers, slotAt } from "../numbers.ts";
import { type Real, sigmoid, tanh } from "../real.ts";

export function activate(layer: LayerNumbers, p: number): void {
  const { slots, hidden } = layer;
  const { H, B } = layer.shape;
  const at = slotAt(layer, p, 0);
  for (let k = 0; k < H; k++) {
    const r = sigmoid(slots[at + H + k] as number);
    const z = sigmoid(slots[at + 2 * H + k] as number);
    const n = tanh(((slots[at + k] as number) + r * (slots[at + 3 * H + k] as number)) as Real);
    slots[at + k] = n;
    slots[at + H + k] = r;
    slots[at + 2 * H + k] = z;
    hidden[(p + B) * H + k] = ((1 - z) * n + z * (hidden[p * H + k] as number)) as Real;
  }
}

export function back(layer: LayerNumbers, p: number): void {
  const { slots, dSlots, hidden, dHidden } = layer;
  const { H, B } = layer.shape;
  const at = slotAt(layer, p, 0);
  for (let k = 0; k < H; k++) {
    const d = dHidden[p * H + k] as number;
    const n = slots[at + k] as number;
    const r = slots[at + H + k] as number;
    const z = slots[at + 2 * H + k] as number;
    const q = slots[at + 3 * H + k] as number;
    const dp = (d * (1 - z) * (1 - n * n)) as Real;
    dSlots[at + k] = dp;
    dSlots[at + H + k] = (dp * q * (r * (1 - r))) as Real;
    dSlots[at + 2 * H + k] = (d * ((hidden[p * H + k] as number) - n) * (z * (1 - z))) as Real;
    dSlots[at + 3 * H + k] = dp * r;
    if (p < B) continue;
    dHidden[(p - B) * H + k] = ((dHidden[(p - B) * H + k] as number) + d * z) as Real;
  }
}
