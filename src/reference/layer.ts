// One layer, forwards and back: the sums, between which its cell does the rest.

import { type Cell, cellOf } from "../engine/cells.ts";
import { type Parameter, parametersOf, type Role, type Shape } from "../engine/shape.ts";
import * as gru from "./cells/gru.ts";
import * as lstm from "./cells/lstm.ts";
import * as rnn from "./cells/rnn.ts";
import { type LayerNumbers, slotAt } from "./numbers.ts";
import { addOuterProduct, addProduct, addRow, addTransposedProduct } from "./products.ts";
import { Reals } from "./real.ts";

/** A cell at one position: from the slots to the states, and from the gradient at these to the slots'. */
interface CellSteps {
  activate(layer: LayerNumbers, p: number): void;
  back(layer: LayerNumbers, p: number): void;
}

const STEPS: Readonly<Record<NonNullable<Shape["cell"]>, CellSteps>> = { rnn, gru, lstm };

export class Layer implements LayerNumbers {
  readonly shape: Shape;
  readonly cell: Cell;
  readonly index: number;
  readonly width: number;
  readonly hidden: Reals;
  readonly cells: Reals;
  readonly cellTanh: Reals;
  readonly slots: Reals;
  readonly dSlots: Reals;
  readonly dHidden: Reals;
  readonly dCell: Reals;
  readonly dCells: Reals;
  readonly mask: Reals;
  readonly dropped: Reals;
  readonly #steps: CellSteps;
  // Element offsets of its tensors in both arenas.
  readonly #input: number;
  readonly #recurrent: number;
  readonly #bias: number;

  constructor(shape: Shape, index: number) {
    const { H, T, B, drops = false } = shape;
    const cell = cellOf(shape);
    const isLstm = cell.parts === 2;
    this.shape = shape;
    this.cell = cell;
    this.index = index;
    this.width = cell.slots;
    this.hidden = new Reals((T + 1) * B * H);
    this.cells = new Reals(isLstm ? (T + 1) * B * H : 0);
    this.cellTanh = new Reals(isLstm ? T * B * H : 0);
    this.slots = new Reals(T * B * cell.slots * H);
    this.dSlots = new Reals(T * B * cell.slots * H);
    this.dHidden = new Reals(T * B * H);
    this.dCell = new Reals(isLstm ? B * H : 0);
    this.dCells = new Reals(isLstm ? T * B * H : 0);
    this.mask = new Reals(drops ? T * B * H : 0);
    this.dropped = new Reals(drops ? T * B * H : 0);
    this.#steps = STEPS[shape.cell ?? "rnn"];
    const list = parametersOf(shape);
    const offsetOf = (role: Role) =>
      (list.find((one) => one.role === role && one.layer === index) as Parameter).offset;
    this.#input = offsetOf("input");
    this.#recurrent = offsetOf("recurrent");
    this.#bias = offsetOf("bias");
  }

  /** Bytes of all its numbers. */
  static bytes(shape: Shape): number {
    const { H, T, B, drops = false } = shape;
    const { slots, parts } = cellOf(shape);
    const ofTime = B * H;
    const isLstm = parts === 2;
    const times = 2 * slots + 2 + (isLstm ? 3 : 0) + (drops ? 2 : 0);
    return Reals.BYTES_PER_ELEMENT * (times * T * ofTime + (isLstm ? 3 : 1) * ofTime);
  }

  /** The parts of its state in their order. */
  get parts(): Reals[] {
    return this.cell.parts === 2 ? [this.hidden, this.cells] : [this.hidden];
  }

  /** Biases, then the input: a token's column, or what the layer below gives, [T][B][H] from `from`. */
  forward(parameters: Reals, tokens: Int32Array, below?: Given): void {
    const { H, V, T, B } = this.shape;
    const { slots, cell } = this;
    for (let p = 0; p < T * B; p++) {
      for (let slot = 0; slot < cell.slots; slot++) {
        const to = slotAt(this, p, slot);
        const bias = this.#bias + (cell.biases[slot] as number) * H;
        for (let i = 0; i < H; i++) slots[to + i] = parameters[bias + i] as number;
        const gate = cell.inputGates[slot] as number;
        if (gate >= 0 && below) {
          const matrix = this.#input + gate * H * H;
          addProduct(slots, to, parameters, matrix, H, H, below.rows, below.from + p * H);
        } else if (gate >= 0) {
          addColumn(
            slots,
            to,
            parameters,
            this.#input + gate * H * V + (tokens[p] as number),
            V,
            H,
          );
        }
      }
    }
    for (let p = 0; p < T * B; p++) {
      for (let slot = 0; slot < cell.slots; slot++) {
        const gate = cell.recurrentGates[slot] as number;
        if (gate < 0) continue;
        const matrix = this.#recurrent + gate * H * H;
        addProduct(slots, slotAt(this, p, slot), parameters, matrix, H, H, this.hidden, p * H);
      }
      this.#steps.activate(this, p);
    }
  }

  /** From the gradient at the states, as the layer above has left it in `dHidden`, to the slots'. */
  backward(parameters: Reals): void {
    const { H, T, B } = this.shape;
    this.dCell.fill(0);
    for (let p = T * B - 1; p >= 0; p--) {
      if (p < (T - 1) * B) this.#addTransposed(parameters, "recurrent", p + B, this.dHidden, p * H);
      this.#steps.back(this, p);
    }
  }

  /** The gradient at the states of the layer below, from the slots'. */
  backwardTo(below: Layer, parameters: Reals): void {
    const { H, T, B } = this.shape;
    below.dHidden.fill(0);
    for (let p = 0; p < T * B; p++)
      this.#addTransposed(parameters, "input", p, below.dHidden, p * H);
  }

  /** out += Σ_slots transposed weights · the slots' gradients at position p. */
  #addTransposed(
    parameters: Reals,
    of: "input" | "recurrent",
    p: number,
    out: Reals,
    outAt: number,
  ): void {
    const { H } = this.shape;
    const isInput = of === "input";
    const gates = isInput ? this.cell.inputGates : this.cell.recurrentGates;
    for (const [slot, gate] of gates.entries()) {
      if (gate < 0) continue;
      const matrix = (isInput ? this.#input : this.#recurrent) + gate * H * H;
      const from = slotAt(this, p, slot);
      addTransposedProduct(out, outAt, parameters, matrix, H, H, this.dSlots, from);
    }
  }

  /** [T][B][V] gradient at the inputs of the first layer, each a vector of which one is 1, from the slots'. */
  inputGradients(parameters: Reals): Reals {
    const { H, V, T, B } = this.shape;
    const out = new Reals(T * B * V);
    for (let p = 0; p < T * B; p++) {
      for (const [slot, gate] of this.cell.inputGates.entries()) {
        if (gate < 0) continue;
        const matrix = this.#input + gate * H * V;
        const from = slotAt(this, p, slot);
        addTransposedProduct(out, p * V, parameters, matrix, H, V, this.dSlots, from);
      }
    }
    return out;
  }

  /** Gradients of its parameters, over t, then b, upwards. */
  addGradients(gradients: Reals, tokens: Int32Array, below?: Given): void {
    const { H, V, T, B } = this.shape;
    const { dSlots, cell } = this;
    for (let p = 0; p < T * B; p++) {
      for (let slot = 0; slot < cell.slots; slot++) {
        const from = slotAt(this, p, slot);
        const recurrent = cell.recurrentGates[slot] as number;
        if (recurrent >= 0) {
          const matrix = this.#recurrent + recurrent * H * H;
          addOuterProduct(gradients, matrix, H, H, dSlots, from, this.hidden, p * H);
        }
        addRow(gradients, this.#bias + (cell.biases[slot] as number) * H, 1, dSlots, from, H);
        const gate = cell.inputGates[slot] as number;
        if (gate >= 0 && below) {
          const matrix = this.#input + gate * H * H;
          addOuterProduct(gradients, matrix, H, H, dSlots, from, below.rows, below.from + p * H);
        } else if (gate >= 0) {
          addRow(gradients, this.#input + gate * H * V + (tokens[p] as number), V, dSlots, from, H);
        }
      }
    }
  }

  /** What the layer above, or the output, gets. */
  given(isDropping: boolean): Given {
    const { H, B } = this.shape;
    return isDropping ? { rows: this.dropped, from: 0 } : { rows: this.hidden, from: B * H };
  }
}

/** Rows [T][B][H] that begin at `from`. */
export interface Given {
  readonly rows: Reals;
  readonly from: number;
}

/** out[i] += column[i], whose elements stand `stride` apart. */
function addColumn(
  out: Reals,
  outAt: number,
  matrix: Reals,
  at: number,
  stride: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) {
    out[outAt + i] = (out[outAt + i] as number) + (matrix[at + i * stride] as number);
  }
}
