// The folder of a run. Every file is written aside, flushed and renamed when it is whole, so a run
// that is killed leaves the old file or the new one, never a part.

import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { RunError, reasonOf } from "./errors.ts";

const CHUNK = 65_536; // characters of metrics held before they are written
const PIECE = 2 ** 30; // bytes written at once; a call takes less than 2 GiB
const METRICS = "metrics.jsonl";

/** The folder could not be written; its log may lack lines. */
export class FolderError extends RunError {}

export class RunFiles {
  readonly #folder: string;
  /** Names of files begun and not yet whole. */
  readonly #partial = new Set<string>();
  readonly #metrics: number;
  #metricsBytes: number;
  #pending = "";

  /**
   * Makes the folder and begins metrics.jsonl, or with `keep` goes on behind its first so many bytes.
   * @throws {FolderError} if it cannot be written.
   */
  constructor(folder: string, keep = 0) {
    this.#folder = folder;
    this.#metricsBytes = keep;
    this.#metrics = this.#try(() => {
      ensureFolder(folder);
      removeLeftovers(folder);
      return keep > 0 ? goOn(join(folder, METRICS), keep) : this.#begin(METRICS);
    });
    if (keep > 0) this.#metricsBytes = fstatSync(this.#metrics).size;
    process.once("exit", () => this.discard());
  }

  /** Adds a line to metrics.jsonl. @throws {RunError} */
  addMetrics(line: string): void {
    this.#pending += `${line}\n`;
    if (this.#pending.length >= CHUNK) this.#flush();
  }

  /** Bytes of metrics.jsonl so far. @throws {RunError} */
  get metricsBytes(): number {
    this.#flush();
    return this.#metricsBytes;
  }

  /**
   * Writes files, and metrics.jsonl so far; each is the old one until it is whole. metrics.jsonl comes
   * first and goes on growing in its place.
   * @returns their paths. @throws {RunError}, leaving the old files.
   */
  save(files: Readonly<Record<string, string | Uint8Array>>): string[] {
    this.#flush();
    return this.#try(() => {
      fsyncSync(this.#metrics);
      for (const [name, content] of Object.entries(files)) {
        const file = this.#begin(name);
        try {
          writeAll(file, typeof content === "string" ? new TextEncoder().encode(content) : content);
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
      }
      const names = [...this.#partial];
      for (const name of names) {
        const old = statSync(join(this.#folder, name), { throwIfNoEntry: false });
        if (old?.isDirectory()) throw new Error(`EISDIR: ${name} is a folder`);
      }
      for (const name of names) {
        renameSync(this.#aside(name), join(this.#folder, name));
        this.#partial.delete(name);
      }
      flushFolder(this.#folder);
      const all = names.includes(METRICS) ? names : [METRICS, ...names];
      return all.map((name) => join(this.#folder, name));
    });
  }

  /** Removes what is not whole. */
  discard(): void {
    for (const name of this.#partial) rmSync(this.#aside(name), { force: true });
    this.#partial.clear();
  }

  #begin(name: string): number {
    const file = openSync(this.#aside(name), "w");
    this.#partial.add(name);
    return file;
  }

  #aside(name: string): string {
    return join(this.#folder, `.${name}.${process.pid}.partial`);
  }

  #flush(): void {
    const bytes = new TextEncoder().encode(this.#pending);
    this.#pending = "";
    this.#try(() => writeAll(this.#metrics, bytes));
    this.#metricsBytes += bytes.length;
  }

  #try<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw new FolderError(
        `--out-dir: expected a folder that can be written, got ${reasonOf(error)} for ${JSON.stringify(this.#folder)}; what was there is as it was; choose another`,
      );
    }
  }
}

/** Opens a file to go on behind its first `keep` bytes, or behind its end if it is shorter. */
function goOn(path: string, keep: number): number {
  const file = openSync(path, "a");
  if (fstatSync(file).size > keep) ftruncateSync(file, keep);
  return file;
}

/** Makes a folder and those above it. Node's own `recursive` never returns below /proc. */
function ensureFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  ensureFolder(dirname(resolve(path)));
  mkdirSync(path);
}

/** Makes renames last. Systems that cannot open a folder do without. */
function flushFolder(folder: string): void {
  let file: number;
  try {
    file = openSync(folder, "r");
  } catch {
    return;
  }
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Removes what runs that were killed had not finished writing. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^\..+\.(\d+)\.partial$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Writes all of `bytes`; one call may write only a part. */
function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(file, bytes, at, Math.min(PIECE, bytes.length - at));
  }
}
