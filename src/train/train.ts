// `train`: a run to be looped over, at once or between other work.

import type { Dataset } from "../data/dataset.ts";
import { TeamError } from "../engine/team-error.ts";
import type { Model } from "../model/model.ts";
import type { StepRecord } from "../model/record.ts";
import { Trainer } from "./trainer.ts";

const LONGEST_BUSY = 20; // ms of steps before other work gets a turn, in `for await`

/** What `train` evaluates on, and what ends it. */
export interface TrainOptions {
  /** Evaluated every `evalEvery` steps. */
  readonly validation?: Dataset | undefined;
  /** Ends the run after the step in work. */
  readonly signal?: AbortSignal | undefined;
}

/** A run: loop with `for` to train at once, with `for await` to let other work have its turns. */
export interface Run extends Iterable<StepRecord>, AsyncIterable<StepRecord> {
  readonly trainer: Trainer;
}

/**
 * Trains `model` on `dataset` for the epochs its configuration names. Stop by leaving the loop or by
 * the signal; the model stays as the last record left it. Where a thread is lost, `for await` goes on
 * with one, to the same bits; `for` throws, and goes on where it stood when it is entered anew after
 * `await model.engine.disband()`.
 * @throws {TeamError} when a thread is lost, in `for`.
 * @throws {DivergenceError} when training diverges and may not go back to a good state.
 * @throws {DataError} if a dataset does not have the model's shape.
 * @example
 * ```js
 * const data = hello();
 * const small = await createModel(data, { epochs: 300 });
 * for (const { step, loss, gradNorm } of train(small, data)) console.log(step, loss, gradNorm);
 * ```
 */
export function train(
  model: Model,
  dataset: Dataset,
  { validation, signal }: TrainOptions = {},
): Run {
  const trainer = new Trainer(model, dataset, validation);
  function* parts(): Generator<StepRecord | undefined, void, void> {
    if (signal?.aborted) return;
    for (const record of trainer.run()) {
      yield record;
      if (signal?.aborted) return;
    }
  }
  function* records(): Generator<StepRecord, void, void> {
    for (const record of parts()) if (record) yield record;
  }
  async function* inTurns(): AsyncGenerator<StepRecord, void, void> {
    let turned = performance.now();
    for (const record of parts()) {
      if (record) yield record;
      if (performance.now() - turned > LONGEST_BUSY) {
        await new Promise((resolve) => setTimeout(resolve));
        turned = performance.now();
      }
    }
  }
  async function* recordsInTurns(): AsyncGenerator<StepRecord, void, void> {
    for (;;) {
      try {
        return yield* inTurns();
      } catch (error) {
        if (!(error instanceof TeamError && model.engine.disband)) throw error;
        await model.engine.disband();
      }
    }
  }
  return { trainer, [Symbol.iterator]: records, [Symbol.asyncIterator]: recordsInTurns };
}
