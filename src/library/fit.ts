// Training in one call: a text and settings to a trained model.

import { type Corpus, CorpusBuilder, type CorpusRule } from "../data/corpus.ts";
import { splitCorpus } from "../data/text.ts";
import { unknownNotes } from "../data/unknown.ts";
import { Model } from "../model/model.ts";
import type { StepRecord } from "../model/record.ts";
import { DataError } from "../outside/errors.ts";
import {
  type Config,
  ConfigError,
  completeConfig,
  show,
  TEXT_DEFAULTS,
} from "../settings/check.ts";
import { train } from "../train/train.ts";
import { createModel } from "./engines.ts";
import { expectOptions } from "./options.ts";

/** What can be trained on: a text or its bytes, the texts of several files, or a corpus. */
export type Trainable = string | Uint8Array | readonly (string | Uint8Array)[] | Corpus;

/** What `fit` tells, and what ends it. */
export interface FitOptions {
  /** Called after each step. */
  readonly onRecord?: ((record: StepRecord) => void) | undefined;
  /** Ends the training after the step in work; the model is then as far as it came. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains a model on a text. Settings are the flags of `train` in camelCase, with the defaults of a text; the
 * last tenth is held out (`valFraction`), and where there is such a part the model ends with the weights that
 * did best on it. A signal ends it sooner, and the model is then as the last step left it. `model.notes` says
 * what was done otherwise than asked. Other work has its turns.
 * @throws {ConfigError} for a setting that does not fit, has no effect, or is not how the corpus was read.
 * @throws {VocabularyError} for a text of fewer than two different characters. @throws {Utf8Error} for bytes
 * that are no text. @throws {DataError} for what is no text. @throws {DivergenceError} @throws {MemoryError}
 * @example
 * ```js
 * const shells = await fit(text, { cell: "gru", hiddenSize: 16, epochs: 2 }, {
 *   onRecord: ({ step, loss }) => console.log(step, loss),
 *   signal: AbortSignal.timeout(60_000),
 * });
 * ```
 */
export async function fit(
  data: Trainable,
  settings: Partial<Config> = {},
  options: FitOptions = {},
): Promise<Model> {
  expectOptions(options, ["onRecord", "signal"]);
  const { onRecord, signal } = options;
  const corpus = isCorpus(data) ? data : corpusFrom(data, completeConfig(settings, TEXT_DEFAULTS));
  const asked = { ...settings, ...corpus.rule };
  for (const name of Object.keys(corpus.rule) as (keyof CorpusRule)[]) {
    if (settings[name] === undefined || settings[name] === corpus.rule[name]) continue;
    throw new ConfigError(
      name,
      `expected ${corpus.rule[name]}, as the corpus was read, got ${show(settings[name])}; leave it out`,
    );
  }
  const config = completeConfig(asked, TEXT_DEFAULTS);
  const { training, validation } = splitCorpus(corpus, config);
  const made = await createModel(training, asked);
  try {
    const run = train(made, training, { validation, signal });
    for await (const record of run) onRecord?.(record);
    const { bestParameters: best, steps, progress } = run.trainer;
    const isStopped = signal?.aborted === true && progress.step < steps;
    if (best && !isStopped) made.engine.parameters.set(best);
    const stopped = isStopped ? [`Stopped after ${progress.step} of ${steps} steps.`] : [];
    const notes = [...unknownNotes(corpus, config), ...made.notes, ...stopped];
    return new Model(made.config, made.vocabulary, made.engine, notes);
  } catch (error) {
    made.close();
    throw error;
  }
}

function isCorpus(data: Trainable): data is Corpus {
  return typeof data === "object" && data !== null && "tokens" in data;
}

/** @throws {DataError} for what is no text. */
function corpusFrom(data: Exclude<Trainable, Corpus>, config: Config): Corpus {
  const texts = Array.isArray(data) ? data : [data];
  const builder = new CorpusBuilder(config);
  for (const text of texts) {
    if (typeof text !== "string" && !(text instanceof Uint8Array)) {
      throw new DataError(
        `data: expected a text, its bytes (a Uint8Array), or a list of them, got ${show(text)}; make a sequence of ids by sequenceOf`,
      );
    }
    builder.push(typeof text === "string" ? new TextEncoder().encode(text) : text);
    builder.endFile();
  }
  return builder.finish();
}
