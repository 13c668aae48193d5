// What the library needs of where it runs, which the entry for that place gives it (src/index.ts in Node,
// web/index.ts elsewhere): the one thing that is not the same everywhere.

import type { Precision } from "../engine/precision.ts";
import type { CoreBuild } from "../wasm/instantiate.ts";
import type { RankJob, RankWorker } from "../wasm/rank.ts";

/** The compiled cores, and workers for threads. */
export interface Platform {
  /** Threads that can run at once and share memory. */
  availableThreads(): number;
  /** A build of the core, compiled once. */
  loadCore(build: CoreBuild): Promise<WebAssembly.Module>;
  /** What is at an address. */
  bytesAt(address: URL): Promise<ArrayBuffer | Uint8Array<ArrayBuffer>>;
  /** Starts a worker that serves as a rank. */
  startRank(job: RankJob): RankWorker;
  enableWideVectors(precision?: Precision): Promise<string | undefined>;
}

let current: Platform;

/** From now on, and before any call, the library runs on `platform`. */
export function usePlatform(platform: Platform): void {
  current = platform;
}

export function platform(): Platform {
  return current;
}

/**
 * Trains on 256-bit vectors from now on, in this process and its threads, where Node can (24 or later) and a
 * check against stored bits passes; else, and in a page, everything is as it was. Models that are made after
 * this have them, but for the `fast` ones, and those of the other precision.
 * @returns why not, for the user; undefined where it does.
 * @example
 * ```js
 * const why = await enableWideVectors();
 * if (why) console.log(`128-bit vectors: ${why}`);
 * ```
 */
export async function enableWideVectors(precision?: Precision): Promise<string | undefined> {
  return current.enableWideVectors(precision);
}
