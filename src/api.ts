// The public API: what `import … from "ello"` gives, the same in Node and elsewhere.

import "./environment.ts";

export { loadCheckpoint, saveCheckpoint } from "./checkpoint/checkpoint.ts";
export { CheckpointError } from "./checkpoint/error.ts";
export { toOnnx } from "./checkpoint/onnx.ts";
export type { TensorNames } from "./checkpoint/tensor-names.ts";
export { loadTraining, type StoppedRun, saveTraining } from "./checkpoint/training.ts";
export { type Checkpoint, restoreWeights } from "./checkpoint/weights.ts";
export { type Corpus, type CorpusRule, corpusOf, sequenceOf } from "./data/corpus.ts";
export type { Dataset } from "./data/dataset.ts";
export { hello, PairDataset } from "./data/pair.ts";
export { type Split, splitCorpus, TextDataset } from "./data/text.ts";
export { Utf8Error } from "./data/utf8.ts";
export { Vocabulary, VocabularyError } from "./data/vocabulary.ts";
export type { DrawRule, Engine, StepResult } from "./engine/engine.ts";
export type { OptimizerName, Reduction, UpdateRule } from "./engine/optimizer.ts";
export type { Precision, Reals } from "./engine/precision.ts";
export { type Parameter, parametersOf, type Shape } from "./engine/shape.ts";
export { TeamError } from "./engine/team-error.ts";
export { type SampleOptions, sampleBytesWith, sampleWith } from "./generate/sampler.ts";
export { type Cores, createModel, createWasmEngine, useCores } from "./library/engines.ts";
export { evaluate, ngramLoss } from "./library/evaluate.ts";
export { type FitOptions, fit, type Trainable } from "./library/fit.ts";
export { type Learned, type LearnOptions, learn } from "./library/learn.ts";
export { type ModelFromOptions, modelFrom } from "./library/model-from.ts";
export { enableWideVectors } from "./library/platform.ts";
export {
  type Candidate,
  type Prediction,
  type PredictOptions,
  predict,
  type States,
  score,
  states,
  type TextScore,
} from "./library/predict.ts";
export { sample, sampleBytes, sampleIds, type WriteOptions } from "./library/sample.ts";
export type { Reading, Source } from "./library/source.ts";
export { Model, predictedText, type Weights, weightsOf } from "./model/model.ts";
export type { Evaluation, StepRecord } from "./model/record.ts";
export {
  ClosedError,
  DataError,
  ElloError,
  MemoryError,
  SupportError,
  WeightsError,
} from "./outside/errors.ts";
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
