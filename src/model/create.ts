// Makes a model of a dataset's shape on whatever engine it is given.

import type { Dataset } from "../data/dataset.ts";
import { type Config, completeConfig, initialOf } from "./config.ts";
import type { Engine } from "./engine.ts";
import type { Model } from "./model.ts";
import { type Moments, momentsOf } from "./optimizer.ts";
import type { Shape } from "./shape.ts";

/** Makes the engine that a configuration asks for. */
export type MakeEngine = (
  config: Config,
  shape: Shape,
  moments: Moments,
) => Engine | Promise<Engine>;

/** A model of the shape of `dataset`, its weights drawn from the seed. @throws {ConfigError} */
export async function modelFor(
  dataset: Dataset,
  settings: Partial<Config>,
  makeEngine: MakeEngine,
): Promise<Model> {
  const config = completeConfig({ ...settings, ...dataset.settings });
  const { vocabulary, seqLength: T, batchSize: B } = dataset;
  const shape = { V: vocabulary.size, H: config.hiddenSize, T, B };
  const engine = await makeEngine(config, shape, momentsOf(config));
  engine.initialize(config.seed, initialOf(config));
  return { config, vocabulary, engine };
}
