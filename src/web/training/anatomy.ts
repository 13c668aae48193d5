// Every number of one training step of a small model, computed by the reference engine from the
// weights before it: by the contract these are the core's own numbers, to the bit.

import { PairDataset } from "../../data/pair.ts";
import { type Cell, type CellName, cellOf } from "../../engine/cells.ts";
import { momentsOf } from "../../engine/optimizer.ts";
import { asDoubles } from "../../engine/precision.ts";
import { type PlainParameter, parametersOf, type Shape } from "../../engine/shape.ts";
import { spectralRadius } from "../../model/recurrent.ts";
import { createReference, type Reference } from "../../reference.ts";
import type { Config } from "../../settings/check.ts";

/** Some arrays are views that the next step overwrites. */
export interface Anatomy {
  readonly shape: Shape;
  readonly cellName: CellName;
  readonly cell: Cell;
  readonly characters: readonly string[];
  /** Steps done before. */
  readonly step: number;
  /** [T] token ids. */
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
  readonly predictions: Int32Array;
  /** Arenas, before the step. */
  readonly parameters: Float64Array;
  readonly gradients: Float64Array;
  readonly tensors: readonly PlainParameter[];
  /** [T+1][H], row 0 is zeros. */
  readonly hidden: Float64Array;
  /** [T+1][H] c of an LSTM, the same; else empty. */
  readonly cells: Float64Array;
  /** [T][slots][H] what each slot is: gates after their activation, of a tanh layer the sum before it. */
  readonly slots: Float64Array;
  /** [T][V] */
  readonly probabilities: Float64Array;
  /** [T][V] gradient of the loss at the logits. */
  readonly dLogits: Float64Array;
  /** [T][slots][H] gradient of the loss before the activations. */
  readonly dSlots: Float64Array;
  /** [T][H] gradient of the loss at the hidden state. */
  readonly dState: Float64Array;
  /** [T][H] and at c of an LSTM; else empty. */
  readonly dCells: Float64Array;
  /** [T] nats. */
  readonly losses: readonly number[];
  /** [T] |∂L/∂h_t|. */
  readonly stateNorms: readonly number[];
  /** [T] |∂L_T/∂h_t|: what the loss at the last character alone sends back. */
  readonly lastNorms: readonly number[];
  /** [T][H] ∂L_T/∂h_t. */
  readonly lastErrors: Float64Array;
  /** [T] |∂L_T/∂c_t| of an LSTM; else empty. */
  readonly lastCellNorms: readonly number[];
  /** [T] mean over the units of what an error is multiplied by on its straight way back from t: 1 − h² of tanh, z of a GRU, f of an LSTM. */
  readonly passing: readonly number[];
  /** The spectral radius of a tanh layer's Whh; of others none. */
  readonly radius: number | undefined;
  /** Mean of `losses`. */
  readonly loss: number;
  readonly gradNorm: number;
  /** Gradients that clipping by value bounds, after what clipping by norm multiplies them by. */
  readonly clippedCount: number;
  readonly normFactor: number;
}

/** Which slot of a cell passes an error straight back: z of a GRU, f of an LSTM. */
const PASSING_SLOT: Readonly<Record<CellName, number>> = { rnn: 0, gru: 2, lstm: 1 };

export class Anatomist {
  readonly config: Config;
  readonly #engine: Reference;
  readonly #characters: readonly string[];
  readonly #parameters: Float64Array;
  readonly #tensors: readonly PlainParameter[];

  constructor(config: Config) {
    const data = new PairDataset(config.input, config.target);
    const dimensions = { V: data.vocabSize, H: config.hiddenSize, T: data.seqLength, B: 1 };
    const { cell, precision } = config;
    const shape = { ...dimensions, cell, precision };
    this.config = config;
    this.#engine = createReference(shape, momentsOf(config));
    this.#characters = data.ixToChar;
    this.#tensors = parametersOf(shape) as PlainParameter[];
    this.#parameters = new Float64Array(this.#engine.parameters.length);
    data.load(0, this.#engine.inputs, this.#engine.targets);
  }

  /** The step after `step` steps, from the weights before it. */
  open(step: number, parameters: Float64Array): Anatomy {
    const engine = this.#engine;
    const { shape, inputs, targets, predictions } = engine;
    const { T } = shape;
    this.#parameters.set(parameters);
    engine.parameters.set(parameters);
    engine.state.fill(0);
    engine.updates = 0;
    const { loss, gradNorm } = engine.step({ ...this.config, learningRate: Number.MIN_VALUE });
    const gradients = asDoubles(engine.gradients);
    const { activations } = engine;
    const [layer] = activations.layers;
    if (!layer) throw new RangeError("layers: expected one, got none");
    const dLogits = Float64Array.from(activations.dLogits);
    const dSlots = Float64Array.from(layer.dSlots);
    const dState = Float64Array.from(layer.dHidden);
    const dCells = Float64Array.from(layer.dCells);
    engine.backFrom(T - 1); // overwrites them
    const { clipNorm, clipValue } = this.config;
    const normFactor = clipNorm > 0 ? Math.min(1, clipNorm / (gradNorm + 1e-6)) : 1;
    const isClipped = (g: number): boolean => clipValue > 0 && Math.abs(g * normFactor) > clipValue;
    return {
      shape,
      cellName: this.config.cell,
      cell: cellOf(shape),
      characters: this.#characters,
      step,
      ...{ inputs, targets, predictions },
      parameters: this.#parameters,
      gradients,
      tensors: this.#tensors,
      hidden: asDoubles(layer.hidden),
      cells: asDoubles(layer.cells),
      slots: asDoubles(layer.slots),
      probabilities: asDoubles(activations.probabilities),
      ...{ dLogits, dSlots, dState, dCells },
      losses: Array.from(engine.losses),
      stateNorms: norms(dState, T),
      lastNorms: norms(asDoubles(layer.dHidden), T),
      lastErrors: Float64Array.from(layer.dHidden),
      lastCellNorms: norms(asDoubles(layer.dCells), T),
      passing: this.#passing(asDoubles(layer.hidden), asDoubles(layer.slots)),
      radius: this.#radius(),
      loss,
      gradNorm,
      clippedCount: gradients.reduce((count, g) => count + (isClipped(g) ? 1 : 0), 0),
      normFactor,
    };
  }

  #passing(hidden: Float64Array, slots: Float64Array): number[] {
    const { H, T } = this.#engine.shape;
    const { cell } = this.config;
    const width = slots.length / (T * H);
    return Array.from({ length: T }, (_, t) => {
      const from = (t * width + PASSING_SLOT[cell]) * H;
      const gate = slots.subarray(from, from + H);
      const h = hidden.subarray((t + 1) * H, (t + 2) * H);
      const values = cell === "rnn" ? h.map((value) => 1 - value * value) : gate;
      return values.reduce((sum, value) => sum + value, 0) / H;
    });
  }

  #radius(): number | undefined {
    if (this.config.cell !== "rnn") return undefined;
    const { offset = 0, length = 0 } = this.#tensors.find(({ name }) => name === "Whh") ?? {};
    const Whh = this.#parameters.subarray(offset, offset + length);
    return spectralRadius(Whh, this.#engine.shape.H);
  }
}

/** The norm of each of so many rows; none of no numbers. */
function norms(values: Float64Array, rows: number): number[] {
  const columns = values.length / rows;
  if (columns === 0) return [];
  return Array.from({ length: rows }, (_, row) =>
    Math.hypot(...values.subarray(row * columns, (row + 1) * columns)),
  );
}
