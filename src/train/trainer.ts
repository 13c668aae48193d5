// The epoch loop: loads batches, calls the engine once a step, evaluates, goes back where training
// diverges, yields a record each step. Its state can be taken after any step and given back, and the
// run goes on as if it had never stopped.

import { type Dataset, loadBatch } from "../data/dataset.ts";
import type { UpdateRule } from "../engine/optimizer.ts";
import type { Reals } from "../engine/precision.ts";
import type { Model } from "../model/model.ts";
import type { Evaluation, StepRecord } from "../model/record.ts";
import type { Progress, StateArrays, TrainingState } from "../model/state.ts";
import { ConfigError } from "../settings/check.ts";
import { DivergenceError, faultOf, isGood, recentLoss } from "./divergence.ts";
import { checkDataset, evaluating } from "./evaluation.ts";
import { learningRateAt } from "./schedule.ts";

const GOOD_EVERY = 100; // steps between the states that a divergence goes back to

/**
 * A run that can be stopped after any step and gone on with: its `state` is all that decides how it goes on.
 * `train` is the short way.
 */
export class Trainer {
  readonly model: Model;
  readonly #dataset: Dataset;
  readonly #validation: Dataset | undefined;
  readonly #progress: Progress = {
    step: 0,
    updates: 0,
    rateScale: 1,
    rollbacks: 0,
    best: null,
    misses: 0,
    recent: null,
    good: null,
    pending: null,
  };
  /** Copies: of the best weights and of the last good state. */
  #kept: Record<string, Reals> = {};
  /** Of the step in work; kept here, since a lost thread can end it and it is then done again. */
  #rolledBack: StepRecord["rolledBack"];
  /** Whether the engine's arrays and the progress are of the same moment. */
  #isWhole = true;

  /**
   * @throws {DataError} if a dataset does not have the model's shape and vocabulary.
   * @throws {ConfigError} for evaluations that are asked for without validation data.
   */
  constructor(model: Model, dataset: Dataset, validation?: Dataset) {
    checkDataset(model, dataset);
    if (validation) checkDataset(model, validation);
    else expectNoValidation(model.config);
    this.model = model;
    this.#dataset = dataset;
    this.#validation = validation;
  }

  /** Steps of the whole run. */
  get steps(): number {
    return this.model.config.epochs * this.#dataset.stepsPerEpoch;
  }

  /** Of the next step. */
  get learningRate(): number {
    const { step, rateScale } = this.#progress;
    const epoch = Math.floor(step / this.#dataset.stepsPerEpoch);
    return rateScale * learningRateAt(this.model.config, { step, epoch, steps: this.steps });
  }

  get progress(): Readonly<Progress> {
    this.#progress.updates = this.model.engine.updates;
    return this.#progress;
  }

  /** The weights of the best evaluation, as an arena; undefined before the first. */
  get bestParameters(): Reals | undefined {
    return this.#kept["best.parameters"];
  }

  /** All that decides how the run goes on. The arrays are the trainer's own: copy what is kept. */
  get state(): TrainingState {
    return { progress: this.progress, arrays: { ...this.#live(), ...this.#kept } };
  }

  /** Whether the state is one to go on from, whatever error has ended the run. */
  get isSound(): boolean {
    const arrays = Object.values(this.state.arrays);
    return this.#isWhole && arrays.every((array) => array.every(Number.isFinite));
  }

  /** Takes the state of another trainer of the same configuration and text; a `run` goes on from it. */
  set state({ progress, arrays }: TrainingState) {
    const { engine } = this.model;
    for (const [name, array] of Object.entries(this.#live())) array.set(arrays[name] ?? []);
    const kept = Object.entries(arrays).filter(([name]) => name.includes("."));
    this.#kept = Object.fromEntries(kept.map(([name, array]) => [name, array.slice()]));
    Object.assign(this.#progress, progress);
    engine.updates = progress.updates;
  }

  /**
   * Goes on to the end of the run. Yields undefined between the parts of an evaluation, which takes
   * longer than a step. Stop by leaving the loop, at either; the model stays as the last step left
   * it, and an evaluation that was cut short is done again first when the run goes on.
   * @throws {DivergenceError} when training has diverged and may not go back.
   * @throws {DataError} for a token id beyond the vocabulary.
   * @throws {TeamError} if a thread was lost: after the engine's `disband`, `run` goes on from there.
   */
  *run(): Generator<StepRecord | undefined, void, void> {
    const { config } = this.model;
    const progress = this.#progress;
    const step = this.#stepper();
    for (;;) {
      if (progress.pending) {
        const validation = yield* this.#validate();
        const record = { ...progress.pending, validation };
        progress.pending = null;
        yield record;
      }
      const isSpent = config.patience > 0 && progress.misses >= config.patience;
      if (isSpent || progress.step >= this.steps) return;
      const record = step();
      if (this.#isTime(progress.step)) progress.pending = record;
      else yield record;
    }
  }

  /** What does a step, going back as often as training diverges, and counts from now. */
  #stepper(): () => StepRecord {
    const { config, engine } = this.model;
    const { T, B, V } = engine.shape;
    const perEpoch = this.#dataset.stepsPerEpoch;
    const progress = this.#progress;
    const guarded = config.onDivergence === "rollback";
    const rule: { -readonly [Name in keyof UpdateRule]: UpdateRule[Name] } = { ...config };
    const began = performance.now();
    let taken = 0;
    return () => {
      for (;;) {
        const { step } = progress;
        const epoch = Math.floor(step / perEpoch);
        // The state first: done again after a lost thread, all of this comes to the same.
        if (step % perEpoch === 0 || !config.carryState) engine.state.fill(0);
        const isTime = step % GOOD_EVERY === 0 || !progress.good;
        if (guarded && isTime && isGood(progress.recent, V)) this.#keepGood();
        loadBatch(this.#dataset, step % perEpoch, engine);
        rule.learningRate = this.learningRate;
        const { outcome, loss, correct, gradNorm } = engine.step(rule);
        this.#isWhole = outcome !== "done"; // else it has changed, and the progress not yet
        const recent = recentLoss(progress.recent, loss);
        const reason = guarded || outcome !== "done" ? faultOf(outcome, recent, V) : undefined;
        if (reason !== undefined) {
          this.#rolledBack = this.#goBack(reason, epoch, rule.learningRate);
          continue;
        }
        progress.recent = recent;
        progress.step++;
        this.#isWhole = true;
        taken++;
        const rolledBack = this.#rolledBack;
        this.#rolledBack = undefined;
        const seconds = (performance.now() - began) / 1000;
        return {
          step,
          epoch,
          loss,
          accuracy: correct / (T * B),
          gradNorm,
          learningRate: rule.learningRate,
          charsPerSecond: seconds > 0 ? (taken * T * B) / seconds : 0,
          ...(rolledBack && { rolledBack }),
        };
      }
    };
  }

  /** Whether to evaluate after `done` steps. */
  #isTime(done: number): boolean {
    if (!this.#validation) return false;
    const every = this.model.config.evalEvery || this.#dataset.stepsPerEpoch;
    return done % every === 0 || done === this.steps;
  }

  *#validate(): Generator<undefined, Evaluation & { best: boolean }, void> {
    const { engine } = this.model;
    const evaluation = yield* evaluating(this.model, this.#validation as Dataset);
    const progress = this.#progress;
    const best = !(progress.best && progress.best.loss <= evaluation.loss);
    progress.misses = best ? 0 : progress.misses + 1;
    if (best) {
      progress.best = { step: progress.step, loss: evaluation.loss };
      this.#keep("best.parameters", engine.parameters);
    }
    return { ...evaluation, best };
  }

  /** What the engine holds that decides how it goes on. */
  #live(): StateArrays {
    const { parameters, firstMoment, secondMoment, state } = this.model.engine;
    return { parameters, firstMoment, secondMoment, state };
  }

  #keep(name: string, array: Reals): void {
    const kept = this.#kept[name];
    if (kept) kept.set(array);
    else this.#kept[name] = array.slice();
  }

  #keepGood(): void {
    for (const [name, array] of Object.entries(this.#live())) this.#keep(`good.${name}`, array);
    const { step, updates, recent, misses } = this.progress;
    this.#progress.good = { step, updates, recent, misses };
  }

  /** Back to the last good state with half the learning rate. @throws {DivergenceError} */
  #goBack(reason: string, epoch: number, learningRate: number): StepRecord["rolledBack"] {
    const progress = this.#progress;
    const { config, engine } = this.model;
    const { good, step } = progress;
    if (good) {
      for (const [name, array] of Object.entries(this.#live())) {
        array.set(this.#kept[`good.${name}`] ?? []); // empty arrays are not saved
      }
      progress.step = good.step;
      progress.recent = good.recent;
      // Evaluations that are to be done again are not yet misses.
      progress.misses = (progress.best?.step ?? 0) > good.step ? 0 : good.misses;
      engine.updates = good.updates;
      this.#isWhole = true;
    }
    if (!good || progress.rollbacks >= config.maxRollbacks) {
      throw new DivergenceError(reason, epoch, step, learningRate);
    }
    progress.rollbacks++;
    progress.rateScale /= 2;
    return { from: step, reason };
  }
}

/** @throws {ConfigError} for a setting that only validation data gives an effect. */
function expectNoValidation(config: Model["config"]): void {
  for (const name of ["evalEvery", "patience"] as const) {
    if (config[name] === 0) continue;
    throw new ConfigError(
      name,
      "expected validation data, without which it has no effect, got none; give some, or leave it out",
    );
  }
}
