// The other threads of a model: how many pay, starting them, ending them.

import { precisionOf } from "../engine/precision.ts";
import { flopsPerStep, type Shape } from "../engine/shape.ts";
import { SupportError } from "../outside/errors.ts";
import type { RankJob, RankWorker } from "./rank.ts";

const ROWS_OF_A_BLOCK = { f64: 4, f32: 8 };
const MOST_THREADS = 64; // an order of the core's has room for twice as many
const FEWEST_ROWS = 8; // of the batch
const FEWEST_FLOPS = 2e7; // of a step: below, a millisecond of work, waiting costs more than it gives
const FLOPS_PER_MILLISECOND = 1e6; // that even a busy machine does
const LEAST_PATIENCE = 3000; // ms
const START_LIMIT = 20; // s for a thread to be ready

/**
 * Threads for a model: `wanted`, or with 0 as many of `available` as pay. Never more than the batch
 * has blocks of rows, nor than 64; one with fewer than eight rows.
 */
export function threadsFor(shape: Shape, wanted: number, available: number): number {
  if (shape.B < FEWEST_ROWS) return 1;
  const blocks = Math.floor(shape.B / ROWS_OF_A_BLOCK[precisionOf(shape)]);
  const most = Math.min(MOST_THREADS, blocks);
  if (wanted > 0) return Math.min(wanted, most);
  return flopsPerStep(shape) < FEWEST_FLOPS ? 1 : Math.min(available, most);
}

/** How long the threads of a step may do nothing before one counts as lost, ms. */
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
  for (const worker of workers) void worker.terminate().catch(() => {});
  throw failed.reason;
}

/** Starts one rank. @throws {Error} if it is not ready in time; then it is ended. */
async function startInTime(job: RankJob, start: (job: RankJob) => RankWorker): Promise<RankWorker> {
  const worker = start(job);
  try {
    const reason = `threads: expected every thread to start within ${START_LIMIT} s, got one that did not; train with threads 1`;
    await inTime(worker.ready, START_LIMIT, reason);
    return worker;
  } catch (error) {
    void worker.terminate().catch(() => {});
    throw error;
  }
}

/**
 * Waits for `promise`, at most `limit` seconds; however long the process stands still, it counts as
 * one. @throws {SupportError} for `reason` when they are over.
 */
export async function inTime<Value>(
  promise: Promise<Value>,
  limit: number,
  reason: string,
): Promise<Value> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const late = new Promise<never>((_, reject) => {
    let seconds = 0;
    timer = setInterval(() => {
      seconds++;
      if (seconds === limit) reject(new SupportError(reason));
    }, 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearInterval(timer);
  }
}
