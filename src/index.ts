// The public API: what `import … from "ello"` gives.

import { availableThreads, loadCore, startRank } from "#platform";
import { CheckpointError } from "./checkpoint/error.ts";
import type { Checkpoint } from "./checkpoint/weights.ts";
import { type CorpusRule, corpusOf } from "./data/corpus.ts";
import type { Dataset } from "./data/dataset.ts";
import { splitCorpus } from "./data/text.ts";
import type { Vocabulary } from "./data/vocabulary.ts";
import type { Engine } from "./engine/engine.ts";
import type { Moments } from "./engine/optimizer.ts";
import { dimensionsOf, type Shape } from "./engine/shape.ts";
import { type SampleOptions, sampleBytesWith, sampleWith } from "./generate/sampler.ts";
import { modelFor } from "./model/create.ts";
import type { Model } from "./model/model.ts";
import type { Evaluation } from "./model/record.ts";
import { createReference } from "./reference.ts";
import { type Config, ConfigError, completeConfig, TEXT_DEFAULTS } from "./settings/check.ts";
import { checkDataset, evaluateOn } from "./train/evaluation.ts";
import { countedLoss, type NgramLoss } from "./train/ngrams.ts";
import { type Score, type Scored, scoreOn } from "./train/score.ts";
import { WasmEngine } from "./wasm/engine.ts";
import { buildOf, type CoreBuild, type CoreSource, hasRelaxedSimd } from "./wasm/instantiate.ts";
import { threadsFor } from "./wasm/team.ts";

export { enableWideVectors } from "#platform";
export { loadCheckpoint, saveCheckpoint } from "./checkpoint/checkpoint.ts";
export { CheckpointError } from "./checkpoint/error.ts";
export type { TensorNames } from "./checkpoint/tensor-names.ts";
export { loadTraining, type StoppedRun, saveTraining } from "./checkpoint/training.ts";
export { type Checkpoint, restoreWeights } from "./checkpoint/weights.ts";
export { type Corpus, type CorpusRule, corpusOf } from "./data/corpus.ts";
export type { Dataset } from "./data/dataset.ts";
export { hello, PairDataset } from "./data/pair.ts";
export { type Split, splitCorpus, TextDataset } from "./data/text.ts";
export { Vocabulary, VocabularyError } from "./data/vocabulary.ts";
export type { DrawRule, Engine, StepResult } from "./engine/engine.ts";
export type { OptimizerName, Reduction, UpdateRule } from "./engine/optimizer.ts";
export type { Precision, Reals } from "./engine/precision.ts";
export { type Parameter, parametersOf, type Shape } from "./engine/shape.ts";
export { TeamError } from "./engine/team-error.ts";
export { type SampleOptions, sampleBytesWith, sampleWith } from "./generate/sampler.ts";
export { type Model, predictedText, type Weights, weightsOf } from "./model/model.ts";
export type { Evaluation, StepRecord } from "./model/record.ts";
export {
  type Config,
  ConfigError,
  completeConfig,
  DEFAULTS,
  type EngineName,
  TEXT_DEFAULTS,
} from "./settings/check.ts";
export { DivergenceError } from "./train/divergence.ts";
export { bitsOf, perplexityOf } from "./train/metrics.ts";
export type { NgramLoss } from "./train/ngrams.ts";
export { type Part, type Score, type Scored, scoreOn } from "./train/score.ts";
export { type Run, type TrainOptions, train } from "./train/train.ts";
export { Trainer } from "./train/trainer.ts";
export { VERSION } from "./version.ts";

/**
 * Makes a model of the shape of `dataset`, its weights drawn from the seed. Close its engine when
 * done: threads end with it.
 * `core`: the compiled core to run, on one thread, instead of those the package brings.
 * @throws {ConfigError} for a setting that does not fit, or that differs from the defaults and has no
 * effect.
 * @throws {RangeError} if the model does not fit into memory.
 */
export async function createModel(
  dataset: Dataset,
  settings: Partial<Config> = {},
  core?: CoreSource,
): Promise<Model> {
  return modelFor(dataset, settings, (config, shape, moments) => {
    if (config.engine === "reference") return createReference(shape, moments);
    if (core) {
      expectDefaults(config);
      return WasmEngine.create(shape, core, moments);
    }
    return createWasmEngine(shape, config.threads, config.fast, moments);
  });
}

/** @throws {ConfigError} for what a core of one's own is not asked. */
function expectDefaults({ threads, fast }: Config): void {
  for (const [name, value] of Object.entries({ threads: threads > 1, fast })) {
    if (!value) continue;
    throw new ConfigError(
      name,
      "expected no core of your own, which runs on one thread as it is, got one; leave either out",
    );
  }
}

/**
 * Mean loss and accuracy of a model on a dataset of its shape, from a zero state that is carried
 * through. @throws {RangeError} for a dataset of another shape. @throws {DivergenceError}
 */
export function evaluate(model: Model, dataset: Dataset): Evaluation {
  checkDataset(model, dataset);
  return evaluateOn(model, dataset);
}

/**
 * How well a model or the weights of a file predicts a text: every character but the first, each from
 * all before it, whatever the run's settings were. `rule`: what differs from the run's own reading of
 * a text. `unknown`: characters that were left out or stand as the symbol.
 * @throws {VocabularyError} for characters that the rule does not allow. @throws {ConfigError} for a
 * text of fewer than two.
 */
export async function score(
  source: Model | Checkpoint,
  text: string | Uint8Array,
  rule: Partial<CorpusRule> = {},
): Promise<Score & { readonly unknown: number }> {
  const { weights, vocabulary } = partsOf(source);
  const { unit } = vocabulary;
  const complete = { ...TEXT_DEFAULTS, ...source.config, ...rule, unit };
  const { tokens, unknown } = corpusOf(text, complete, vocabulary);
  const whole = { tokens, begin: 0, end: tokens.length };
  return { ...(await scoreOn(weights, whole, (shape) => createWasmEngine(shape, 1))), unknown };
}

/**
 * What counting gives on the part of a text that a run with these settings holds out: n-gram models
 * with Witten and Bell's smoothing, fitted on the rest, scored on every character but the first.
 * @throws {ConfigError} for a text or a fraction that leaves nothing to hold out.
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

/**
 * Writes text with a model or the weights of a file, a piece at a time; the same weights and options
 * give the same text everywhere. Bytes that are no UTF-8 come as U+FFFD: `sampleBytes` keeps them.
 * @throws {ConfigError} for an option that does not fit. @throws {VocabularyError} for the prime.
 */
export function sample(
  source: Model | Checkpoint,
  options: SampleOptions = {},
): AsyncGenerator<string, void, void> {
  return writing(source, (engine, vocabulary) => sampleWith(engine, vocabulary, own(options)));
}

/** The same as the very bytes: UTF-8, or of a model of bytes whatever it writes. */
export function sampleBytes(
  source: Model | Checkpoint,
  options: SampleOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  return writing(source, (engine, vocabulary) => sampleBytesWith(engine, vocabulary, own(options)));
}

/** The same, with an engine that nobody else has. */
const own = (options: SampleOptions): SampleOptions => ({ ...options, hasOwnEngine: true });

async function* writing<Piece>(
  source: Model | Checkpoint,
  write: (engine: Engine, vocabulary: Vocabulary) => Iterable<Piece>,
): AsyncGenerator<Piece, void, void> {
  const { weights, vocabulary } = partsOf(source);
  const engine = await createWasmEngine({ ...dimensionsOf(weights), T: 1, B: 1 }, 1);
  try {
    engine.parameters.set(weights.parameters);
    yield* write(engine, vocabulary);
  } finally {
    engine.close();
  }
}

/** What is needed to use a model without training it. @throws {CheckpointError} */
function partsOf(source: Model | Checkpoint): { weights: Scored; vocabulary: Vocabulary } {
  const { vocabulary } = source;
  if (!vocabulary) {
    throw new CheckpointError("vocabulary", "one, to read and write with", "none in this file");
  }
  if (!("engine" in source)) return { weights: source, vocabulary };
  const { shape, parameters } = source.engine;
  return { weights: { ...shape, parameters }, vocabulary };
}

/**
 * An engine on the package's own core, on `threads` threads or, with 0, as many as pay at each time, that
 * keeps `moments` for its optimizer. `load` gives the compiled core.
 * @throws {Error} for `fast` in an engine without relaxed SIMD.
 */
export async function createWasmEngine(
  shape: Shape,
  threads = 0,
  fast = false,
  moments: Moments = 0,
  load: (build: CoreBuild) => WebAssembly.Module | Promise<WebAssembly.Module> = loadCore,
): Promise<WasmEngine> {
  if (fast && !hasRelaxedSimd()) {
    throw new Error(
      "fast: expected an engine with relaxed SIMD (Chrome 114, Firefox 145, Node 22 or later), got one without; leave fast out",
    );
  }
  const ranks = threadsFor(shape, threads, availableThreads());
  if (ranks === 1) {
    return WasmEngine.create(shape, await load(buildOf(fast ? "fast" : "release", shape)), moments);
  }
  const module = await load(buildOf(fast ? "fast-team" : "team", shape));
  const engine = await WasmEngine.createTeam(shape, module, ranks, startRank, moments);
  if (threads === 0) engine.adapt();
  return engine;
}
