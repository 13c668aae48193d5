// How well a model predicts a dataset. Looking only: whatever training the engine is in the midst of
// goes on, or is saved, as if there had been no evaluation, also at its pauses.

import { type Dataset, loadBatch } from "../data/dataset.ts";
import type { Engine } from "../engine/engine.ts";
import type { Model } from "../model/model.ts";
import type { Evaluation } from "../model/record.ts";
import { DataError } from "../outside/errors.ts";
import { DivergenceError } from "./divergence.ts";

/**
 * Mean loss and accuracy of a model on a whole dataset, from a zero state, which is carried.
 * @throws {DivergenceError} if a loss is not finite. @throws {DataError} as `loadBatch`.
 */
export function evaluateOn(model: Model, dataset: Dataset): Evaluation {
  const parts = evaluating(model, dataset);
  for (;;) {
    const { done, value } = parts.next();
    if (done) return value;
  }
}

/** The same, with a pause after each batch. */
export function* evaluating(
  { engine, config }: Model,
  dataset: Dataset,
): Generator<undefined, Evaluation, void> {
  const { T, B } = engine.shape;
  const { stepsPerEpoch: steps } = dataset;
  const carried = new Float64Array(engine.state.length);
  let loss = 0;
  let correct = 0;
  for (let step = 0; step < steps; step++) {
    const result = aside(engine, carried, () => {
      loadBatch(dataset, step, engine);
      return engine.evaluate();
    });
    if (result.outcome !== "done") {
      throw new DivergenceError("a loss that is not finite", 0, step, config.learningRate);
    }
    loss += result.loss;
    correct += result.correct;
    yield;
  }
  return { loss: loss / steps, accuracy: correct / (steps * T * B) };
}

/** Works with the hidden state `own`, [B][H], and leaves the engine's and its predictions as they were. */
function aside<Result>(engine: Engine, own: Float64Array, work: () => Result): Result {
  const state = engine.state.slice();
  const predictions = engine.predictions.slice();
  engine.state.set(own);
  try {
    return work();
  } finally {
    own.set(engine.state);
    engine.state.set(state);
    engine.predictions.set(predictions);
  }
}

/** @throws {DataError} if a dataset does not have the model's shape and vocabulary, or no step. */
export function checkDataset({ engine, vocabulary }: Model, dataset: Dataset): void {
  const { V, T, B } = engine.shape;
  const { seqLength, batchSize, stepsPerEpoch, vocabulary: theirs } = dataset;
  if (!(Number.isSafeInteger(stepsPerEpoch) && stepsPerEpoch > 0)) {
    throw new DataError(
      `dataset: expected stepsPerEpoch to be an integer from 1, got ${stepsPerEpoch}; give it a step`,
    );
  }
  if (seqLength !== T || batchSize !== B || theirs.size !== V) {
    throw new DataError(
      `dataset: expected V ${V}, T ${T}, B ${B}, got V ${theirs.size}, T ${seqLength}, B ${batchSize}; make the model for this dataset`,
    );
  }
  if (!vocabulary.equals(theirs)) {
    const [ours, others] = [vocabulary, theirs].map(({ ixToChar }) => ixToChar.join(""));
    throw new DataError(
      `dataset: expected the vocabulary ${JSON.stringify(ours)}, got ${JSON.stringify(others)}; make the model for this dataset`,
    );
  }
}
