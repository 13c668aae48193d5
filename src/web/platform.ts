// What the library needs of a page or its worker: the compiled cores, and workers for threads.

import type { Precision } from "../engine/precision.ts";
import { SupportError } from "../outside/errors.ts";
import { ConfigError } from "../settings/check.ts";
import type { RankJob, RankWorker } from "../wasm/rank.ts";
import { inTime } from "../wasm/team.ts";

export { loadCore } from "./cores.ts";

/** The worker of a rank to whoever started it; "left" when it touches the memory no more. */
export type RankSays = "listening" | "ready" | "left";

const LEAVE_LIMIT = 3; // s for a rank that was told to stop

/** 256-bit vectors, which a page cannot have. @returns why. */
export async function enableWideVectors(_precision?: Precision): Promise<string | undefined> {
  return "expected Node 24 or later, which can be told to, got a page; training goes on at 128 bits";
}

/** What is at an address. */
export async function bytesAt(address: URL): Promise<ArrayBuffer | Uint8Array<ArrayBuffer>> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return response.arrayBuffer();
}

/** Threads that can run at once and share memory: one where nothing can be shared, or waited for. */
export function availableThreads(): number {
  return aloneBecause() ? 1 : navigator.hardwareConcurrency;
}

/** Where this is, if there can be one thread only, and what to do for more. */
function aloneBecause(): [where: string, advice: string] | undefined {
  if (!globalThis.crossOriginIsolated) {
    return [
      "in a page that is not cross-origin isolated",
      "have it sent with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
    ];
  }
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    if (typeof Worker === "function") return undefined; // not in every kind of worker
  } catch {} // where waiting is not allowed
  return [
    "where others cannot be made and waited for, as on a page's main thread",
    "train in a worker",
  ];
}

/**
 * Starts a worker that serves as a rank. It is given its job when it says that it listens.
 * @throws {ConfigError} where there can be one thread only.
 */
export function startRank(job: RankJob): RankWorker {
  const alone = aloneBecause();
  if (alone) {
    const [where, advice] = alone;
    throw new ConfigError("threads", `expected 1 ${where}, got ${job.ranks}; ${advice}`);
  }
  // The compiled script's name: nothing rewrites it here, and Vite finds the source by it.
  const worker = new Worker(new URL("./rank-worker.js", import.meta.url), { type: "module" });
  let leave = (): void => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const ready = new Promise<void>((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<RankSays>) => {
      if (data === "listening") worker.postMessage(job);
      else if (data === "ready") resolve();
      else leave();
    });
    worker.addEventListener("error", ({ message }) =>
      reject(new SupportError(`threads: ${message}`)),
    );
  });
  // A page is not told when a worker that it ends has ended: the word must be the worker's own.
  const terminate = async (): Promise<void> => {
    const reason = `threads: expected every thread to leave within ${LEAVE_LIMIT} s, got one that did not; keep the weights, and make another model with threads 1`;
    try {
      await inTime(left, LEAVE_LIMIT, reason);
    } finally {
      worker.terminate();
    }
  };
  return { ready, terminate };
}
