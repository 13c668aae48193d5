// Datasets of one's own: ids that do not fit the vocabulary are refused before an engine sees them, and
// a run on one is saved like any other.

import { describe, expect, test } from "vitest";
import {
  createModel,
  DataError,
  type Dataset,
  type EngineName,
  evaluate,
  loadTraining,
  saveTraining,
  Trainer,
  train,
  Vocabulary,
} from "../../src/index.ts";

const V = 8;
const ENGINES: EngineName[] = ["wasm", "reference"];
const vocabulary = new Vocabulary([..."abcdefgh"]);

/** Two steps of T 2, B 2, all zeros but what is given for the second, [T][B]. */
function datasetOf(given: { inputs?: number[]; targets?: number[] }): Dataset {
  return {
    vocabulary,
    seqLength: 2,
    batchSize: 2,
    stepsPerEpoch: 2,
    settings: {},
    load(step, inputs, targets) {
      inputs.fill(0);
      targets.fill(0);
      if (step === 0) return;
      inputs.set(given.inputs ?? []);
      targets.set(given.targets ?? []);
    },
  };
}

describe.each(ENGINES)("%s engine", (engine) => {
  const modelOf = (dataset: Dataset) => createModel(dataset, { hiddenSize: 3, epochs: 2, engine });

  test.each([
    [{ inputs: [0, 0, 0, V] }, "the input 8 at step 1, time 1, row 1"],
    [{ inputs: [0, -1] }, "the input -1 at step 1, time 0, row 1"],
    [{ targets: [0, 0, V] }, "the target 8 at step 1, time 1, row 0"],
    [{ targets: [-(2 ** 31)] }, "the target -2147483648 at step 1, time 0, row 0"],
  ])("%j is refused", async (given, got) => {
    const dataset = datasetOf(given);
    const model = await modelOf(dataset);
    const expected = new DataError(
      `dataset: expected ids from 0 to 7, got ${got}; use the ids of the dataset's vocabulary`,
    );
    let steps = 0;
    expect(() => {
      for (const _ of train(model, dataset)) steps++;
    }).toThrow(expected);
    expect(steps).toBe(1);
    expect(() => evaluate(model, dataset)).toThrow(expected);
  });

  test("the highest id is taken", async () => {
    const dataset = datasetOf({ inputs: [7, 7, 7, 7], targets: [7, 7, 7, 7] });
    const model = await modelOf(dataset);
    expect([...train(model, dataset)].length).toBe(4);
  });

  test.each([0, 1.5, -1, Number.NaN])("%d steps are refused", async (stepsPerEpoch) => {
    const dataset = { ...datasetOf({}), stepsPerEpoch };
    const model = await modelOf(dataset);
    const expected = `dataset: expected stepsPerEpoch to be an integer from 1, got ${stepsPerEpoch}`;
    expect(() => train(model, dataset)).toThrow(expected);
    expect(() => evaluate(model, dataset)).toThrow(expected);
  });

  test("a run can be saved and loaded, though the dataset names no settings", async () => {
    const dataset = datasetOf({ inputs: [1, 2, 3, 4], targets: [2, 3, 4, 5] });
    const whole = await modelOf(dataset);
    for (const _ of train(whole, dataset));
    const model = await modelOf(dataset);
    const run = train(model, dataset);
    for (const _ of run) if (run.trainer.progress.step === 3) break;
    const { state } = run.trainer;
    const file = await saveTraining(model, { state, textSha256: "", history: {}, logs: {} });
    const stopped = await loadTraining(file);
    expect(stopped.config).toMatchObject({ seqLength: 2, batchSize: 2 });
    const second = new Trainer(await modelOf(dataset), dataset);
    second.state = stopped.state;
    for (const _ of second.run());
    expect(second.model.engine.parameters).toEqual(whole.engine.parameters);
  });
});
