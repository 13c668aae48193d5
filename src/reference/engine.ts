// The same mathematics as the core in plain TypeScript: typed arrays, allocated once, every sum in
// the same order, so that its parameters equal the core's bit for bit. The other side of the bench.

import type { Engine, Outcome, StepResult, UpdateRule } from "../model/engine.ts";
import {
  MEMORY_LIMIT,
  memoryError,
  parameterCount,
  parametersOf,
  type Shape,
} from "../model/shape.ts";
import { exp, log, tanh } from "./elementary.ts";
import { addOuterProduct, addProduct, addTransposedProduct } from "./products.ts";
import { Generator } from "./random.ts";

const LOWEST_PROBABILITY = 1e-9;
const HIGHEST_PROBABILITY = 1 - 1e-9;

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

  constructor(shape: Shape) {
    const { V, H, T, B } = shape;
    const count = parameterCount(shape);
    const numbers = 2 * count + (2 * T + 2) * B * H + 2 * T * B * V + T * B;
    if (8 * numbers > MEMORY_LIMIT) throw memoryError(shape, 8 * numbers);
    this.shape = shape;
    this.inputs = new Int32Array(T * B);
    this.targets = new Int32Array(T * B);
    this.parameters = new Float64Array(count);
    this.gradients = new Float64Array(count);
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

  initialize(seed: number, deviation: number): void {
    const generator = new Generator(seed);
    this.parameters.fill(0);
    for (let i = 0; i < this.#bh; i++) this.parameters[i] = deviation * generator.normal();
  }

  step({ learningRate, clipValue, reduction }: UpdateRule): StepResult {
    const { T, B } = this.shape;
    const { loss, correct } = this.#forward();
    const result = (outcome: Outcome, gradNorm: number) => ({ outcome, loss, correct, gradNorm });
    if (!Number.isFinite(loss)) return result("loss not finite", 0);
    this.#lossBackward(1 / (reduction === "mean" ? T * B : B));
    this.#hiddenBackward();
    this.#parameterGradients();
    const gradNorm = this.#gradientNorm();
    if (!Number.isFinite(gradNorm)) return result("gradient not finite", gradNorm);
    const bound = clipValue === 0 ? Number.POSITIVE_INFINITY : clipValue;
    if (!this.#update(learningRate, bound)) return result("update not finite", gradNorm);
    this.#carryState();
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

  /** Global L2 norm: a sum of squares for each row of each tensor, added in row order. */
  #gradientNorm(): number {
    let total = 0;
    for (const { shape, offset, length } of parametersOf(this.shape)) {
      const columns = shape.at(-1) as number;
      for (let row = offset; row < offset + length; row += columns) {
        let partial = 0;
        for (let i = row; i < row + columns; i++) {
          partial += (this.gradients[i] as number) * (this.gradients[i] as number);
        }
        total += partial;
      }
    }
    return Math.sqrt(total);
  }

  /** SGD with clipping by value; changes nothing unless every new parameter is finite. */
  #update(learningRate: number, bound: number): boolean {
    const { parameters, gradients } = this;
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < parameters.length; i++) {
        const clipped = Math.max(Math.min(gradients[i] as number, bound), -bound);
        const value = (parameters[i] as number) - learningRate * clipped;
        if (pass === 1) parameters[i] = value;
        else if (!Number.isFinite(value)) return false;
      }
    }
    return true;
  }

  #carryState(): void {
    this.state.set(this.#hidden.subarray(-this.state.length));
  }
}

/** out[outAt + i·stride] += row[rowAt + i] for `length` elements. */
function addRow(
  out: Float64Array,
  outAt: number,
  stride: number,
  row: Float64Array,
  rowAt: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) {
    out[outAt + i * stride] = (out[outAt + i * stride] as number) + (row[rowAt + i] as number);
  }
}
