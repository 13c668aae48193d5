// What a network holds and expects at every token of a text, and what the loss at one of them owes to
// each before it: computed by the reference engine, whose bits are the training's own. Draws nothing.

import { asDoubles, type Reals } from "../engine/precision.ts";
import { dimensionsOf, type Shape } from "../engine/shape.ts";
import { createReference, type Reference } from "../reference.ts";

/** How much the loss at one place changes with what came before. */
export interface Reach {
  /** [place+1] |∂L/∂x_s|, the norm over the V numbers of the input at each place. */
  readonly inputs: Float64Array;
  /** [layers][place+1] |∂L/∂h_s|. */
  readonly states: readonly Float64Array[];
}

export class Trace {
  readonly shape: Shape;
  /** Token ids that were read. */
  readonly tokens: Int32Array;
  readonly #engine: Reference;

  /**
   * Reads `tokens` from a zero state, with a copy of `parameters`; at each place the next one is the
   * target. The last has none: its loss means nothing.
   * @throws {MemoryError} for too long a text.
   */
  constructor(shape: Shape, parameters: ArrayLike<number>, tokens: ArrayLike<number>) {
    this.#engine = createReference({ ...dimensionsOf(shape), T: tokens.length, B: 1 });
    this.shape = this.#engine.shape;
    this.tokens = Int32Array.from(tokens);
    this.#engine.parameters.set(parameters);
    this.#engine.inputs.set(this.tokens);
    this.#engine.targets.set(this.tokens.subarray(1));
    this.#engine.evaluate();
  }

  get length(): number {
    return this.tokens.length;
  }

  /** The weights that it was read with. */
  get parameters(): Reals {
    return this.#engine.parameters;
  }

  /** [length][V] */
  get probabilities(): Reals {
    return this.#engine.activations.probabilities;
  }

  /** [length] nats; of the last: none. */
  get losses(): Reals {
    return this.#engine.losses;
  }

  /** [length][H] states of a layer after each token. */
  hidden(layer: number): Reals {
    const { H } = this.shape;
    return this.#layer(layer).hidden.subarray(H);
  }

  /** [length][H] states of an LSTM's cells after each token; empty for others. */
  cells(layer: number): Reals {
    const { H } = this.shape;
    const { cells } = this.#layer(layer);
    return cells.subarray(Math.min(H, cells.length));
  }

  /** [length][slots][H] what the gates are at each token, in the order of `Cell`'s slots. */
  slots(layer: number): Reals {
    return this.#layer(layer).slots;
  }

  /** How far back the loss at `place` reaches. */
  reach(place: number): Reach {
    const engine = this.#engine;
    const { V, H } = this.shape;
    const dInputs = engine.backFrom(place);
    return {
      inputs: norms(dInputs, place + 1, V),
      states: engine.activations.layers.map(({ dHidden }) => norms(dHidden, place + 1, H)),
    };
  }

  #layer(index: number) {
    const layer = this.#engine.activations.layers[index];
    if (!layer)
      throw new RangeError(`layer: expected 0 to ${(this.shape.layers ?? 1) - 1}, got ${index}`);
    return layer;
  }
}

/** The norms of the first `count` rows of so many numbers. */
function norms(values: Reals, count: number, columns: number): Float64Array {
  const rows = asDoubles(values);
  return Float64Array.from({ length: count }, (_, i) =>
    Math.sqrt(rows.subarray(i * columns, (i + 1) * columns).reduce((sum, x) => sum + x * x, 0)),
  );
}
