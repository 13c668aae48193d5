// What can be read and written with: a model, or the weights of a file. And what may be given as a text.

import { CheckpointError } from "../checkpoint/error.ts";
import type { Checkpoint } from "../checkpoint/weights.ts";
import { type Corpus, type CorpusRule, corpusOf } from "../data/corpus.ts";
import type { UnknownPolicy, Vocabulary } from "../data/vocabulary.ts";
import { Model } from "../model/model.ts";
import { ClosedError, DataError } from "../outside/errors.ts";
import { ConfigError, show, TEXT_DEFAULTS } from "../settings/check.ts";
import { TABLE } from "../settings/table.ts";
import type { Scored } from "../train/score.ts";

/** A model, or the weights of a file, which are taken not to change. */
export type Source = Model | Checkpoint;

/** A text, its bytes, or token ids; of a sequence that is no text also its names with blanks between. */
export type Reading = string | Uint8Array | readonly number[] | Int32Array;

/** What differs from a run's own reading of its text. */
export interface ReadingRule {
  /** What to do with characters that the model does not know. */
  readonly unknown?: UnknownPolicy | undefined;
  readonly normalizeNewlines?: boolean | undefined;
}

/** What is needed to use a model without training it. */
export interface Parts {
  readonly weights: Scored;
  readonly vocabulary: Vocabulary;
  /** Whether the weights may become others. */
  readonly changes: boolean;
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
  if (!(source instanceof Model)) return { weights: source, vocabulary, changes: false };
  const { shape, parameters, isClosed } = source.engine;
  if (isClosed) throw new ClosedError(call);
  return { weights: { ...shape, parameters }, vocabulary, changes: true };
}

/**
 * The tokens of a text, read as the model's own was but for `rule`. `name`: what it is called in an error.
 * @throws {VocabularyError} for characters that the model does not know, and ids outside its vocabulary.
 * @throws {Utf8Error} for bytes that are no text. @throws {ConfigError} for a rule that does not fit.
 * @throws {DataError} for what is none of these.
 */
export function readWith(
  source: Source,
  reading: Reading,
  rule: ReadingRule = {},
  name = "text",
): Corpus {
  const isBytes = reading instanceof Uint8Array;
  if (typeof reading !== "string" && !isBytes && !isIds(reading)) {
    throw new DataError(
      `${name}: expected a text, its bytes (a Uint8Array) or token ids (numbers), got ${show(reading)}`,
    );
  }
  const vocabulary = source.vocabulary as Vocabulary;
  const given = Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));
  const unit = vocabulary.unit === "byte" ? "byte" : "codepoint";
  const whole: CorpusRule = { ...TEXT_DEFAULTS, ...source.config, ...given, unit };
  for (const name of ["unknown", "normalizeNewlines"] as const) {
    if (TABLE[name].accepts(whole[name])) continue;
    throw new ConfigError(name, `expected ${TABLE[name].expected}, got ${show(whole[name])}`);
  }
  return corpusOf(reading, whole, vocabulary, name);
}

/** The same as ids. */
export function idsOf(
  source: Source,
  reading: Reading,
  rule?: ReadingRule,
  name?: string,
): Int32Array {
  const { tokens } = readWith(source, reading, rule, name);
  return Int32Array.from({ length: tokens.length }, (_, i) => tokens.at(i));
}

function isIds(value: unknown): boolean {
  return (
    value instanceof Int32Array ||
    (Array.isArray(value) && value.every((id) => typeof id === "number"))
  );
}
