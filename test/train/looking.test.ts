// What only looks at a model, within a training, changes nothing of it.

import { expect, test } from "vitest";
import {
  type Config,
  completeConfig,
  corpusOf,
  createModel,
  type EngineName,
  evaluate,
  type Model,
  sample,
  sampleWith,
  splitCorpus,
  TEXT_DEFAULTS,
  TextDataset,
  train,
} from "../../src/index.ts";

const TEXT = "the quick brown fox jumps over the lazy dog; ".repeat(30);
const ENGINES: EngineName[] = ["wasm", "reference"];

/** The weights of two epochs, and the predictions of each step, with `look` after each. */
async function trained(engine: EngineName, look: (model: Model, data: any) => unknown) {
  const small: Partial<Config> = { hiddenSize: 9, seqLength: 7, batchSize: 3, epochs: 2, engine };
  const config = completeConfig(small, TEXT_DEFAULTS);
  const { training, validation } = splitCorpus(corpusOf(TEXT, config), config);
  const model = await createModel(training, config);
  const predictions: Int32Array[] = [];
  for (const _ of train(model, training)) {
    await look(model, validation);
    predictions.push(model.engine.predictions.slice());
  }
  return { weights: model.engine.parameters, predictions };
}

test.each(ENGINES)("evaluate and sample, %s engine", async (engine) => {
  const alone = await trained(engine, () => {});
  expect(await trained(engine, evaluate)).toEqual(alone);
  const write = async (model: Model) => {
    for await (const _ of sample(model, { length: 3 }));
  };
  expect(await trained(engine, write)).toEqual(alone);
});

test.each(ENGINES)("sampleWith on the very engine that trains, %s", async (engine) => {
  const trained = async (look: boolean) => {
    const config = completeConfig({ hiddenSize: 5, batchSize: 1, seqLength: 1, engine });
    const data = new TextDataset(corpusOf(TEXT, config), 0, 60, config);
    const model = await createModel(data, { ...config, input: "", target: "", epochs: 2 });
    for (const _ of train(model, data)) {
      const before = model.engine.predictions.slice();
      if (look) [...sampleWith(model.engine, model.vocabulary, { length: 4 })];
      for (const _ of look ? sampleWith(model.engine, model.vocabulary) : []) break;
      expect(model.engine.predictions).toEqual(before);
    }
    return model.engine.parameters;
  };
  expect(await trained(true)).toEqual(await trained(false));
});
