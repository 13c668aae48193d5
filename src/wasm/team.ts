// The other threads of a model: how many pay, starting them, ending them.

import { flopsPerStep, type Shape } from "../model/shape.ts";
import type { RankJob, RankWorker } from "./rank.ts";

/** A thread of a model failed or did not answer in time; the model must be closed. */
export class TeamError extends Error {
  override readonly name = "TeamError";
  constructor(patience: number) {
    super(
      `threads: expected every thread to finish its part within ${(patience / 1000).toFixed(0)} s, got one that failed or stalled; the weights are those of the step before; save them, or train with threads 1`,
    );
  }
}

const ROWS_OF_A_BLOCK = 4;
const FEWEST_ROWS = 8; // of the batch
const FEWEST_FLOPS = 2e7; // of a step: below, a millisecond of work, waiting costs more than it gives
const FLOPS_PER_MILLISECOND = 1e6; // that even a busy machine does
const LEAST_PATIENCE = 3000; // ms
const START_LIMIT = 20_000; // ms for a thread to be ready

/**
 * Threads for a model: `wanted`, or with 0 as many of `available` as pay. Never more than the batch
 * has blocks of four rows, one with fewer than eight rows.
 */
export function threadsFor(shape: Shape, wanted: number, available: number): number {
  if (shape.B < FEWEST_ROWS) return 1;
  const blocks = Math.floor(shape.B / ROWS_OF_A_BLOCK);
  if (wanted > 0) return Math.min(wanted, blocks);
  return flopsPerStep(shape) < FEWEST_FLOPS ? 1 : Math.min(available, blocks);
}

/** How long to wait for a thread in one step before it counts as lost, ms. */
export function patienceFor(shape: Shape): number {
  return Math.ceil(LEAST_PATIENCE + flopsPerStep(shape) / FLOPS_PER_MILLISECOND);
}

/** Starts ranks 1 … ranks - 1. @throws if one cannot start; then none is left running. */
export async function startRanks(
  job: Omit<RankJob, "rank">,
  start: (job: RankJob) => RankWorker,
): Promise<RankWorker[]> {
  const others = Array.from({ length: job.ranks - 1 }, (_, i) => ({ ...job, rank: i + 1 }));
  const started = await Promise.allSettled(others.map((own) => startInTime(own, start)));
  const workers = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = started.find((one) => one.status === "rejected");
  if (!failed) return workers;
  for (const worker of workers) worker.terminate();
  throw failed.reason;
}

/** Starts one rank. @throws {Error} if it is not ready in time; then it is ended. */
async function startInTime(job: RankJob, start: (job: RankJob) => RankWorker): Promise<RankWorker> {
  const worker = start(job);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const reason = `threads: expected every thread to start within ${START_LIMIT / 1000} s, got one that did not; train with threads 1`;
    timer = setTimeout(() => reject(new Error(reason)), START_LIMIT);
  });
  try {
    await Promise.race([worker.ready, late]);
    return worker;
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
