// What a sweep asks for: runs, made by children here or by workers elsewhere.

import type { PlannedRun } from "./plan.ts";

/** A run to be made, or to be gone on with, up to a step. */
export interface Job {
  readonly run: PlannedRun;
  /** The step after which it stops for now; undefined for its end. */
  readonly until: number | undefined;
  /** How many jobs there are for all who work, this one counted. */
  readonly waiting: number;
}

/** How far a run is. */
export interface Progress {
  /** Steps done. */
  readonly step: number;
  readonly loss: number;
  /** The last validation loss. */
  readonly validation?: number | undefined;
}

/** How a job ended; what there is of the run stands in its folder. */
export type Ended =
  | { readonly kind: "ended" }
  | { readonly kind: "failed"; readonly reason: string }
  /** By a signal: it can be gone on with. */
  | { readonly kind: "interrupted" };

/** Who makes runs. */
export interface Jobs {
  /** How many may be asked for at once. */
  readonly atOnce: number;
  /** Does a job, and tells how far it is. Never throws for what goes wrong with one. */
  do(job: Job, hear: (progress: Progress) => void): Promise<Ended>;
  /** Ends those that go on, saved; for a signal. */
  interrupt(): void;
  close(): Promise<void>;
}
