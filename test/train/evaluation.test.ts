// An evaluation only looks: a run saved at any of its pauses, while it waits there, goes on to the
// bits of one that was never looked at.

import { expect, test } from "vitest";
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
