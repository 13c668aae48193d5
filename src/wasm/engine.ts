// The engine that runs the AssemblyScript core: one model, one instance for each thread, one call
// per step.

import {
  checkMasks,
  checkRule,
  type DrawRule,
  type Engine,
  OUTCOMES,
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
import { type Reals, realsOf } from "../engine/precision.ts";
import { splitSeed } from "../engine/seed.ts";
import {
  MEMORY_LIMIT,
  memoryError,
  parameterCount,
  type Shape,
  stateLength,
} from "../engine/shape.ts";
import { TeamError } from "../engine/team-error.ts";
import { ClosedError } from "../outside/errors.ts";
import type { Initial } from "../settings/initial.ts";
import { type CoreExports, type CoreSource, instantiateCore, measure } from "./instantiate.ts";
import { Pace } from "./pace.ts";
import type { RankJob, RankWorker } from "./rank.ts";
import { patienceFor, startRanks } from "./team.ts";

const PAGE = 65536; // bytes
const TEAM_LOST = 4; // the core's code besides those of OUTCOMES
// Order of `statistics` in assembly/layout.ts.
const LOSS = 0;
const CORRECT = 1;
const GRADIENT_NORM = 2;

/** Ends the threads of an engine that was dropped without being closed; some places have no such thing. */
const DROPPED =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry<{ core: CoreExports; workers: readonly RankWorker[] }>(
        ({ core, workers }) => void endRanks(core, workers),
      );

export class WasmEngine implements Engine {
  readonly name = "wasm";
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
  /** The core's own exports, for tests and benchmarks. */
  readonly core: CoreExports;
  readonly #statistics: Float64Array;
  readonly #rule: Float64Array;
  #threads: number;
  /** Ranks 1 and up; empty for one thread and once they were ended. */
  #workers: readonly RankWorker[];
  /** Settles when those that were ended can no longer touch the memory. */
  #ended: Promise<unknown> = Promise.resolve();
  readonly #patience: number;
  /** How many threads take part; absent where all do. */
  #pace: Pace | undefined;

  private constructor(
    shape: Shape,
    moments: Moments,
    core: CoreExports,
    workers: readonly RankWorker[],
  ) {
    const { T, B } = shape;
    const { buffer } = core.memory;
    // Addresses are i32, negative from 2 GiB on.
    const f64 = (address: WebAssembly.Global, length: number) =>
      new Float64Array(buffer, address.value >>> 0, length);
    const Numbers = realsOf(shape);
    const reals = (address: WebAssembly.Global, length: number) =>
      new Numbers(buffer, address.value >>> 0, length);
    const i32 = (address: WebAssembly.Global, length: number) =>
      new Int32Array(buffer, address.value >>> 0, length);
    this.shape = shape;
    this.core = core;
    this.#threads = workers.length + 1;
    this.#workers = workers;
    this.#patience = patienceFor(shape);
    this.inputs = i32(core.inputs, T * B);
    this.targets = i32(core.targets, T * B);
    this.parameters = reals(core.parameters, parameterCount(shape));
    this.gradients = reals(core.gradients, parameterCount(shape));
    this.state = reals(core.state, stateLength(shape));
    this.predictions = i32(core.predictions, T * B);
    this.losses = reals(core.losses, T * B);
    this.moments = moments;
    this.firstMoment = reals(core.firstMoment, moments & FIRST ? parameterCount(shape) : 0);
    this.secondMoment = reals(core.secondMoment, moments & SECOND ? parameterCount(shape) : 0);
    this.#rule = f64(core.rule, CONSTANTS);
    this.#statistics = f64(core.statistics, GRADIENT_NORM + 1);
    if (workers.length > 0) DROPPED?.register(this, { core, workers }, this);
    this.seedDraws(0);
  }

  /**
   * Instantiates `source` for one thread and reserves all the memory that `shape` needs.
   * @throws {MemoryError} if the model does not fit into memory.
   */
  static async create(shape: Shape, source: CoreSource, moments: Moments = 0): Promise<WasmEngine> {
    const core = reserved(shape, moments, 1, await instantiateCore(source));
    return new WasmEngine(shape, moments, core, []);
  }

  /**
   * The same on a team of `ranks` threads; `module` is a `team` build.
   * @throws {MemoryError} if the model does not fit into memory; whatever keeps a worker from starting.
   */
  static async createTeam(
    shape: Shape,
    module: WebAssembly.Module,
    ranks: number,
    start: (job: RankJob) => RankWorker,
    moments: Moments = 0,
  ): Promise<WasmEngine> {
    const smallest = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const planner = await instantiateCore(module, smallest);
    measure(planner, shape);
    const bytes = planner.memoryBytes(moments, ranks);
    if (bytes > MEMORY_LIMIT) throw memoryError(shape, bytes);
    const pages = Math.ceil(bytes / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const core = reserved(shape, moments, ranks, await instantiateCore(module, memory));
    const job = { module, memory, shape, moments, ranks, patience: patienceFor(shape) };
    return new WasmEngine(shape, moments, core, await startRanks(job, start));
  }

  get threads(): number {
    return this.#threads;
  }

  initialize(seed: number, { kind, size, forgetBias = 0 }: Initial): void {
    this.#expectOpen("initialize");
    const [low, high] = splitSeed(seed);
    this.core.initialize(low, high, kind, size, forgetBias);
    this.firstMoment.fill(0);
    this.secondMoment.fill(0);
    this.updates = 0;
    this.seedDraws(seed);
  }

  step(rule: UpdateRule): StepResult {
    this.#expectOpen("step");
    this.setRule(rule);
    const result = this.#pace?.timed((active) => this.#train(active)) ?? this.#train();
    if (result.outcome === "done") this.updates++;
    return result;
  }

  gradientsOf(rule: UpdateRule): StepResult {
    this.#expectOpen("gradientsOf");
    this.setRule(rule);
    return this.#result(() => this.core.gradientsOf(this.#patience));
  }

  /** A step in which `active` ranks take part, or those of the call before. */
  #train(active?: number): StepResult {
    if (active !== undefined) this.core.setActive(active);
    return this.#result(() => this.core.trainStep(this.#patience));
  }

  /** From now on as many of the team's threads take part in a step as pay, measured as it goes. */
  adapt(): void {
    if (this.#workers.length > 0) this.#pace = new Pace(this.#threads);
  }

  /** Writes the constants of the next update, for `step` and for benchmarks of single phases. */
  setRule(rule: UpdateRule): void {
    checkRule(this, rule);
    writeConstants(rule, this.shape, this.updates, this.#rule);
  }

  evaluate(hasSameWeights = false): StepResult {
    this.#expectOpen("evaluate");
    const isPacked = hasSameWeights ? 1 : 0;
    return this.#result(() => this.core.evaluate(this.#patience, isPacked));
  }

  probabilities(): Float64Array {
    this.#expectOpen("probabilities");
    const { V, T, B } = this.shape;
    const { core } = this;
    const all = new Float64Array(T * B * V);
    for (let p = 0; p < T * B; p++) {
      for (let v = 0; v < V; v++) all[p * V + v] = core.probabilityAt(p, v);
    }
    return all;
  }

  seedDraws(seed: number): void {
    const [low, high] = splitSeed(seed);
    this.core.seedDraws(low, high);
  }

  draw(row: number, { temperature, topK, topP }: DrawRule): number {
    this.#expectOpen("draw");
    return this.core.draw(row, temperature, Math.min(topK, this.shape.V), topP); // an i32
  }

  holdMasks(masks: Float64Array | null): void {
    checkMasks(this, masks);
    const { H, T, B } = this.shape;
    this.core.holdMasks(masks === null ? 0 : 1); // rank 0's: for one thread
    masks?.forEach((factor, i) => {
      const row = Math.floor(i / H);
      this.core.setMask(Math.floor(row / (T * B)), row % (T * B), i % H, factor);
    });
  }

  /**
   * Ends the other threads, lost ones too, and goes on with the caller's: the same arrays, the same bits.
   * @throws {Error} in a page where a worker's end cannot be known; then make another model.
   */
  async disband(): Promise<void> {
    this.#endRanks();
    await this.#ended; // a rank that is late must write no more
    this.#threads = 1;
  }

  close(): void {
    this.isClosed = true;
    this.#endRanks();
  }

  /** @throws {ClosedError} */
  #expectOpen(call: string): void {
    if (this.isClosed) throw new ClosedError(call);
  }

  /** Makes the core's call and reads what it left. @throws {TeamError} if a thread was lost. */
  #result(call: () => number): StepResult {
    if (this.#threads > 1 && this.#workers.length === 0) throw new TeamError(this.#patience);
    this.#statistics[GRADIENT_NORM] = 0; // where the call comes to no gradient
    let code = TEAM_LOST;
    try {
      code = call();
    } finally {
      if (code === TEAM_LOST) this.#endRanks();
    }
    if (code === TEAM_LOST) throw new TeamError(this.#patience);
    const statistics = this.#statistics;
    const loss = statistics[LOSS] as number;
    const correct = statistics[CORRECT] as number;
    const gradNorm = statistics[GRADIENT_NORM] as number;
    return { outcome: OUTCOMES[code] as Outcome, loss, correct, gradNorm };
  }

  /** Ends the other ranks, if there are any. */
  #endRanks(): void {
    if (this.#workers.length === 0) return;
    this.#pace = undefined;
    this.#ended = endRanks(this.core, this.#workers);
    this.#workers = [];
    DROPPED?.unregister(this);
  }
}

/**
 * Frees ranks from a barrier that they may stand at, and ends them. @returns settles when they can no longer
 * touch the memory; whoever cares for its failure asks.
 */
function endRanks(core: CoreExports, workers: readonly RankWorker[]): Promise<unknown> {
  core.giveUp();
  core.stop();
  const ended = Promise.all(workers.map((worker) => worker.terminate()));
  ended.catch(() => {});
  return ended;
}

/** Reserves a model's memory. @throws {MemoryError} if it does not fit. */
function reserved(shape: Shape, moments: Moments, ranks: number, core: CoreExports): CoreExports {
  measure(core, shape);
  const bytes = core.memoryBytes(moments, ranks);
  if (!core.reserve(moments, ranks)) throw memoryError(shape, bytes);
  return core;
}
