// What a trainer needs of its data: batches of token ids, in order, epoch after epoch.

import { DataError } from "../outside/errors.ts";
import type { Config } from "../settings/check.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Data to train on: batches of token ids. Implement it for data of your own; every id is checked as it comes. */
export interface Dataset {
  readonly vocabulary: Vocabulary;
  /** T. */
  readonly seqLength: number;
  /** B. */
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  /** What was done otherwise than asked to make it, in sentences. */
  readonly notes?: readonly string[];
  /** Settings that say where the data come from. */
  readonly settings: Partial<Config>;
  /** Writes step `step` (0 … stepsPerEpoch - 1) of an epoch into `inputs` and `targets`, [T][B]. */
  load(step: number, inputs: Int32Array, targets: Int32Array): void;
}

/** Where a batch goes: an engine. */
export interface BatchTarget {
  readonly shape: { readonly V: number; readonly B: number };
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
}

/**
 * Loads a step's batch into an engine.
 * @throws {DataError} for an id beyond the vocabulary: the engine would read and write elsewhere.
 */
export function loadBatch(dataset: Dataset, step: number, engine: BatchTarget): void {
  const { V, B } = engine.shape;
  const { inputs, targets } = engine;
  dataset.load(step, inputs, targets);
  for (let p = 0; p < inputs.length; p++) {
    // Above V too where an id is negative, as an unsigned number.
    if ((inputs[p] as number) >>> 0 < V && (targets[p] as number) >>> 0 < V) continue;
    const [name, id] =
      (inputs[p] as number) >>> 0 < V ? ["target", targets[p]] : ["input", inputs[p]];
    throw new DataError(
      `dataset: expected ids from 0 to ${V - 1}, got the ${name} ${id} at step ${step}, time ${Math.floor(p / B)}, row ${p % B}; use the ids of the dataset's vocabulary`,
    );
  }
}
