// A model from a file: to read and write with, to go on training.

import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { CheckpointError } from "../checkpoint/error.ts";
import type { TensorNames } from "../checkpoint/tensor-names.ts";
import {
  type Checkpoint,
  networkSettings,
  precisionNotes,
  restoreWeights,
  withVocabulary,
} from "../checkpoint/weights.ts";
import { Vocabulary } from "../data/vocabulary.ts";
import { networkOf } from "../engine/cells.ts";
import { momentsOf } from "../engine/optimizer.ts";
import { precisionOf } from "../engine/precision.ts";
import { Model } from "../model/model.ts";
import { DataError } from "../outside/errors.ts";
import {
  type Config,
  ConfigError,
  completeConfig,
  show,
  TEXT_DEFAULTS,
} from "../settings/check.ts";
import { expectEffectsOfChanges } from "../settings/effects.ts";
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
 * @throws {VocabularyError} for tokens that are none. @throws {ConfigError} for a setting that does not fit, has
 * no effect, or is not the file's. @throws {DataError} for what is no file. @throws {MemoryError}
 * @example
 * ```js
 * const reader = await modelFrom(file);
 * console.log((await predict(reader, "she sel")).likeliest);
 * ```
 */
export async function modelFrom(
  file: Uint8Array | ArrayBuffer | Checkpoint,
  { vocabulary: given, tensorNames, core, ...settings }: ModelFromOptions = {},
): Promise<Model> {
  const read = await checkpointOf(file, tensorNames);
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
  const network = networkSettings(checkpoint);
  for (const [name, own] of Object.entries(network)) {
    const asked = settings[name as keyof Config];
    if (asked === undefined || asked === own) continue;
    throw new ConfigError(name, `expected ${own}, the file's, got ${show(asked)}; leave it out`);
  }
  const precision = precisionOf(checkpoint);
  const standard = { ...TEXT_DEFAULTS, precision, ...checkpoint.config, ...ALONE };
  const config = completeConfig({ ...standard, ...settings, ...network });
  expectEffectsOfChanges(settings, { ...config, input: "", valFraction: 1 });
  const { hiddenSize: H, seqLength: T, batchSize: B } = config;
  const shape = { V: vocabulary.size, H, T, B, ...networkOf(config) };
  const engine = await makerOf(core)(config, shape, momentsOf(config));
  try {
    engine.seedDraws(config.seed);
    const notes = precisionNotes({ engine }, checkpoint);
    const model = new Model(config, vocabulary, engine, notes);
    restoreWeights(model, checkpoint);
    return model;
  } catch (error) {
    engine.close();
    throw error;
  }
}

async function checkpointOf(
  file: Uint8Array | ArrayBuffer | Checkpoint,
  tensorNames: TensorNames | undefined,
): Promise<Checkpoint> {
  if (file instanceof ArrayBuffer) return loadCheckpoint(new Uint8Array(file), { tensorNames });
  if (ArrayBuffer.isView(file)) {
    const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
    return loadCheckpoint(bytes, { tensorNames });
  }
  if (typeof file === "object" && file !== null && "parameters" in file) return file;
  throw new DataError(
    `file: expected the bytes of a model's file, or what loadCheckpoint made of them, got ${show(file)}`,
  );
}
