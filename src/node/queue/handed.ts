// What workers and sweeps hand each other beside the jobs: how a run has ended, and the state that it can be
// gone on from. Each is named in one key, so that the first result counts and the last state.

import { createHash, randomUUID } from "node:crypto";
import { TRAINING_FILE } from "../folder/names.ts";
import type { Connection } from "./connection.ts";
import type { RunJob } from "./job.ts";
import { type Files, KEPT, type Label, labelIn, type Parcels } from "./parcels.ts";

/** The files by which a run goes on elsewhere. */
export const STATE_FILES = [TRAINING_FILE, "metrics.jsonl", "samples.txt"] as const;
/** The files of a result, the receipt last, by which it counts. */
export const RESULT_FILES = [
  ...(["metrics.jsonl", "model.safetensors", "best.safetensors", "receipt.json"] as const),
] as const;
const LONGEST_REASON = 300; // characters

/** How a run has ended: its files, and why it failed if it did. */
export interface Result {
  readonly files: Files;
  readonly failed: string | undefined;
}

type Named = Pick<RunJob, "sweep" | "name">;

export class Handed {
  readonly #redis: Connection["redis"];
  readonly #parcels: Parcels;

  constructor({ redis }: Connection, parcels: Parcels) {
    this.#redis = redis;
    this.#parcels = parcels;
  }

  async hasResult(job: Named & Pick<RunJob, "until">): Promise<boolean> {
    return (await this.#redis.exists(resultKey(job))) === 1;
  }

  /** Hands in a result; one that is not the first is dropped. */
  async putResult(job: RunJob, { files, failed }: Result): Promise<void> {
    const label = await this.#parcels.pack(newKey(), files);
    const text = JSON.stringify({ ...label, failed: failed?.slice(0, LONGEST_REASON) });
    const isFirst = await this.#redis.set(resultKey(job), text, "EX", KEPT, "NX");
    if (isFirst) return;
    // A command whose answer was lost is sent again: then it is ours that stands there.
    if ((await this.#redis.get(resultKey(job))) !== text) await this.#parcels.remove(label.key);
  }

  /** A result that is there; undefined where there is none that can be read. */
  async result(job: Named & Pick<RunJob, "until">): Promise<Result | undefined> {
    const text = await this.#redis.get(resultKey(job));
    const label = labelIn(text, RESULT_FILES);
    if (!label) return undefined;
    const { failed } = label as Label & { failed?: unknown };
    const reason = typeof failed === "string" ? failed.slice(0, LONGEST_REASON) : undefined;
    return { files: await this.#parcels.unpack(label), failed: reason };
  }

  async removeResult(job: Named & Pick<RunJob, "until">): Promise<void> {
    await this.#remove(resultKey(job));
  }

  /** Hands back the state of a run, in place of the one before. */
  async putState(job: Named, files: Files): Promise<void> {
    const key = stateKey(job);
    const before = labelIn(await this.#redis.get(key), STATE_FILES);
    const label = await this.#parcels.pack(newKey(), files);
    await this.#redis.set(key, JSON.stringify(label), "EX", KEPT);
    if (before) await this.#parcels.remove(before.key);
  }

  /** The state that was handed back last; undefined where none is whole. */
  async state(job: Named): Promise<Files | undefined> {
    const label = labelIn(await this.#redis.get(stateKey(job)), STATE_FILES);
    return label && this.#parcels.unpack(label).catch(() => undefined);
  }

  async removeState(job: Named): Promise<void> {
    await this.#remove(stateKey(job));
  }

  async #remove(key: string): Promise<void> {
    const label = labelIn(await this.#redis.get(key), [...STATE_FILES, ...RESULT_FILES]);
    await this.#redis.unlink(key);
    if (label) await this.#parcels.remove(label.key);
  }
}

/** A run of a sweep in a word. */
export function wordOf({ sweep, name }: Named): string {
  return `${sweep}-${createHash("sha256").update(name).digest("hex").slice(0, 16)}`;
}

/** The same with where it is to stop. */
export function askedWord(job: Named & Pick<RunJob, "until">): string {
  return `${wordOf(job)}-${job.until ?? "end"}`;
}

const newKey = (): string => randomUUID();
const resultKey = (job: Named & Pick<RunJob, "until">) => `ello:result:${askedWord(job)}`;
const stateKey = (job: Named): string => `ello:state:${wordOf(job)}`;
