// How good a model is on a part that was held out, and what counting is there.

import { corpusOf } from "../data/corpus.ts";
import type { Dataset } from "../data/dataset.ts";
import { splitCorpus } from "../data/text.ts";
import type { Model } from "../model/model.ts";
import type { Evaluation } from "../model/record.ts";
import { type Config, ConfigError, completeConfig, TEXT_DEFAULTS } from "../settings/check.ts";
import { checkDataset, evaluateOn } from "../train/evaluation.ts";
import { countedLoss, type NgramLoss } from "../train/ngrams.ts";

/**
 * Mean loss and accuracy of a model on a dataset of its shape, from a zero state that is carried
 * through. @throws {DataError} for a dataset of another shape. @throws {DivergenceError}
 * @example
 * ```js
 * const data = hello();
 * const small = await createModel(data);
 * console.log(evaluate(small, data).loss); // nats a character; 1.386 = ln 4 where nothing is learned
 * ```
 */
export function evaluate(model: Model, dataset: Dataset): Evaluation {
  checkDataset(model, dataset);
  return evaluateOn(model, dataset);
}

/**
 * What counting gives on the part of a text that a run with these settings holds out: n-gram models
 * with Witten and Bell's smoothing, fitted on the rest, scored on every character but the first.
 * @throws {ConfigError} for a text or a fraction that leaves nothing to hold out.
 * @example
 * ```js
 * const { best } = ngramLoss(text);
 * console.log(`counting ${best.order} characters at a time: ${best.loss} nats a character`);
 * ```
 */
export function ngramLoss(text: string | Uint8Array, settings: Partial<Config> = {}): NgramLoss {
  const config = completeConfig(settings, TEXT_DEFAULTS);
  const corpus = corpusOf(text, config);
  const { validation } = splitCorpus(corpus, config);
  if (validation) return countedLoss(corpus, validation);
  throw new ConfigError(
    "valFraction",
    `expected a part to hold out, got ${config.valFraction} of ${corpus.tokens.length} characters; take more, or a longer text`,
  );
}
