// Training in one call: a text and settings to a trained model.

import { type Corpus, CorpusBuilder } from "../data/corpus.ts";
import { splitCorpus } from "../data/text.ts";
import { unknownNotes } from "../data/unknown.ts";
import { Model } from "../model/model.ts";
import type { StepRecord } from "../model/record.ts";
import { type Config, completeConfig, TEXT_DEFAULTS } from "../settings/check.ts";
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
 * did best on it. `model.notes` says what was done otherwise than asked. Other work has its turns.
 * @throws {ConfigError} for a setting that does not fit, or has no effect. @throws {VocabularyError} for a
 * text of fewer than two different characters. @throws {Utf8Error} for bytes that are no text.
 * @throws {DivergenceError} @throws {MemoryError}
 */
export async function fit(
  data: Trainable,
  settings: Partial<Config> = {},
  options: FitOptions = {},
): Promise<Model> {
  expectOptions(options, ["onRecord", "signal"]);
  const { onRecord, signal } = options;
  const config = completeConfig(settings, TEXT_DEFAULTS);
  const corpus = corpusFrom(data, config);
  const { training, validation } = splitCorpus(corpus, config);
  const made = await createModel(training, settings);
  try {
    const run = train(made, training, { validation, signal });
    for await (const record of run) onRecord?.(record);
    const { trainer } = run;
    const { bestParameters: best, steps } = trainer;
    if (best) made.engine.parameters.set(best);
    const { step } = trainer.progress;
    const stopped =
      signal?.aborted && step < steps ? [`Stopped after ${step} of ${steps} steps.`] : [];
    const notes = [...unknownNotes(corpus, config), ...made.notes, ...stopped];
    return new Model(made.config, made.vocabulary, made.engine, notes);
  } catch (error) {
    made.close();
    throw error;
  }
}

function corpusFrom(data: Trainable, config: Config): Corpus {
  if (typeof data === "object" && "tokens" in data) return data;
  const texts = typeof data === "string" || data instanceof Uint8Array ? [data] : data;
  const builder = new CorpusBuilder(config);
  for (const text of texts) {
    builder.push(typeof text === "string" ? new TextEncoder().encode(text) : text);
    builder.endFile();
  }
  return builder.finish();
}
