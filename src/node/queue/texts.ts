// A sweep's text on its way to workers: sent once, known by its SHA-256, kept by each worker in its folder.

import { createHash } from "node:crypto";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../settings/check.ts";
import { RunError } from "../errors.ts";
import { ensureFolder } from "../folder/file-writing.ts";
import { bytesOfTexts } from "../model/text-files.ts";
import { JobError, type QueuedText } from "./job.ts";
import { ParcelError, type Parcels } from "./parcels.ts";

const POINTS = 0x110000; // code points there are

/** Reads a text to be sent. @throws {RunError} if it is not the one that was planned. */
export async function readText(
  names: readonly string[],
  sha256: string,
): Promise<{ text: QueuedText; bytes: Uint8Array }> {
  const files = await bytesOfTexts(names);
  const bytes = Buffer.concat(files);
  const got = createHash("sha256").update(bytes).digest("hex");
  if (names.length > 0 && got !== sha256) {
    throw new RunError(
      `--text: expected the text that was planned with, SHA-256 ${sha256}, got one of ${got}; leave its files alone while a sweep begins`,
    );
  }
  return { text: { sha256, files: files.map(({ length }) => length) }, bytes };
}

/** Puts a text where workers find it, if it is not there. */
export async function sendText(
  parcels: Parcels,
  { sha256 }: QueuedText,
  bytes: Uint8Array,
): Promise<void> {
  if (!(await parcels.has(sha256))) await parcels.put(sha256, bytes);
}

/** A text in a worker's folder. */
export interface CachedText {
  readonly paths: readonly string[];
  readonly bytes: number;
  /** Different code points, more than its vocabulary can have. */
  readonly points: number;
}

export class TextCache {
  readonly #parcels: Parcels;
  readonly #folder: string;
  readonly #known = new Map<string, Promise<CachedText>>();

  constructor(parcels: Parcels, folder: string) {
    this.#parcels = parcels;
    this.#folder = folder;
  }

  /** @throws {JobError} for one that is too long. @throws {RunError} for one that is not there, or another. */
  async take({ sha256, files }: QueuedText): Promise<CachedText> {
    const bytes = files.reduce((sum, length) => sum + length, 0);
    if (!(bytes <= this.#parcels.largest)) {
      throw new JobError(`text: expected at most ${this.#parcels.largest} bytes, got ${bytes}`);
    }
    const cut = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16);
    const name = `${sha256}-${cut}`;
    let text = this.#known.get(name);
    if (!text) {
      text = this.#fetch(name, { sha256, files }, bytes);
      this.#known.set(name, text);
      text.catch(() => this.#known.delete(name)); // it may come
    }
    return text;
  }

  async #fetch(name: string, { sha256, files }: QueuedText, length: number): Promise<CachedText> {
    const bytes = await this.#parcels.get(sha256, length, sha256).catch((error: unknown) => {
      throw error instanceof ParcelError && error.isWrong ? new JobError(error.message) : error;
    });
    const folder = join(this.#folder, name);
    const paths = files.map((_, i) => join(folder, `${i}`.padStart(5, "0")));
    const aside = `${folder}.partial`;
    rmSync(aside, { recursive: true, force: true });
    ensureFolder(aside);
    let at = 0;
    for (const [i, size] of files.entries()) {
      writeFileSync(join(aside, `${i}`.padStart(5, "0")), bytes.subarray(at, at + size));
      at += size;
    }
    if (!existsSync(folder)) renameSync(aside, folder);
    return { paths, bytes: length, points: pointsIn(bytes) };
  }
}

/** How many different code points a text has; what is not UTF-8 counts as one. */
function pointsIn(bytes: Uint8Array): number {
  const seen = new Uint8Array(POINTS);
  let count = 0;
  const decoder = new TextDecoder();
  const piece = 2 ** 20;
  for (let at = 0; at < bytes.length; at += piece) {
    for (const one of decoder.decode(bytes.subarray(at, at + piece), { stream: true })) {
      const point = one.codePointAt(0) as number;
      count += 1 - (seen[point] as number);
      seen[point] = 1;
    }
  }
  return count;
}

/** The most characters that a run's vocabulary can have. */
export function mostCharacters(
  { unit, input, target }: Config,
  text: CachedText | undefined,
): number {
  if (!text) return new Set(input + target).size;
  return unit === "byte" ? 256 : text.points + 1; // and the symbol of what is unknown
}
