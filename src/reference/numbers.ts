// One layer's numbers, as its cell sees them. Rows are flat: position p = t·B + b; the states after p
// stand at row p + B of `hidden`, those before it at row p.

import type { Shape } from "../engine/shape.ts";
import type { Reals } from "./real.ts";

export interface LayerNumbers {
  readonly shape: Shape;
  /** From 0. */
  readonly index: number;
  /** Slots of the cell. */
  readonly width: number;
  /** [T+1][B][H], the rows before t = 0 are the state before the step. */
  readonly hidden: Reals;
  /** LSTM: c, the same; else empty. */
  readonly cells: Reals;
  /** LSTM: [T][B][H], tanh(c). */
  readonly cellTanh: Reals;
  /** [T][B][width][H] */
  readonly slots: Reals;
  /** [T][B][width][H], gradient before the activations. */
  readonly dSlots: Reals;
  /** [T][B][H], gradient at the states. */
  readonly dHidden: Reals;
  /** LSTM: [B][H], gradient that goes on to c of the time before. */
  readonly dCell: Reals;
  /** LSTM: [T][B][H], gradient at c. */
  readonly dCells: Reals;
  /** [T][B][H], what dropout multiplies the states by, and what it gives; empty without. */
  readonly mask: Reals;
  readonly dropped: Reals;
}

/** Where slot `slot` of position p begins in `slots` and `dSlots`. */
export function slotAt({ shape, width }: LayerNumbers, p: number, slot: number): number {
  return (p * width + slot) * shape.H;
}
