// The same mathematics as the core in plain TypeScript: typed arrays, allocated once, every sum in
// the same order, so that its parameters equal the core's bit for bit; of f64, and by real.ts of f32. The
// other side of the bench.

import {
  checkMasks,
  checkRule,
  type DrawRule,
  type Engine,
  type Outcome,
  type StepResult,
} from "../engine/engine.ts";
import {
  CONSTANTS,
  FIRST,
  type Moments,
  SECOND,
  type UpdateRule,
  writeConstants,
} from "../engine/optimizer.ts";
import { expectPrecision } from "../engine/precision.ts";
import {
  MEMORY_LIMIT,
  memoryError,
  type Parameter,
  parameterCount,
  parametersOf,
  type Role,
  type Shape,
  stateLength,
} from "../engine/shape.ts";
import { ClosedError } from "../outside/errors.ts";
import type { Initial } from "../settings/initial.ts";
import { drawMask, drop, dropBack, type MaskRule } from "./dropout.ts";
import { initialize } from "./initial.ts";
import { Layer } from "./layer.ts";
import { loss, lossBackward } from "./loss.ts";
import { gradientNorm, update } from "./optimizer.ts";
import { addOuterProduct, addProduct, addRow, addTransposedProduct } from "./products.ts";
import { Generator } from "./random.ts";
import { PRECISION, Reals, real } from "./real.ts";
import { draw } from "./sample.ts";

const STREAM_OF_DRAWS = 1;
const DROPOUT = 11; // of the constants

/** The inner numbers of a step. */
export interface Activations {
  readonly layers: readonly Layer[];
  /** [T][B][V] */
  readonly probabilities: Reals;
  /** [T][B][V], gradient of the loss at the logits. */
  readonly dLogits: Reals;
}

export class ReferenceEngine implements Engine {
  readonly name = "reference";
  readonly threads = 1;
  readonly shape: Shape;
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
  readonly parameters: Reals;
  readonly gradients: Reals;
  readonly state: Reals;
  readonly predictions: Int32Array;
  readonly losses: Reals;
  readonly moments: Moments;
  readonly firstMoment: Reals;
  readonly secondMoment: Reals;
  updates = 0;
  isClosed = false;
  readonly #constants = new Float64Array(CONSTANTS);
  readonly #rounded = new Reals(CONSTANTS);
  #draws = new Generator(0, STREAM_OF_DRAWS);
  /** [T][B][V], logits until the softmax. */
  readonly #probabilities: Reals;
  /** [T][B][V] */
  readonly #dLogits: Reals;
  readonly #layers: readonly Layer[];
  readonly #top: Layer;
  #isDropping = false;
  #masksHeld = false;
  // Element offsets of the output's tensors in both arenas.
  readonly #Why: number;
  readonly #by: number;

  constructor(shape: Shape, moments: Moments = 0) {
    const { V, T, B, layers = 1 } = shape;
    const count = parameterCount(shape);
    const arenas = 2 + (moments & FIRST ? 1 : 0) + (moments & SECOND ? 1 : 0);
    const numbers = arenas * count + stateLength(shape) + 2 * T * B * V + 2 * T * B;
    const bytes = Reals.BYTES_PER_ELEMENT * numbers + layers * Layer.bytes(shape);
    expectPrecision(shape, PRECISION);
    if (bytes > MEMORY_LIMIT) throw memoryError(shape, bytes);
    this.shape = shape;
    this.inputs = new Int32Array(T * B);
    this.targets = new Int32Array(T * B);
    this.parameters = new Reals(count);
    this.gradients = new Reals(count);
    this.moments = moments;
    this.firstMoment = new Reals(moments & FIRST ? count : 0);
    this.secondMoment = new Reals(moments & SECOND ? count : 0);
    this.state = new Reals(stateLength(shape));
    this.#probabilities = new Reals(T * B * V);
    this.predictions = new Int32Array(T * B);
    this.losses = new Reals(T * B);
    this.#dLogits = new Reals(T * B * V);
    this.#layers = Array.from({ length: layers }, (_, index) => new Layer(shape, index));
    this.#top = this.#layers.at(-1) as Layer;
    const list = parametersOf(shape);
    const offsetOf = (of: Role) => (list.find(({ role }) => role === of) as Parameter).offset;
    this.#Why = offsetOf("output");
    this.#by = offsetOf("outputBias");
  }

  initialize(seed: number, initial: Initial): void {
    this.#expectOpen("initialize");
    initialize(this.parameters, this.shape, seed, initial);
    this.firstMoment.fill(0);
    this.secondMoment.fill(0);
    this.updates = 0;
    this.seedDraws(seed);
  }

  step(rule: UpdateRule): StepResult {
    this.#expectOpen("step");
    const result = this.#throughGradients(rule);
    if (result.outcome !== "done") return result;
    this.#rounded.set(this.#constants);
    if (!update(this, this.#constants, this.#rounded, result.gradNorm))
      return { ...result, outcome: "update not finite" };
    this.#carryState();
    this.updates++;
    return result;
  }

  gradientsOf(rule: UpdateRule): StepResult {
    this.#expectOpen("gradientsOf");
    const result = this.#throughGradients(rule);
    if (result.outcome === "done") this.#carryState();
    return result;
  }

  /** Forward, loss, backward and the norm. */
  #throughGradients(rule: UpdateRule): StepResult {
    checkRule(this, rule);
    writeConstants(rule, this.shape, this.updates, this.#constants);
    this.#isDropping = rule.dropout > 0;
    const { loss, correct } = this.#forward();
    const result = (outcome: Outcome, gradNorm: number) => ({ outcome, loss, correct, gradNorm });
    if (!Number.isFinite(loss)) return result("loss not finite", 0);
    const scale = real(this.#constants[0] as number);
    lossBackward(this.shape, this.targets, this.#probabilities, this.#dLogits, scale);
    this.#layersBackward();
    this.#parameterGradients();
    const gradNorm = gradientNorm(this.gradients, this.shape);
    return result(Number.isFinite(gradNorm) ? "done" : "gradient not finite", gradNorm);
  }

  evaluate(): StepResult {
    this.#expectOpen("evaluate");
    this.#isDropping = false;
    const { loss, correct } = this.#forward();
    const finite = Number.isFinite(loss);
    if (finite) this.#carryState();
    return { outcome: finite ? "done" : "loss not finite", loss, correct, gradNorm: 0 };
  }

  probabilities(): Float64Array {
    this.#expectOpen("probabilities");
    return Float64Array.from(this.#probabilities);
  }

  /** What the last step computed on its way; views that the next step overwrites. */
  get activations(): Activations {
    return { layers: this.#layers, probabilities: this.#probabilities, dLogits: this.#dLogits };
  }

  /**
   * Back from the loss at position p = t·B + b of the last step alone, without dropout: the gradients in
   * `activations` are then its. @returns [T][B][V] those at the inputs, vectors of which one number is 1.
   */
  backFrom(p: number): Reals {
    const { V } = this.shape;
    this.#isDropping = false;
    lossBackward(this.shape, this.targets, this.#probabilities, this.#dLogits, 1);
    this.#dLogits.fill(0, 0, p * V);
    this.#dLogits.fill(0, (p + 1) * V);
    this.#layersBackward();
    return (this.#layers[0] as Layer).inputGradients(this.parameters);
  }

  seedDraws(seed: number): void {
    this.#draws = new Generator(seed, STREAM_OF_DRAWS);
  }

  draw(row: number, rule: DrawRule): number {
    this.#expectOpen("draw");
    const { V, T, B } = this.shape;
    const at = ((T - 1) * B + row) * V;
    return draw(this.#probabilities.subarray(at, at + V), rule, this.#draws);
  }

  holdMasks(masks: Float64Array | null): void {
    checkMasks(this, masks);
    this.#masksHeld = masks !== null;
    for (const { mask, index } of masks ? this.#layers : []) {
      mask.set((masks as Float64Array).subarray(index * mask.length, (index + 1) * mask.length));
    }
  }

  close(): void {
    this.isClosed = true;
  }

  /** @throws {ClosedError} */
  #expectOpen(call: string): void {
    if (this.isClosed) throw new ClosedError(call);
  }

  #forward(): { loss: number; correct: number } {
    this.#layersForward();
    this.#logitsForward();
    return loss(this.shape, this.targets, this.#probabilities, this);
  }

  #layersForward(): void {
    this.#loadState();
    for (const [index, layer] of this.#layers.entries()) {
      const below = this.#layers[index - 1];
      layer.forward(this.parameters, this.inputs, below?.given(this.#isDropping));
      if (!this.#isDropping) continue;
      if (!this.#masksHeld) drawMask(layer, this.#constants.subarray(DROPOUT) as never as MaskRule);
      drop(layer);
    }
  }

  /** logits_t = by + Why·h_t. */
  #logitsForward(): void {
    const { V, H, T, B } = this.shape;
    const { parameters } = this;
    const { rows, from } = this.#top.given(this.#isDropping);
    const probabilities = this.#probabilities;
    for (let p = 0; p < T * B; p++) {
      for (let v = 0; v < V; v++) probabilities[p * V + v] = parameters[this.#by + v] as number;
      addProduct(probabilities, p * V, parameters, this.#Why, V, H, rows, from + p * H);
    }
  }

  /** From Whyᵀ·dLogits_t at the last layer's states to the slots of every layer. */
  #layersBackward(): void {
    const { V, H, T, B } = this.shape;
    const { parameters } = this;
    const { dHidden } = this.#top;
    dHidden.fill(0);
    for (let p = 0; p < T * B; p++) {
      addTransposedProduct(dHidden, p * H, parameters, this.#Why, V, H, this.#dLogits, p * V);
    }
    for (const layer of this.#layers.toReversed()) {
      if (this.#isDropping) dropBack(layer);
      layer.backward(parameters);
      const below = this.#layers[layer.index - 1];
      if (below) layer.backwardTo(below, parameters);
    }
  }

  /** Gradients of all parameters, over t, then b, upwards. */
  #parameterGradients(): void {
    const { V, H, T, B } = this.shape;
    const { gradients } = this;
    const dLogits = this.#dLogits;
    const { rows, from } = this.#top.given(this.#isDropping);
    gradients.fill(0);
    for (let p = 0; p < T * B; p++) {
      addOuterProduct(gradients, this.#Why, V, H, dLogits, p * V, rows, from + p * H);
      addRow(gradients, this.#by, 1, dLogits, p * V, V);
    }
    for (const layer of this.#layers) {
      const below = this.#layers[layer.index - 1];
      layer.addGradients(gradients, this.inputs, below?.given(this.#isDropping));
    }
  }

  /** The state's parts, [layer][part], and where each stands. */
  #parts(): { rows: Reals; from: number; to: number }[] {
    const length = this.shape.B * this.shape.H;
    const parts = this.#layers.flatMap((layer) => layer.parts);
    return parts.map((rows, i) => ({ rows, from: i * length, to: (i + 1) * length }));
  }

  #loadState(): void {
    for (const { rows, from, to } of this.#parts()) rows.set(this.state.subarray(from, to));
  }

  #carryState(): void {
    for (const { rows, from, to } of this.#parts()) {
      this.state.set(rows.subarray(rows.length - (to - from)), from);
    }
  }
}
