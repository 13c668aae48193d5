// Long short-term memory, in the order of assembly/cells/lstm.ts, where the formulas stand.

import { type LayerNumbers, slotAt } from "../numbers.ts";
import { type Real, sigmoid, tanh } from "../real.ts";

export function activate(layer: LayerNumbers, p: number): void {
  const { slots, hidden, cells, cellTanh } = layer;
  const { H, B } = layer.shape;
  const at = slotAt(layer, p, 0);
  for (let k = 0; k < H; k++) {
    const i = sigmoid(slots[at + k] as number);
    const f = sigmoid(slots[at + H + k] as number);
    const g = tanh(slots[at + 2 * H + k] as number);
    const o = sigmoid(slots[at + 3 * H + k] as number);
    const c = (f * (cells[p * H + k] as number) + i * g) as Real;
    const y = tanh(c);
    slots[at + k] = i;
    slots[at + H + k] = f;
    slots[at + 2 * H + k] = g;
    slots[at + 3 * H + k] = o;
    cells[(p + B) * H + k] = c;
    cellTanh[p * H + k] = y;
    hidden[(p + B) * H + k] = o * y;
  }
}

export function back(layer: LayerNumbers, p: number): void {
  const { slots, dSlots, dHidden, dCell, dCells, cells, cellTanh } = layer;
  const { H, B } = layer.shape;
  const at = slotAt(layer, p, 0);
  const row = (p % B) * H;
  for (let k = 0; k < H; k++) {
    const d = dHidden[p * H + k] as number;
    const y = cellTanh[p * H + k] as number;
    const i = slots[at + k] as number;
    const f = slots[at + H + k] as number;
    const g = slots[at + 2 * H + k] as number;
    const o = slots[at + 3 * H + k] as number;
    const dc = ((dCell[row + k] as number) + d * o * (1 - y * y)) as Real;
    dSlots[at + k] = (dc * g * (i * (1 - i))) as Real;
    dSlots[at + H + k] = (dc * (cells[p * H + k] as number) * (f * (1 - f))) as Real;
    dSlots[at + 2 * H + k] = (dc * i * (1 - g * g)) as Real;
    dSlots[at + 3 * H + k] = (d * y * (o * (1 - o))) as Real;
    dCells[p * H + k] = dc;
    dCell[row + k] = dc * f;
  }
}
