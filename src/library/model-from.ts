// A model from a file: to read and write with, to go on training.

import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { CheckpointError } from "../checkpoint/error.ts";
import type { TensorNames } from "../checkpoint/tensor-names.ts";
import {
  type Checkpoint,
  networkSettings,
  restoreWeights,
  withVocabulary,
} from "../checkpoint/weights.ts";
import { Vocabulary } from "../data/vocabulary.ts";
import { networkOf } from "../engine/cells.ts";
import { momentsOf } from "../engine/optimizer.ts";
import { precisionOf } from "../engine/precision.ts";
import { Model } from "../model/model.ts";
import { type Config, completeConfig, TEXT_DEFAULTS } from "../settings/check.ts";
import type { CoreSource } from "../wasm/instantiate.ts";
import { makerOf } from "./engines.ts";

/** Of a model that is to read and write. */
const ALONE = { batchSize: 1, threads: 1, fast: false };

/** What the file does not say, and settings for training on. */
export interface ModelFromOptions extends Partial<Config> {
  /** The tokens in the order of their ids, for a file without them: a text of them, a list, or a vocabulary. */
  readonly vocabulary?: Vocabulary | string | readonly string[];
  /** Which layers of the file are which, where PyTorch's are not called rnn and fc. */
  readonly tensorNames?: TensorNames;
  /** The compiled core to run instead of those that the package brings. */
  readonly core?: CoreSource;
}

/**
 * A model with the weights of a file (its bytes, or what `loadCheckpoint` made of them), ours or PyTorch's.
 * `seqLength` and `batchSize` are 1 row of the run's sequences where nothing is said, which is what `learn`
 * takes, on one thread; give them, and the run's other settings, to train as before.
 * @throws {CheckpointError} for a file that is no model, or without a vocabulary where none is given.
 * @throws {VocabularyError} for tokens that are none. @throws {ConfigError} @throws {MemoryError}
 */
export async function modelFrom(
  file: Uint8Array | Checkpoint,
  { vocabulary: given, tensorNames, core, ...settings }: ModelFromOptions = {},
): Promise<Model> {
  const read = file instanceof Uint8Array ? await loadCheckpoint(file, { tensorNames }) : file;
  const tokens = given === undefined || given instanceof Vocabulary ? given : Vocabulary.of(given);
  const checkpoint = tokens ? withVocabulary(read, tokens) : read;
  const { vocabulary } = checkpoint;
  if (!vocabulary) {
    throw new CheckpointError(
      "vocabulary",
      `one, to read and write with; give modelFrom its ${read.V} tokens in the order of their ids`,
      "none in this file",
    );
  }
  const precision = precisionOf(checkpoint);
  const standard = { ...TEXT_DEFAULTS, precision, ...checkpoint.config, ...ALONE };
  const config = completeConfig({ ...standard, ...settings, ...networkSettings(checkpoint) });
  const { hiddenSize: H, seqLength: T, batchSize: B } = config;
  const shape = { V: vocabulary.size, H, T, B, ...networkOf(config) };
  const engine = await makerOf(core)(config, shape, momentsOf(config));
  const model = new Model(config, vocabulary, engine);
  engine.seedDraws(config.seed);
  restoreWeights(model, checkpoint);
  return model;
}
