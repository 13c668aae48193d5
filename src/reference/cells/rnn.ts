// The plain cell, in the order of assembly/cells/rnn.ts.

import type { LayerNumbers } from "../numbers.ts";
import { type Real, tanh } from "../real.ts";

/** h = tanh(a). */
export function activate({ hidden, slots, shape: { H, B } }: LayerNumbers, p: number): void {
  for (let k = 0; k < H; k++) hidden[(p + B) * H + k] = tanh(slots[p * H + k] as number);
}

/** da = dh·(1 - h²). */
export function back({ hidden, dHidden, dSlots, shape: { H, B } }: LayerNumbers, p: number): void {
  for (let k = 0; k < H; k++) {
    const h = hidden[(p + B) * H + k] as number;
    dSlots[p * H + k] = ((dHidden[p * H + k] as number) * (1 - h * h)) as Real;
  }
}
