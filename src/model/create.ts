// Makes a model of a dataset's shape on whatever engine it is given.

import type { Dataset } from "../data/dataset.ts";
import { networkOf } from "../engine/cells.ts";
import type { Engine } from "../engine/engine.ts";
import { type Moments, momentsOf } from "../engine/optimizer.ts";
import type { Shape } from "../engine/shape.ts";
import { type Config, completeConfig, DEFAULTS, TEXT_DEFAULTS } from "../settings/check.ts";
import { expectEffectsOfChanges } from "../settings/effects.ts";
import { initialOf } from "../settings/initial.ts";
import { Model } from "./model.ts";
import { scaleRecurrent } from "./recurrent.ts";

/** Makes the engine that a configuration asks for. */
export type MakeEngine = (
  config: Config,
  shape: Shape,
  moments: Moments,
) => Engine | Promise<Engine>;

/**
 * A model of the shape of `dataset`, its weights drawn from the seed. Settings that are not given are those of
 * a pair of texts, as `hello` is, or of a text.
 * @throws {ConfigError} for a setting that does not fit, or that differs from the defaults and has no
 * effect.
 */
export async function modelFor(
  dataset: Dataset,
  settings: Partial<Config>,
  makeEngine: MakeEngine,
): Promise<Model> {
  const { vocabulary, seqLength, batchSize } = dataset;
  const own = { input: "", target: "", ...dataset.settings, seqLength, batchSize };
  const isPair = Boolean(dataset.settings.input);
  const config = completeConfig({ ...settings, ...own }, isPair ? DEFAULTS : TEXT_DEFAULTS);
  expectEffectsOfChanges(settings, askedOf(dataset, settings, config));
  const dimensions = { V: vocabulary.size, H: config.hiddenSize, T: seqLength, B: batchSize };
  const shape = { ...dimensions, ...networkOf(config) };
  const engine = await makeEngine(config, shape, momentsOf(config));
  engine.initialize(config.seed, initialOf(config));
  if (config.recurrentRadius > 0) scaleRecurrent(engine, config.recurrentRadius);
  return new Model(config, vocabulary, engine, dataset.notes);
}

/**
 * What the settings' effects are judged by. A short text has its rows made fewer, which is not the
 * asker's doing, and whether there is validation data is for the trainer to see.
 */
function askedOf(dataset: Dataset, settings: Partial<Config>, config: Config): Config {
  if (dataset.settings.input) return { ...config, valFraction: 1 };
  return { ...config, ...settings, input: "", valFraction: 1 };
}
