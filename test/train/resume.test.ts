// Stopped after any step, saved, loaded and resumed: the bits of a run that never stopped.

import { describe, expect, test } from "vitest";
import { sha256 } from "../../src/checkpoint/sha256.ts";
import {
  type Config,
  completeConfig,
  corpusOf,
  createModel,
  loadTraining,
  type Reals,
  saveTraining,
  splitCorpus,
  TEXT_DEFAULTS,
  Trainer,
  weightsOf,
} from "../../src/index.ts";
import { recordsOf } from "../support.ts";

const TEXT = "the quick brown fox jumps over the lazy dog; ".repeat(12);
const STEPS = 60;

/** A trainer on TEXT, new. */
async function trainerOf(settings: Partial<Config>): Promise<Trainer> {
  const small = { hiddenSize: 9, seqLength: 7, batchSize: 3, epochs: 3, evalEvery: 7 };
  const config = completeConfig({ ...small, ...settings }, TEXT_DEFAULTS);
  const { training, validation } = splitCorpus(corpusOf(TEXT, config), config);
  const model = await createModel(training, config);
  return new Trainer(model, training, validation);
}

/** Runs until `stop` steps are done in all. @returns the records. */
function runTo(trainer: Trainer, stop: number): unknown[] {
  const records: unknown[] = [];
  for (const { charsPerSecond, ...record } of recordsOf(trainer)) {
    records.push(record);
    if (trainer.progress.step >= stop) break;
  }
  return records;
}

/** The state of a run through the bytes of its file into a new trainer. */
async function resumed(trainer: Trainer, settings: Partial<Config>): Promise<Trainer> {
  const file = await saveTraining(trainer.model, {
    state: trainer.state,
    textSha256: "x",
    history: {},
    logs: {},
  });
  const next = await trainerOf(settings);
  const { state } = await loadTraining(file);
  next.state = state;
  return next;
}

/** Weights that are sure of one character: the next loss explodes. */
function spoil({ model }: Trainer): void {
  weightsOf(model.engine).by[0] = 1000;
}

const hashOf = ({ model }: Trainer) => sha256(model.engine.parameters);

const OPTIMIZERS: [name: string, settings: Partial<Config>][] = [
  ["sgd", { optimizer: "sgd", learningRate: 0.3 }],
  ["momentum", { optimizer: "sgd", momentum: 0.9, learningRate: 0.1 }],
  ["adagrad", { optimizer: "adagrad", learningRate: 0.05 }],
  ["rmsprop", { optimizer: "rmsprop", schedule: "cosine", warmupSteps: 5 }],
  ["rnn", { layers: 2, dropout: 0.3 }],
  ["gru", { cell: "gru", layers: 2, dropout: 0.3, optimizer: "adamw" }],
  ["lstm", { cell: "lstm", layers: 2, dropout: 0.3, forgetBias: 1 }],
  ["adam", { schedule: "step", decayAfter: 1, decayRate: 0.5 }],
];

describe("resume", () => {
  test.each(OPTIMIZERS)("%s: after every step from 1 to 60", async (_, settings) => {
    const whole = await trainerOf(settings);
    const records = runTo(whole, STEPS);
    const expected = await hashOf(whole);
    for (let step = 1; step <= STEPS; step++) {
      const first = await trainerOf(settings);
      const before = runTo(first, step);
      const second = await resumed(first, settings);
      const after = step < STEPS ? runTo(second, STEPS) : [];
      expect([...before, ...after]).toEqual(records);
      expect(await hashOf(second), `stopped after ${step}`).toBe(expected);
      expect(second.progress).toEqual(whole.progress);
      expect(second.bestParameters).toEqual(whole.bestParameters);
    }
  });

  test("within an evaluation, which is then done first", async () => {
    const settings = { patience: 2, learningRate: 0.2, schedule: "constant" } as const;
    const whole = await trainerOf(settings);
    const records = runTo(whole, STEPS);
    expect(whole.progress.misses).toBe(settings.patience);
    const pauses = [...(await trainerOf(settings)).run()].length;
    expect(pauses).toBeGreaterThan(records.length);
    for (let stop = 1; stop <= pauses; stop++) {
      const first = await trainerOf(settings);
      const before: unknown[] = [];
      let seen = 0;
      for (const part of first.run()) {
        if (part) {
          const { charsPerSecond, ...record } = part;
          before.push(record);
        }
        if (++seen === stop) break;
      }
      const second = await resumed(first, settings);
      expect([...before, ...runTo(second, STEPS)], `stopped at ${stop}`).toEqual(records);
      expect(await hashOf(second)).toBe(await hashOf(whole));
      expect(second.progress).toEqual(whole.progress);
    }
  });

  test("other engines and thread counts before and after", async () => {
    const settings = { batchSize: 12, seqLength: 3 };
    const whole = await trainerOf(settings);
    runTo(whole, 20);
    const ways: Partial<Config>[] = [{ threads: 3 }, { engine: "reference" }, { threads: 1 }];
    let trainer = await trainerOf({ ...settings, ...ways[0] });
    for (const [i, way] of ways.entries()) {
      if (i > 0) trainer = await resumed(trainer, { ...settings, ...way });
      runTo(trainer, [7, 13, 20][i] as number);
      trainer.model.engine.close();
    }
    expect(await hashOf(trainer)).toBe(await hashOf(whole));
  });

  test.each(OPTIMIZERS)("also across a rollback: %s", async (_, optimizer) => {
    // One weight is spoiled after step 110, as a bad batch might: the loss explodes.
    const settings = { ...optimizer, epochs: 12, evalEvery: 0 };
    const spoiled = async (stop: number | undefined) => {
      let trainer = await trainerOf(settings);
      runTo(trainer, 105);
      if (stop !== undefined) {
        runTo(trainer, stop);
        trainer = await resumed(trainer, settings);
      }
      runTo(trainer, 110);
      spoil(trainer);
      const record = runTo(trainer, 120).find((one: any) => one.rolledBack);
      expect(record).toMatchObject({
        step: 100,
        rolledBack: { reason: expect.stringContaining("a loss of") },
      });
      if (stop !== undefined) trainer = await resumed(trainer, settings);
      runTo(trainer, 140);
      return trainer;
    };
    const whole = await spoiled(undefined);
    expect(whole.progress).toMatchObject({ rollbacks: 1, rateScale: 0.5, updates: 140 });
    // Resumed twice, before the rollback and after it.
    const twice = await spoiled(107);
    expect(await hashOf(twice)).toBe(await hashOf(whole));
    expect(twice.progress).toEqual(whole.progress);
  });
});

describe("divergence", () => {
  test("goes back to the last good state at half the rate, and at last stops there", async () => {
    const trainer = await trainerOf({
      epochs: 40,
      maxRollbacks: 2,
      learningRate: 2e-3,
      schedule: "constant",
    });
    runTo(trainer, 120);
    const { engine } = trainer.model;
    const good = trainer.state.arrays["good.parameters"]?.slice();
    const rates: number[] = [];
    expect(() => {
      for (const { learningRate, rolledBack } of recordsOf(trainer)) {
        if (rolledBack) rates.push(learningRate);
        spoil(trainer);
      }
    }).toThrow(/^training diverged at epoch \d+: .* the last good weights are kept/);
    expect(rates).toEqual([0.001, 0.0005]);
    expect(engine.parameters).toEqual(good);
    expect(trainer.progress.step).toBe(100);
  });

  test("stops at once where that is asked", async () => {
    const trainer = await trainerOf({ onDivergence: "stop" });
    runTo(trainer, 5);
    weightsOf(trainer.model.engine).Why.fill(1e308);
    expect(() => runTo(trainer, 9)).toThrow("training diverged");
    expect(trainer.progress).toMatchObject({ step: 5, rollbacks: 0 });
  });
});

test("patience ends a run that gets no better, and the best weights are kept", async () => {
  const trainer = await trainerOf({ epochs: 500, learningRate: 0.05, patience: 3 });
  const losses: number[] = [];
  let best: Reals | undefined;
  for (const { validation } of recordsOf(trainer)) {
    if (!validation) continue;
    losses.push(validation.loss);
    if (validation.best) best = trainer.model.engine.parameters.slice();
  }
  expect(losses.slice(-4).indexOf(Math.min(...losses))).toBe(0);
  expect(trainer.progress.best?.loss).toBe(Math.min(...losses));
  expect(trainer.bestParameters).toEqual(best);
  expect(trainer.progress.step).toBeLessThan(trainer.steps);
});

test("a file without the misses of the last good state is read as if they were the run's", async () => {
  const settings = { epochs: 12, patience: 99 };
  const trainer = await trainerOf(settings);
  runTo(trainer, 105);
  const { good, misses } = trainer.progress;
  Reflect.deleteProperty(good as object, "misses");
  const { progress } = (await resumed(trainer, settings)).state;
  expect(progress.good).toEqual({ ...good, misses });
});

test("a run that is at work goes on from a state that it is given", async () => {
  const settings = { epochs: 2 };
  const whole = await trainerOf(settings);
  runTo(whole, 999);
  const trainer = await trainerOf(settings);
  runTo(trainer, 3); // before the first evaluation
  const early = structuredClone(trainer.state);
  const steps: number[] = [];
  for (const { step } of recordsOf(trainer)) {
    steps.push(step);
    if (step !== 20 || steps.length !== 18) continue;
    expect(trainer.bestParameters).toBeDefined();
    trainer.state = early;
    expect(trainer.bestParameters).toBeUndefined();
  }
  expect(steps.slice(17, 20)).toEqual([20, 3, 4]);
  expect(await hashOf(trainer)).toBe(await hashOf(whole));
  expect(trainer.progress).toEqual(whole.progress);
});
