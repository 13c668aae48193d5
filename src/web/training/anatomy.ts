// Every number of one training step of a small model, computed by the reference engine from the
// weights before it: by the contract these are the core's own numbers, to the bit.

import { PairDataset } from "../../data/pair.ts";
import { momentsOf } from "../../engine/optimizer.ts";
import { asDoubles, roundingOf } from "../../engine/precision.ts";
import { type PlainParameter, parametersOf, type Shape } from "../../engine/shape.ts";
import { createReference, type Reference } from "../../reference.ts";
import type { Config } from "../../settings/check.ts";

/** Arrays are views that the next step overwrites. */
export interface Anatomy {
  readonly shape: Shape;
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
  /** [T][V] */
  readonly probabilities: Float64Array;
  /** [T][V] gradient of the loss at the logits. */
  readonly dLogits: Float64Array;
  /** [T][H] gradient of the loss before the tanh. */
  readonly dHidden: Float64Array;
  /** [T][H] gradient of the loss at the hidden state. */
  readonly dState: Float64Array;
  /** [T] nats. */
  readonly losses: readonly number[];
  /** [T] |∂L/∂h_t|. */
  readonly stateNorms: readonly number[];
  /** [T] |∂L_T/∂h_t|: what the loss at the last character alone sends back. */
  readonly lastNorms: readonly number[];
  /** Mean of `losses`. */
  readonly loss: number;
  readonly gradNorm: number;
  /** Gradients that clipping by value bounds, after what clipping by norm multiplies them by. */
  readonly clippedCount: number;
  readonly normFactor: number;
}

const LOWEST = 1e-9; // of a probability in the loss, as in the engines, which round it

export class Anatomist {
  readonly config: Config;
  readonly #engine: Reference;
  readonly #characters: readonly string[];
  readonly #parameters: Float64Array;
  readonly #dState: Float64Array;
  readonly #tensors: readonly PlainParameter[];

  constructor(config: Config) {
    const data = new PairDataset(config.input, config.target);
    const dimensions = { V: data.vocabSize, H: config.hiddenSize, T: data.seqLength, B: 1 };
    const shape = { ...dimensions, precision: config.precision };
    this.config = config;
    this.#engine = createReference(shape, momentsOf(config));
    this.#characters = data.ixToChar;
    this.#tensors = parametersOf(shape) as PlainParameter[];
    this.#parameters = new Float64Array(this.#engine.parameters.length);
    this.#dState = new Float64Array(shape.T * shape.H);
    data.load(0, this.#engine.inputs, this.#engine.targets);
  }

  /** The step after `step` steps, from the weights before it. */
  open(step: number, parameters: Float64Array): Anatomy {
    const engine = this.#engine;
    const { shape, inputs, targets, predictions } = engine;
    const { V, H, T } = shape;
    this.#parameters.set(parameters);
    engine.parameters.set(parameters);
    engine.state.fill(0);
    engine.updates = 0;
    const { loss, gradNorm } = engine.step({ ...this.config, learningRate: Number.MIN_VALUE });
    const gradients = asDoubles(engine.gradients);
    const { activations } = engine;
    const [layer] = activations.layers;
    if (!layer) throw new RangeError("layers: expected one, got none");
    const hidden = asDoubles(layer.hidden);
    const probabilities = asDoubles(activations.probabilities);
    const dLogits = asDoubles(activations.dLogits);
    const dHidden = asDoubles(layer.dSlots);
    this.#backToStates(dLogits, dHidden);
    const rows = Array.from({ length: T }, (_, t) => t);
    const round = roundingOf(shape);
    const { clipNorm, clipValue } = this.config;
    const normFactor = clipNorm > 0 ? Math.min(1, clipNorm / (gradNorm + 1e-6)) : 1;
    const isClipped = (g: number): boolean => clipValue > 0 && Math.abs(g * normFactor) > clipValue;
    return {
      shape,
      characters: this.#characters,
      step,
      inputs,
      targets,
      predictions,
      parameters: this.#parameters,
      gradients,
      tensors: this.#tensors,
      hidden,
      probabilities,
      dLogits,
      dHidden,
      dState: this.#dState,
      losses: rows.map((t) => {
        const p = probabilities[t * V + (targets[t] as number)] as number;
        return -Math.log(Math.min(Math.max(p, round(LOWEST)), round(1 - LOWEST)));
      }),
      stateNorms: rows.map((t) => Math.hypot(...this.#dState.subarray(t * H, (t + 1) * H))),
      lastNorms: this.#backFromLast(dLogits, hidden),
      loss,
      gradNorm,
      clippedCount: gradients.reduce((count, g) => count + (isClipped(g) ? 1 : 0), 0),
      normFactor,
    };
  }

  /** ∂L/∂h_t = Whyᵀ·dLogits_t + Whhᵀ·dHidden_{t+1}. */
  #backToStates(dLogits: Float64Array, dHidden: Float64Array): void {
    const { V, H, T } = this.#engine.shape;
    for (let t = 0; t < T; t++) {
      const sums = this.#dState.subarray(t * H, (t + 1) * H).fill(0);
      this.#addBack("Why", dLogits.subarray(t * V, (t + 1) * V), sums);
      this.#addBack("Whh", dHidden.subarray((t + 1) * H, (t + 2) * H), sums);
    }
  }

  /** |∂L_T/∂h_t| for each t: ∂L_T/∂h_t = Whhᵀ·((1 − h_{t+1}²) ∂L_T/∂h_{t+1}). */
  #backFromLast(dLogits: Float64Array, hidden: Float64Array): number[] {
    const { V, H, T } = this.#engine.shape;
    let error = this.#addBack("Why", dLogits.subarray((T - 1) * V, T * V), new Float64Array(H));
    const norms = [Math.hypot(...error)];
    for (let t = T - 2; t >= 0; t--) {
      const h = hidden.subarray((t + 2) * H, (t + 3) * H);
      const beforeTanh = error.map((value, i) => value * (1 - (h[i] as number) ** 2));
      error = this.#addBack("Whh", beforeTanh, new Float64Array(H));
      norms.unshift(Math.hypot(...error));
    }
    return norms;
  }

  /** Adds Wᵀ·error, (H), to `sums`; nothing where there is no error. */
  #addBack(name: "Why" | "Whh", error: Float64Array, sums: Float64Array): Float64Array {
    const { offset = 0 } = this.#tensors.find((one) => one.name === name) ?? {};
    const W = this.#parameters.subarray(offset);
    for (const [i, own] of error.entries()) {
      for (const k of sums.keys()) {
        sums[k] = (sums[k] as number) + (W[i * sums.length + k] as number) * own;
      }
    }
    return sums;
  }
}
