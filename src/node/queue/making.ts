// A worker's runs, each by `train` in a process and a folder of its own, so that the loop that renews the locks
// is never busy with one, and what ends one ends no other.

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { commandFile } from "../built-files.ts";
import { ensureFolder } from "../folder/file-writing.ts";
import { type RunFile, TRAINING_FILE } from "../folder/names.ts";
import { placeOf } from "../folder/save-journal.ts";
import { readRegular } from "../read-file.ts";
import { outcomeOf, trainWords } from "../sweep/children.ts";
import type { Progress } from "../sweep/jobs.ts";
import { bytesOf } from "../sweep/memory.ts";
import { STATE_FILES } from "./handed.ts";
import { JobError, type RunJob } from "./job.ts";
import type { Files } from "./parcels.ts";
import { type CachedText, mostCharacters, type TextCache } from "./texts.ts";

const STATE_TIME = 120_000; // ms between two states that a long run hands back
const RESULTS = ["metrics.jsonl", "receipt.json"] as const;
const MODELS = ["model.safetensors", "best.safetensors"] as const;

/** What a job has come to. `state`: what it can be gone on from; undefined where that is its beginning. */
export type Made =
  | { readonly kind: "ended"; readonly files: Files; readonly state: Files | undefined }
  | { readonly kind: "failed"; readonly files: Files | undefined; readonly reason: string }
  | { readonly kind: "interrupted"; readonly state: Files | undefined };

/** What a run is made with. */
export interface Making {
  /** What it goes on from. */
  readonly state: Files | undefined;
  /** Ends it at once, for nobody wants it any more. */
  readonly signal: AbortSignal;
  hear(progress: Progress): void;
  /** Takes a state on the way. */
  keep(state: Files): Promise<void>;
}

export interface MakerOptions {
  readonly folder: string;
  readonly texts: TextCache;
  readonly concurrency: number;
  /** Bytes that a run may take. */
  readonly memory: number;
}

/** Makes runs. */
export class Maker {
  readonly #options: MakerOptions;
  readonly #running = new Set<ChildProcess>();
  #isInterrupted = false;

  constructor(options: MakerOptions) {
    this.#options = options;
  }

  /** @throws {JobError} for a job that is never made here. */
  async make(job: RunJob, making: Making): Promise<Made> {
    const { texts, concurrency, folder } = this.#options;
    const text = job.text.files.length > 0 ? await texts.take(job.text) : undefined;
    this.#expectMemory(job, text);
    if (this.#isInterrupted) return { kind: "interrupted", state: making.state };
    const own = join(folder, randomUUID());
    try {
      for (const [name, bytes] of Object.entries(making.state ?? {})) {
        ensureFolder(join(own, job.name));
        writeFileSync(join(own, job.name, name), bytes);
      }
      const threads = Math.max(1, Math.floor(availableParallelism() / concurrency));
      const place = { folder: own, text: text?.paths ?? [] };
      const words = trainWords({ run: job, until: job.until ?? undefined }, place, threads);
      return await this.#run(words, join(own, job.name), job, making);
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  }

  /** Ends all runs, saved. */
  interrupt(): void {
    this.#isInterrupted = true;
    for (const child of this.#running) child.kill("SIGTERM");
  }

  /** Ends all runs as they are. */
  kill(): void {
    for (const child of this.#running) child.kill("SIGKILL");
  }

  async #run(words: readonly string[], own: string, job: RunJob, making: Making): Promise<Made> {
    const { signal, hear, keep } = making;
    const args = [...process.execArgv, commandFile(), ...words];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#running.add(child);
    const end = () => child.kill("SIGKILL");
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    let saved = savedAt(own);
    let keeping = Promise.resolve();
    const timer = setInterval(() => {
      const now = savedAt(own);
      if (now === saved) return;
      saved = now;
      keeping = stateIn(own).then(
        (state) => state && keep(state),
        () => {},
      ) as Promise<void>;
      keeping.catch(() => {}); // the next one may be taken
    }, STATE_TIME);
    try {
      const ended = await outcomeOf(child, hear);
      await keeping.catch(() => {});
      if (ended.kind === "interrupted" || (ended.kind === "failed" && this.#isInterrupted)) {
        return { kind: "interrupted", state: (await stateIn(own)) ?? making.state };
      }
      const names = job.models && job.until === null ? [...RESULTS, ...MODELS] : RESULTS;
      if (ended.kind === "ended") {
        const state = job.until === null ? undefined : await stateIn(own);
        return { kind: "ended", files: await filesIn(own, names), state };
      }
      const files = await filesIn(own, RESULTS);
      const isTold = files["receipt.json"] !== undefined; // by a receipt, such as that it diverged
      return { kind: "failed", files: isTold ? files : undefined, reason: ended.reason };
    } finally {
      clearInterval(timer);
      signal.removeEventListener("abort", end);
      this.#running.delete(child);
    }
  }

  /** @throws {JobError} */
  #expectMemory({ config }: RunJob, text: CachedText | undefined): void {
    const { memory } = this.#options;
    const need = bytesOf({ config, V: mostCharacters(config, text) }, text?.bytes ?? 0);
    if (need <= memory) return;
    const inMb = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`;
    throw new JobError(
      `memory: expected a run of at most ${inMb(memory)}, got one of about ${inMb(need)}; see worker --memory-limit`,
    );
  }
}

/** The state in a run's folder, of one save; its logs may be longer. */
async function stateIn(folder: string): Promise<Files | undefined> {
  if (!existsSync(folder)) return undefined;
  const training = await filesIn(folder, [TRAINING_FILE]); // first: the logs only grow
  if (training[TRAINING_FILE] === undefined) return undefined;
  const logs = STATE_FILES.filter((name) => name !== TRAINING_FILE);
  return { ...training, ...(await filesIn(folder, logs)) };
}

async function filesIn(folder: string, names: readonly RunFile[]): Promise<Files> {
  const files: Record<string, Uint8Array> = {};
  for (const name of names) {
    try {
      files[name] = await readRegular(placeOf(folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return files;
}

/** When a run was last saved. */
function savedAt(folder: string): number {
  return statSync(join(folder, TRAINING_FILE), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
