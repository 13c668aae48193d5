// What can be read and written with: a model, or the weights of a file. And what may be given as a text.

import { CheckpointError } from "../checkpoint/error.ts";
import type { Checkpoint } from "../checkpoint/weights.ts";
import type { UnknownPolicy, Vocabulary } from "../data/vocabulary.ts";
import { Model } from "../model/model.ts";
import { ClosedError } from "../outside/errors.ts";
import type { Scored } from "../train/score.ts";

/** A model, or the weights of a file, which are taken not to change. */
export type Source = Model | Checkpoint;

/** A text, its bytes, or token ids; of a sequence that is no text also its names with blanks between. */
export type Reading = string | Uint8Array | readonly number[] | Int32Array;

/** What is needed to use a model without training it. */
export interface Parts {
  readonly weights: Scored;
  readonly vocabulary: Vocabulary;
}

/** @throws {CheckpointError} for a file without a vocabulary. @throws {ClosedError} */
export function partsOf(source: Source, call: string): Parts {
  const { vocabulary } = source;
  if (!vocabulary) {
    throw new CheckpointError(
      "vocabulary",
      "one, to read and write with (modelFrom and --vocabulary take one)",
      "none in this file",
    );
  }
  if (!(source instanceof Model)) return { weights: source, vocabulary };
  const { shape, parameters, isClosed } = source.engine;
  if (isClosed) throw new ClosedError(call);
  return { weights: { ...shape, parameters }, vocabulary };
}

/**
 * The ids of a text, read as the model's own was. `unknown`: what to do with characters that it does not
 * know, if not what its run did.
 * @throws {VocabularyError} for those, and for ids outside the vocabulary.
 */
export function idsOf(source: Source, reading: Reading, unknown?: UnknownPolicy): Int32Array {
  const { config = {} } = source;
  const vocabulary = source.vocabulary as Vocabulary;
  if (typeof reading !== "string" && !(reading instanceof Uint8Array))
    return vocabulary.checked(reading);
  const isPlain = !(config.normalizeNewlines && typeof reading === "string");
  const text = isPlain ? reading : reading.replaceAll(/\r\n?/g, "\n");
  return vocabulary.encode(text, unknown ?? config.unknown);
}
