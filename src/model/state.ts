// Where a run stands: all that decides how it goes on, beside its configuration and its text.

import type { Reals } from "../engine/precision.ts";
import type { StepRecord } from "./record.ts";

/** What stands in numbers. */
export interface Progress {
  /** Training steps done. */
  step: number;
  /** Updates done by the engine; a step that is rolled back is not counted. */
  updates: number;
  /** What the learning rate is multiplied by: halved at each rollback. */
  rateScale: number;
  rollbacks: number;
  /** The best evaluation, and the steps done before it. */
  best: { readonly step: number; readonly loss: number } | null;
  /** Evaluations since the best. */
  misses: number;
  /** Exponential mean of the loss over about ten steps; null before the first. */
  recent: number | null;
  /** What these were at the last good state. */
  good: Pick<Progress, "step" | "updates" | "recent" | "misses"> | null;
  /** The record of the last step while its evaluation is still to be done. */
  pending: StepRecord | null;
}

/** Arrays by name; those of the last good state are prefixed "good.", the best weights "best.". */
export type StateArrays = Readonly<Record<string, Reals>>;

export interface TrainingState {
  readonly progress: Progress;
  readonly arrays: StateArrays;
}

/** A copy that does not change with the engine. */
export function copyOfState({ progress, arrays }: TrainingState): TrainingState {
  const copies = Object.entries(arrays).map(([name, array]) => [name, array.slice()]);
  return { progress: { ...progress }, arrays: Object.fromEntries(copies) };
}
