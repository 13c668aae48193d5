// What the library needs of Node: the compiled cores, and workers for threads.

import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { SupportError } from "../outside/errors.ts";
import { CompiledCores, type CoreBuild } from "../wasm/instantiate.ts";
import type { RankJob, RankWorker } from "../wasm/rank.ts";
import { coreFile } from "./built-files.ts";
import { wideCore } from "./wide.ts";

export { coreFile } from "./built-files.ts";
export { enableWideVectors } from "./wide.ts";

const compiled = new CompiledCores();

/** A build of the core, compiled once; that of 256-bit vectors where they were enabled. */
export async function loadCore(build: CoreBuild): Promise<WebAssembly.Module> {
  const compile = async () => WebAssembly.compile(new Uint8Array(await readFile(coreFile(build))));
  return wideCore(build) ?? compiled.get(build, compile);
}

/** What is at an address, of a file or of the network. */
export async function bytesAt(address: URL): Promise<ArrayBuffer | Uint8Array<ArrayBuffer>> {
  if (address.protocol === "file:") return new Uint8Array(await readFile(address));
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return response.arrayBuffer();
}

/** Threads that can run at once and share memory. */
export function availableThreads(): number {
  return availableParallelism();
}

/** Starts a worker that serves as a rank. It does not keep the process alive. */
export function startRank(job: RankJob): RankWorker {
  const worker = new Worker(new URL("../../build/lib/rank-worker-node.js", import.meta.url), {
    workerData: job,
    execArgv: [], // flags such as --input-type are for the main thread
  });
  const ready = new Promise<void>((resolve, reject) => {
    worker.once("message", () => {
      worker.unref();
      resolve();
    });
    worker.once("error", reject);
    worker.once("exit", () =>
      reject(new SupportError("threads: expected a worker to start, got its end")),
    );
  });
  worker.on("error", () => {}); // a rank that fails is noticed at the next barrier
  return { ready, terminate: async () => void (await worker.terminate()) };
}
