// The same mathematics as the core in plain TypeScript: typed arrays, allocated once, every sum in
// the same order, so that its parameters equal the core's bit for bit. The other side of the bench.

import {
  checkMoments,
  type DrawRule,
  type Engine,
  type Outcome,
  type StepResult,
} from "../model/engine.ts";
import type { Initial } from "../model/initial.ts";
import {
  CONSTANTS,
  FIRST,
  type Moments,
  momentsOf,
  SECOND,
  type UpdateRule,
  writeConstants,
} from "../model/optimizer.ts";
import {
  MEMORY_LIMIT,
  memoryError,
  parameterCount,
  parametersOf,
  type Shape,
} from "../model/shape.ts";
import { exp, log, tanh } from "./elementary.ts";
import { initialize } from "./initial.ts";
import { gradientNorm, update } from "./optimizer.ts";
import { addOuterProduct, addProduct, addRow, addTransposedProduct } from "./products.ts";
import { Generator } from "./random.ts";
import { draw } from "./sample.ts";

const LOWEST_PROBABILITY = 1e-9;
const HIGHEST_PROBABILITY = 1 - 1e-9;
const STREAM_OF_DRAWS = 1;

/** The inner numbers of a training step. */
export interface Activations {
  /** [T+1][B][H], row 0 is the state before the step. */
  readonly hidden: Float64Array;
  /** [T][B][V] */
  readonly probabilities: Float64Array;
  /** [T][B][V], gradient of the loss at the logits. */
  readonly dLogits: Float64Array;
  /** [T][B][H], gradient of the loss before the tanh. */
  readonly dHidden: Float64Array;
}

export class ReferenceEngine implements Engine {
  readonly name = "reference";
  readonly threads = 1;
  readonly shape: Shape;
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
  readonly parameters: Float64Array;
  readonly gradients: Float64Array;
  readonly state: Float64Array;
  readonly predictions: Int32Array;
  readonly moments: Moments;
  readonly firstMoment: Float64Array;
  readonly secondMoment: Float64Array;
  updates = 0;
  readonly #constants = new Float64Array(CONSTANTS);
  #draws = new Generator(0, STREAM_OF_DRAWS);
  /** [T][B][V], logits until the softmax. */
  readonly #probabilities: Float64Array;
  /** [T+1][B][H], row 0 is `state` before the step. */
  readonly #hidden: Float64Array;
  /** [T][B][V] */
  readonly #dLogits: Float64Array;
  /** [T][B][H], gradient before the tanh. */
  readonly #dHidden: Float64Array;
  // Element offsets of the tensors in both arenas.
  readonly #Wxh: number;
  readonly #Whh: number;
  readonly #Why: number;
  readonly #bh: number;
  readonly #by: number;

  constructor(shape: Shape, moments: Moments = 0) {
    const { V, H, T, B } = shape;
    const count = parameterCount(shape);
    const numbers =
      (2 + (moments & FIRST ? 1 : 0) + (moments & SECOND ? 1 : 0)) * count +
      (2 * T + 2) * B * H +
      2 * T * B * V +
      T * B;
    if (8 * numbers > MEMORY_LIMIT) throw memoryError(shape, 8 * numbers);
    this.shape = shape;
    this.inputs = new Int32Array(T * B);
    this.targets = new Int32Array(T * B);
    this.parameters = new Float64Array(count);
    this.gradients = new Float64Array(count);
    this.moments = moments;
    this.firstMoment = new Float64Array(moments & FIRST ? count : 0);
    this.secondMoment = new Float64Array(moments & SECOND ? count : 0);
    this.state = new Float64Array(B * H);
    this.#probabilities = new Float64Array(T * B * V);
    this.predictions = new Int32Array(T * B);
    this.#hidden = new Float64Array((T + 1) * B * H);
    this.#dLogits = new Float64Array(T * B * V);
    this.#dHidden = new Float64Array(T * B * H);
    const offsets = parametersOf(shape).map((parameter) => parameter.offset);
    [this.#Wxh, this.#Whh, this.#Why, this.#bh, this.#by] = offsets as [
      number,
      number,
      number,
      number,
      number,
    ];
  }

  initialize(seed: number, initial: Initial): void {
    initialize(this.parameters, this.shape, seed, initial);
    this.firstMoment.fill(0);
    this.secondMoment.fill(0);
    this.updates = 0;
    this.seedDraws(seed);
  }

  step(rule: UpdateRule): StepResult {
    checkMoments(this, momentsOf(rule), rule.optimizer);
    writeConstants(rule, this.shape, this.updates, this.#constants);
    const { loss, correct } = this.#forward();
    const result = (outcome: Outcome, gradNorm: number) => ({ outcome, loss, correct, gradNorm });
    if (!Number.isFinite(loss)) return result("loss not finite", 0);
    this.#lossBackward(this.#constants[0] as number);
    this.#hiddenBackward();
    this.#parameterGradients();
    const gradNorm = gradientNorm(this.gradients, this.shape);
    if (!Number.isFinite(gradNorm)) return result("gradient not finite", gradNorm);
    if (!update(this, this.#constants, gradNorm)) return result("update not finite", gradNorm);
    this.#carryState();
    this.updates++;
    return result("done", gradNorm);
  }

  evaluate(): StepResult {
    const { loss, correct } = this.#forward();
    const finite = Number.isFinite(loss);
    if (finite) this.#carryState();
    return { outcome: finite ? "done" : "loss not finite", loss, correct, gradNorm: 0 };
  }

  probabilities(): Float64Array {
    return this.#probabilities.slice();
  }

  /** What the last step computed on its way; views that the next step overwrites. */
  get activations(): Activations {
    return {
      hidden: this.#hidden,
      probabilities: this.#probabilities,
      dLogits: this.#dLogits,
      dHidden: this.#dHidden,
    };
  }

  seedDraws(seed: number): void {
    this.#draws = new Generator(seed, STREAM_OF_DRAWS);
  }

  draw(row: number, rule: DrawRule): number {
    const { V, T, B } = this.shape;
    const at = ((T - 1) * B + row) * V;
    return draw(this.#probabilities.subarray(at, at + V), rule, this.#draws);
  }

  close(): void {}

  #forward(): { loss: number; correct: number } {
    this.#hiddenForward();
    this.#logitsForward();
    return this.#lossForward();
  }

  /** h_t = tanh(Wxh[:,x_t] + bh + Whh·h_{t-1}). */
  #hiddenForward(): void {
    const { V, H, T, B } = this.shape;
    const { parameters, inputs } = this;
    const hidden = this.#hidden;
    hidden.set(this.state);
    for (let p = 0; p < T * B; p++) {
      const x = inputs[p] as number;
      const before = p * H;
      const now = (p + B) * H;
      for (let i = 0; i < H; i++) {
        hidden[now + i] =
          (parameters[this.#Wxh + i * V + x] as number) + (parameters[this.#bh + i] as number);
      }
      addProduct(hidden, now, parameters, this.#Whh, H, H, hidden, before);
      for (let i = 0; i < H; i++) hidden[now + i] = tanh(hidden[now + i] as number);
    }
  }

  /** logits_t = by + Why·h_t. */
  #logitsForward(): void {
    const { V, H, T, B } = this.shape;
    const { parameters } = this;
    const probabilities = this.#probabilities;
    for (let p = 0; p < T * B; p++) {
      for (let v = 0; v < V; v++) probabilities[p * V + v] = parameters[this.#by + v] as number;
      addProduct(probabilities, p * V, parameters, this.#Why, V, H, this.#hidden, (p + B) * H);
    }
  }

  /** Softmax, predictions and the mean loss in nats per character. */
  #lossForward(): { loss: number; correct: number } {
    const { V, T, B } = this.shape;
    const { predictions, targets } = this;
    const probabilities = this.#probabilities;
    let total = 0;
    let correct = 0;
    for (let p = 0; p < T * B; p++) {
      const row = p * V;
      let highest = probabilities[row] as number;
      for (let v = 1; v < V; v++) highest = Math.max(highest, probabilities[row + v] as number);
      let sum = 0;
      for (let v = 0; v < V; v++) {
        const e = exp((probabilities[row + v] as number) - highest);
        probabilities[row + v] = e;
        sum += e;
      }
      let best = 0;
      let bestProbability = 0;
      for (let v = 0; v < V; v++) {
        const probability = (probabilities[row + v] as number) / sum;
        probabilities[row + v] = probability;
        if (probability > bestProbability) {
          bestProbability = probability;
          best = v;
        }
      }
      const target = targets[p] as number;
      predictions[p] = best;
      if (best === target) correct++;
      const probability = probabilities[row + target] as number;
      total += -log(Math.min(Math.max(probability, LOWEST_PROBABILITY), HIGHEST_PROBABILITY));
    }
    return { loss: total / (T * B), correct };
  }

  /** dLogits = (p - onehot(target))·scale. */
  #lossBackward(scale: number): void {
    const { V, T, B } = this.shape;
    const dLogits = this.#dLogits;
    for (let p = 0; p < T * B; p++) {
      const target = this.targets[p] as number;
      for (let v = 0; v < V; v++) {
        const onehot = v === target ? 1 : 0;
        dLogits[p * V + v] = ((this.#probabilities[p * V + v] as number) - onehot) * scale;
      }
    }
  }

  /** dHidden_t = (Whyᵀ·dLogits_t + Whhᵀ·dHidden_{t+1})·(1 - h_t²). */
  #hiddenBackward(): void {
    const { V, H, T, B } = this.shape;
    const { parameters } = this;
    const dHidden = this.#dHidden;
    dHidden.fill(0);
    for (let p = T * B - 1; p >= 0; p--) {
      const now = p * H;
      addTransposedProduct(dHidden, now, parameters, this.#Why, V, H, this.#dLogits, p * V);
      if (p < (T - 1) * B) {
        addTransposedProduct(dHidden, now, parameters, this.#Whh, H, H, dHidden, (p + B) * H);
      }
      for (let k = 0; k < H; k++) {
        const h = this.#hidden[(p + B) * H + k] as number;
        dHidden[now + k] = (dHidden[now + k] as number) * (1 - h * h);
      }
    }
  }

  /** Gradients of all parameters, over t, then b, upwards. */
  #parameterGradients(): void {
    const { V, H, T, B } = this.shape;
    const { gradients } = this;
    const hidden = this.#hidden;
    const dHidden = this.#dHidden;
    const dLogits = this.#dLogits;
    gradients.fill(0);
    for (let p = 0; p < T * B; p++) {
      addOuterProduct(gradients, this.#Why, V, H, dLogits, p * V, hidden, (p + B) * H);
      addOuterProduct(gradients, this.#Whh, H, H, dHidden, p * H, hidden, p * H);
      addRow(gradients, this.#by, 1, dLogits, p * V, V);
      addRow(gradients, this.#bh, 1, dHidden, p * H, H);
      addRow(gradients, this.#Wxh + (this.inputs[p] as number), V, dHidden, p * H, H);
    }
  }

  #carryState(): void {
    this.state.set(this.#hidden.subarray(-this.state.length));
  }
}
