// A file of a run that grows line by line. What it held at a save is known by its length and hash, so
// that a run goes on behind its own lines and nobody else's.

import { createHash, type Hash } from "node:crypto";
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  readSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { LogMark } from "../../checkpoint/training.ts";
import { reasonOf } from "../errors.ts";
import { openRegular } from "../read-file.ts";
import { asideOf, createNew, moveIn, writeAll } from "./file-writing.ts";
import type { RunFile } from "./names.ts";

const HELD = 65_536; // bytes held before they are written
const PIECE = 2 ** 20; // bytes read at once

/** A log that is not the one that was saved, that cannot be read, or none. The text is what was got. */
export class LogError extends Error {
  override readonly name = "LogError";
  readonly isGone: boolean;
  constructor(text: string, isGone = false) {
    super(text);
    this.isGone = isGone;
  }
}

export class RunLog {
  readonly name: RunFile;
  #file: number;
  #hash: Hash;
  #bytes: number;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Whether a part of a piece may stand behind its bytes. */
  #isTorn = false;

  private constructor(name: RunFile, file: number, hash: Hash, bytes: number) {
    this.name = name;
    this.#file = file;
    this.#hash = hash;
    this.#bytes = bytes;
  }

  /** A new, empty one. */
  static begin(folder: string, name: RunFile): RunLog {
    return new RunLog(name, createNew(join(folder, name)), createHash("sha256"), 0);
  }

  /**
   * A copy of what `mark` says of the log in `from`, put in place of what is there: a link that stands
   * there is replaced, not followed. @throws {LogError} if there is no log or it begins otherwise.
   */
  static goOn(folder: string, name: RunFile, from: string, mark: LogMark): RunLog {
    const source = openLog(join(from, name));
    const file = createNew(asideOf(folder, name));
    try {
      const hash = copy(source, file, mark.bytes);
      const got = hash.copy().digest("hex");
      if (mark.sha256 !== undefined && got !== mark.sha256) {
        throw new LogError(`another log, whose first ${mark.bytes} bytes have SHA-256 ${got}`);
      }
      moveIn(folder, name);
      return new RunLog(name, file, hash, mark.bytes);
    } catch (error) {
      closeSync(file);
      rmSync(asideOf(folder, name), { force: true });
      throw error;
    } finally {
      closeSync(source);
    }
  }

  add(piece: string | Uint8Array): void {
    const bytes = Buffer.from(piece);
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes >= HELD) this.flush();
  }

  /** Writes what is held; what cannot be written stays held. */
  flush(): void {
    const bytes = Buffer.concat(this.#held);
    if (this.#isTorn) ftruncateSync(this.#file, this.#bytes);
    this.#isTorn = true;
    writeAll(this.#file, bytes);
    this.#isTorn = false;
    this.#held = [];
    this.#heldBytes = 0;
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  /** What it holds now. */
  get mark(): LogMark {
    this.flush();
    return { bytes: this.#bytes, sha256: this.#hash.copy().digest("hex") };
  }

  /** Makes what it holds safe on the disk. */
  save(): void {
    this.flush();
    fsyncSync(this.#file);
  }

  /** Whether the file of this name in a folder is this log. */
  standsIn(folder: string): boolean {
    const there = statSync(join(folder, this.name), { throwIfNoEntry: false });
    const own = fstatSync(this.#file);
    return there?.dev === own.dev && there.ino === own.ino;
  }

  /**
   * Forgets all from the first line on that is not kept. What is left goes on beside its place, where the
   * next save finds it: until then the log there is the one that the save before knows. Of ASCII only.
   */
  rewind(folder: string, isKept: (line: string) => boolean): void {
    this.flush();
    const bytes = keptOf(this.#file, this.#bytes, isKept);
    const file = createNew(asideOf(folder, this.name));
    try {
      this.#hash = copy(this.#file, file, bytes);
    } catch (error) {
      closeSync(file);
      throw error;
    }
    closeSync(this.#file);
    this.#file = file;
    this.#bytes = bytes;
  }

  /** Writes it anew where it has been deleted. */
  restore(folder: string): void {
    if (this.standsIn(folder)) return;
    const file = createNew(asideOf(folder, this.name));
    copy(this.#file, file, this.#bytes);
    moveIn(folder, this.name);
    closeSync(this.#file);
    this.#file = file;
  }

  close(): void {
    try {
      closeSync(this.#file);
    } catch {
      // what counts was saved
    }
  }
}

/** Opens a log to read. @throws {LogError} for whatever is wrong with it. */
function openLog(path: string): number {
  try {
    return openRegular(path);
  } catch (error) {
    throw new LogError(reasonOf(error), (error as NodeJS.ErrnoException).code === "ENOENT");
  }
}

/** How many bytes the lines have before the first that is not kept. */
function keptOf(file: number, bytes: number, isKept: (line: string) => boolean): number {
  const piece = Buffer.alloc(PIECE);
  let rest = "";
  let kept = 0;
  for (let at = 0; at < bytes; ) {
    const got = readSync(file, piece, 0, Math.min(PIECE, bytes - at), at);
    if (got === 0) break;
    at += got;
    const lines = `${rest}${piece.toString("latin1", 0, got)}`.split("\n");
    rest = lines.pop() as string;
    for (const line of lines) {
      if (!isKept(line)) return kept;
      kept += line.length + 1;
    }
  }
  return kept;
}

/** Copies the first `bytes` bytes, safe on the disk. @returns their hash. @throws {LogError} if there are fewer. */
function copy(from: number, to: number, bytes: number): Hash {
  const hash = createHash("sha256");
  const piece = new Uint8Array(PIECE);
  for (let at = 0; at < bytes; ) {
    const got = readSync(from, piece, 0, Math.min(PIECE, bytes - at), at);
    if (got === 0) throw new LogError(`only ${at} of its ${bytes} bytes`);
    hash.update(piece.subarray(0, got));
    writeAll(to, piece.subarray(0, got));
    at += got;
  }
  fsyncSync(to);
  return hash;
}
