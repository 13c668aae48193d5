// What a rollback goes back to, in numbers of the test's own: the smoothed loss, Adam's count of
// updates by its formula, and what counts towards patience.

import { describe, expect, test } from "vitest";
import {
  completeConfig,
  corpusOf,
  createModel,
  type StepRecord,
  splitCorpus,
  TEXT_DEFAULTS,
  Trainer,
  weightsOf,
} from "../../src/index.ts";
import type { Progress } from "../../src/model/state.ts";
import { recordsOf, relativeError } from "../support.ts";

const TEXT = "the quick brown fox jumps over the lazy dog; ".repeat(12);
const GOOD = 100; // the step of the last good state
const KEPT = 0.9; // of the smoothed loss, at each step

/** A trainer that has gone back, right after the step that it took then, and its records. */
async function rolledBack() {
  const small = { hiddenSize: 9, seqLength: 7, batchSize: 3, epochs: 12, valFraction: 0 };
  const config = completeConfig({ ...small, clipNorm: 0.5, schedule: "constant" }, TEXT_DEFAULTS);
  const { training } = splitCorpus(corpusOf(TEXT, config), config);
  const trainer = new Trainer(await createModel(training, config), training);
  const records: StepRecord[] = [];
  for (const record of recordsOf(trainer)) {
    records.push(record);
    if (record.rolledBack) break;
    if (record.step === 109) weightsOf(trainer.model.engine).by[0] = 1000; // the loss explodes
  }
  return { trainer, records, config };
}

test("the smoothed loss goes on from that of the good state", async () => {
  const { trainer, records } = await rolledBack();
  const last = records.at(-1) as StepRecord;
  expect(last.step).toBe(GOOD);
  const losses = [...records.slice(0, GOOD), last].map(({ loss }) => loss);
  const expected = losses.reduce((recent, loss) => KEPT * recent + (1 - KEPT) * loss);
  expect(trainer.progress.recent).toBeCloseTo(expected, 12);
});

test("Adam's corrections are those of the good state's count of updates", async () => {
  const { trainer, config } = await rolledBack();
  const { engine } = trainer.model;
  const { arrays } = trainer.state;
  const good = (name: string) => arrays[`good.${name}`] as Float64Array;
  const norm = Math.hypot(...engine.gradients);
  const factor = Math.min(1, config.clipNorm / (norm + 1e-6));
  const { beta1, beta2, epsilon } = config;
  const rate = config.learningRate / 2; // after one rollback
  const update = GOOD + 1;
  const expected = good("parameters").map((weight, i) => {
    const g = factor * (engine.gradients[i] as number);
    const m = beta1 * (good("firstMoment")[i] as number) + (1 - beta1) * g;
    const v = beta2 * (good("secondMoment")[i] as number) + (1 - beta2) * g * g;
    const mean = m / (1 - beta1 ** update);
    const root = Math.sqrt(v / (1 - beta2 ** update));
    return weight - (rate * mean) / (root + epsilon);
  });
  expect(relativeError(engine.parameters, expected)).toBeLessThan(1e-14);
  expect(engine.updates).toBe(update);
});

describe("patience counts an evaluation once, though a rollback does it again", () => {
  /** Misses at step `stop`, evaluating every 5 steps, where no loss after `best` is as good. */
  async function missesAt(stop: number, best: number): Promise<number> {
    const small = { hiddenSize: 9, seqLength: 7, batchSize: 3, epochs: 12, evalEvery: 5 };
    const config = completeConfig({ ...small, patience: 99 }, TEXT_DEFAULTS);
    const { training, validation } = splitCorpus(corpusOf(TEXT, config), config);
    const trainer = new Trainer(await createModel(training, config), training, validation);
    const progress = trainer.progress as Progress;
    let spoiled = false;
    for (const { step } of recordsOf(trainer)) {
      if ([90, best].includes(step + 1) && progress.rollbacks === 0) {
        Object.assign(progress, { best: { step: step + 1, loss: 0 }, misses: 0 });
      }
      if (step + 1 === 111 && !spoiled) weightsOf(trainer.model.engine).by[0] = 1000;
      spoiled ||= step + 1 === 111;
      if (step + 1 === stop && progress.rollbacks === 1) break;
    }
    return trainer.progress.misses;
  }

  test.each([
    [101, 90, 2], // at 95 and 100: those at 105 and 110 are to be done again
    [104, 105, 0], // the best is kept, though its step is done again
    [121, 90, 6],
    [121, 105, 4], // at 105 again, no longer the best, 110, 115 and 120
  ])("at step %i, the best at %i: %i", async (stop, best, misses) => {
    expect(await missesAt(stop, best)).toBe(misses);
  });
});
