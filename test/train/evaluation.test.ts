// An evaluation only looks: a run saved at any of its pauses, while it waits there, goes on to the
// bits of one that was never looked at.

import { expect, test } from "vitest";
import { type Dataset, loadBatch } from "../../src/data/dataset.ts";
import type { StepResult } from "../../src/engine/engine.ts";
import {
  completeConfig,
  corpusOf,
  createModel,
  loadTraining,
  type Reals,
  saveTraining,
  splitCorpus,
  TEXT_DEFAULTS,
  Trainer,
} from "../../src/index.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { checkDataset, evaluateOn } from "../../src/train/evaluation.ts";
import { recordsOf } from "../support.ts";

const TEXT = "the quick brown fox jumps over the lazy dog; ".repeat(12);

/** `evalEvery`: steps between evaluations, 0 for none at all. */
async function trainerOf(evalEvery = 7): Promise<Trainer> {
  const small = { hiddenSize: 9, seqLength: 7, batchSize: 3, epochs: 2, evalEvery };
  const config = completeConfig(small, TEXT_DEFAULTS);
  const { training, validation } = splitCorpus(corpusOf(TEXT, config), config);
  const model = await createModel(training, config);
  return new Trainer(model, training, evalEvery > 0 ? validation : undefined);
}

/** The weights at the end of a run. */
function finished(trainer: Trainer): Reals {
  for (const _ of recordsOf(trainer));
  return trainer.model.engine.parameters;
}

test("a run saved at every pause ends with the same weights", async () => {
  const expected = finished(await trainerOf(0));
  const first = await trainerOf();
  let pauses = 0;
  for (const record of first.run()) {
    if (record) continue;
    pauses++;
    const run = { state: first.state, textSha256: "x", history: {}, logs: {} };
    const second = await trainerOf();
    second.state = (await loadTraining(await saveTraining(first.model, run))).state;
    expect(finished(second), `saved at pause ${pauses}`).toEqual(expected);
  }
  expect(pauses).toBeGreaterThan(9);
  expect(first.model.engine.parameters).toEqual(expected);
});

test("it is the mean of what each batch gives, its state carried from one to the next", async () => {
  const config = completeConfig(
    { hiddenSize: 6, seqLength: 5, batchSize: 2, cell: "lstm", init: "uniform" },
    TEXT_DEFAULTS,
  );
  const { training, validation } = splitCorpus(corpusOf(TEXT, config), config);
  const model = await createModel(training, config);
  const { loss, accuracy } = evaluateOn(model, validation as Dataset);
  const { shape, parameters } = model.engine;
  const dataset = validation as Dataset;
  // On the reference, batch by batch; and on one whose step is the whole of a stream.
  const engine = new ReferenceEngine(shape);
  engine.parameters.set(parameters);
  const results = Array.from({ length: dataset.stepsPerEpoch }, (_, step) => {
    loadBatch(dataset, step, engine);
    return engine.evaluate();
  });
  expect(results.length).toBeGreaterThan(3);
  const sum = (of: (one: StepResult) => number) => results.reduce((all, one) => all + of(one), 0);
  expect(loss).toBe(sum((one) => one.loss) / results.length);
  expect(accuracy).toBe(sum((one) => one.correct) / (results.length * 5 * 2));
  const T = 5 * results.length;
  const whole = new ReferenceEngine({ ...shape, T });
  whole.parameters.set(parameters);
  const inputs = results.map((_, step) => {
    loadBatch(dataset, step, engine);
    return [engine.inputs.slice(), engine.targets.slice()] as const;
  });
  // [time][row]: the steps of a stream stand behind each other.
  whole.inputs.set(inputs.flatMap(([own]) => [...own]));
  whole.targets.set(inputs.flatMap(([, own]) => [...own]));
  const { loss: long, correct } = whole.evaluate();
  expect(Math.abs(long / loss - 1)).toBeLessThan(1e-13);
  expect(correct).toBe(sum((one) => one.correct));
});

test("a model whose losses are not finite has diverged, and a dataset of another shape is refused", async () => {
  const config = completeConfig({ hiddenSize: 4, seqLength: 5, batchSize: 2 }, TEXT_DEFAULTS);
  const { training } = splitCorpus(corpusOf(TEXT, config), config);
  const model = await createModel(training, config);
  for (const changes of [{ seqLength: 6 }, { batchSize: 3 }]) {
    const other = splitCorpus(corpusOf(TEXT, config), { ...config, ...changes });
    expect(() => checkDataset(model, other.training)).toThrow("make the model for this dataset");
  }
  model.engine.parameters.fill(Number.NaN);
  expect(() => evaluateOn(model, training)).toThrow(
    "training diverged at epoch 0: expected finite numbers and a loss that does not explode, got a loss that is not finite",
  );
});
