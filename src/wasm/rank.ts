// A rank of a team other than the host's: what its worker runs, in Node and in a page.

import type { Moments } from "../engine/optimizer.ts";
import type { Shape } from "../engine/shape.ts";
import { instantiateCore, measure } from "./instantiate.ts";

/** What a worker needs to join a team; can be posted. */
export interface RankJob {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly shape: Shape;
  readonly moments: Moments;
  readonly rank: number;
  readonly ranks: number;
  /** ms to wait at a barrier for others that do nothing. */
  readonly patience: number;
}

/** A worker that serves as a rank. */
export interface RankWorker {
  /** Settles when the rank is ready for orders. */
  readonly ready: Promise<void>;
  /**
   * Ends the worker whatever it is doing. Settles when it can no longer touch the memory.
   * @throws {Error} where that cannot be known.
   */
  terminate(): Promise<void>;
}

/** Joins the team, says so by `ready`, and works until the team stops. Blocks its thread. */
export async function serveRank(job: RankJob, ready: () => void): Promise<void> {
  const { module, memory, shape, moments, rank, ranks, patience } = job;
  const core = await instantiateCore(module, memory);
  measure(core, shape);
  core.attach(moments, ranks, rank);
  ready();
  try {
    core.serve(patience);
  } finally {
    core.giveUp(); // does no harm when the team has stopped, and wakes the others when this rank threw
  }
}
