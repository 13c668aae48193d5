// The epoch loop: loads batches, calls the engine once a step, yields a record each.

import type { Dataset } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import { DivergenceError } from "./divergence.ts";
import type { StepRecord } from "./record.ts";

/**
 * Trains `model` on `dataset` for the epochs its configuration names, from a zero state at each.
 * Stop by leaving the loop; the model stays as the last record left it.
 * @throws {DivergenceError} instead of a step that would make a number non-finite.
 * @throws {RangeError} if the dataset does not have the model's shape.
 */
export function* train(model: Model, dataset: Dataset): Generator<StepRecord, void, void> {
  const { engine, config } = model;
  const { V, T, B } = engine.shape;
  const { seqLength, batchSize, stepsPerEpoch, vocabulary } = dataset;
  if (seqLength !== T || batchSize !== B || vocabulary.size !== V) {
    throw new RangeError(
      `dataset: expected V ${V}, T ${T}, B ${B}, got V ${vocabulary.size}, T ${seqLength}, B ${batchSize}; make the model for this dataset`,
    );
  }
  const [ours, theirs] = [model.vocabulary, vocabulary].map(({ ixToChar }) => ixToChar.join(""));
  if (ours !== theirs) {
    throw new RangeError(
      `dataset: expected the vocabulary ${JSON.stringify(ours)}, got ${JSON.stringify(theirs)}; make the model for this dataset`,
    );
  }
  const began = performance.now();
  let step = 0;
  for (let epoch = 0; epoch < config.epochs; epoch++) {
    for (let batch = 0; batch < stepsPerEpoch; batch++) {
      if (batch === 0 || !config.carryState) engine.state.fill(0);
      dataset.load(batch, engine.inputs, engine.targets);
      const { outcome, loss, correct, gradNorm } = engine.step(config);
      if (outcome !== "done") throw new DivergenceError(outcome, epoch, step, config.learningRate);
      const seconds = (performance.now() - began) / 1000;
      const charsPerSecond = seconds > 0 ? ((step + 1) * T * B) / seconds : 0;
      yield { step, epoch, loss, accuracy: correct / (T * B), gradNorm, charsPerSecond };
      step++;
    }
  }
}
