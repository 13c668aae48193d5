// What a trainer needs of its data: batches of token ids, in order, epoch after epoch.

import type { Config } from "../model/config.ts";
import type { Vocabulary } from "./vocabulary.ts";

export interface Dataset {
  readonly vocabulary: Vocabulary;
  /** T. */
  readonly seqLength: number;
  /** B. */
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  /** Settings that say where the data come from. */
  readonly settings: Partial<Config>;
  /** Writes step `step` (0 … stepsPerEpoch - 1) of an epoch into `inputs` and `targets`, [T][B]. */
  load(step: number, inputs: Int32Array, targets: Int32Array): void;
}
