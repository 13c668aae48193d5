// The engine that runs the AssemblyScript core: one model, one instance, one call per step.

import {
  type Engine,
  OUTCOMES,
  type Outcome,
  type StepResult,
  type UpdateRule,
} from "../model/engine.ts";
import { splitSeed } from "../model/seed.ts";
import { parameterCount, type Shape } from "../model/shape.ts";
import { type CoreExports, type CoreSource, instantiateCore } from "./instantiate.ts";

const GIB = 2 ** 30;
// Order of `statistics` in assembly/layout.ts.
const LOSS = 0;
const CORRECT = 1;
const GRADIENT_NORM = 2;

export class WasmEngine implements Engine {
  readonly name = "wasm";
  readonly threads = 1;
  readonly shape: Shape;
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
  readonly parameters: Float64Array;
  readonly gradients: Float64Array;
  readonly state: Float64Array;
  readonly predictions: Int32Array;
  /** The core's own exports, for tests and benchmarks. */
  readonly core: CoreExports;
  readonly #statistics: Float64Array;

  private constructor(shape: Shape, core: CoreExports) {
    const { H, T, B } = shape;
    const { buffer } = core.memory;
    const f64 = (address: WebAssembly.Global, length: number) =>
      new Float64Array(buffer, address.value, length);
    const i32 = (address: WebAssembly.Global, length: number) =>
      new Int32Array(buffer, address.value, length);
    this.shape = shape;
    this.core = core;
    this.inputs = i32(core.inputs, T * B);
    this.targets = i32(core.targets, T * B);
    this.parameters = f64(core.parameters, parameterCount(shape));
    this.gradients = f64(core.gradients, parameterCount(shape));
    this.state = f64(core.state, B * H);
    this.predictions = i32(core.predictions, T * B);
    this.#statistics = f64(core.statistics, GRADIENT_NORM + 1);
  }

  /**
   * Instantiates `source` and reserves all the memory that `shape` needs.
   * @throws {RangeError} if the model does not fit into memory.
   */
  static async create(shape: Shape, source: CoreSource): Promise<WasmEngine> {
    const { V, H, T, B } = shape;
    const core = await instantiateCore(source);
    const bytes = core.memoryBytes(V, H, T, B);
    if (!core.reserve(V, H, T, B)) {
      throw new RangeError(
        `memory: expected a model of at most 4 GiB, got ${(bytes / GIB).toFixed(1)} GiB for V ${V}, H ${H}, T ${T}, B ${B}; use fewer hidden units or a shorter text`,
      );
    }
    return new WasmEngine(shape, core);
  }

  initialize(seed: number, deviation: number): void {
    const [low, high] = splitSeed(seed);
    this.core.initialize(low, high, deviation);
  }

  step({ learningRate, clipValue, reduction }: UpdateRule): StepResult {
    const bound = clipValue === 0 ? Number.POSITIVE_INFINITY : clipValue;
    const { T, B } = this.shape;
    const scale = 1 / (reduction === "mean" ? T * B : B);
    return this.#result(this.core.trainStep(learningRate, bound, scale));
  }

  evaluate(): StepResult {
    this.#statistics[GRADIENT_NORM] = 0;
    return this.#result(this.core.evaluate());
  }

  probabilities(): Float64Array {
    const { V, T, B } = this.shape;
    const { core } = this;
    return Float64Array.from({ length: T * B * V }, (_, i) =>
      core.probabilityAt(Math.floor(i / V), i % V),
    );
  }

  close(): void {}

  #result(code: number): StepResult {
    const outcome = OUTCOMES[code] as Outcome;
    const statistics = this.#statistics;
    const loss = statistics[LOSS] as number;
    const correct = statistics[CORRECT] as number;
    const gradNorm = statistics[GRADIENT_NORM] as number;
    return { outcome, loss, correct, gradNorm };
  }
}
