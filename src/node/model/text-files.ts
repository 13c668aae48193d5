// The texts that --text names: read in pieces, hashed and turned into tokens as they come.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Corpus, CorpusBuilder, type CorpusRule } from "../../data/corpus.ts";
import { Utf8Error } from "../../data/utf8.ts";
import type { Vocabulary } from "../../data/vocabulary.ts";
import { quoted, shown } from "../../outside/printable.ts";
import { taskNamed, taskText } from "../../tasks/tasks.ts";
import { RunError, reasonOf } from "../errors.ts";
import { TRAINING_FILE } from "../folder/names.ts";
import type { Output } from "../output.ts";
import { expectRegular, readRegular } from "../read-file.ts";

export interface TextFiles {
  readonly corpus: Corpus;
  /** Of the bytes of all files, one after the other. */
  readonly sha256: string;
  /** How many those are. */
  readonly bytes: number;
}

export interface ReadOptions {
  /** Of the model that the text is for. */
  readonly vocabulary?: Vocabulary | undefined;
  /** Called with the hash before the text is understood; throws for another text than expected. */
  readonly expect?: (sha256: string) => void;
  /** Called now and then while a large text is read, with the file and the bytes read in all. */
  readonly onRead?: OnRead | undefined;
}

export type OnRead = (path: string, bytes: number) => void;

const PIECE = 2 ** 20; // bytes read at once
const NEWS = 16 * 2 ** 20; // bytes between two calls of onRead: a second on a busy machine

/**
 * Reads files, the .txt files of folders (sorted by name), standard input for "-", or makes the text of a task.
 * @throws {RunError} for what cannot be read or is not UTF-8. @throws {VocabularyError} @throws {ConfigError}
 */
export async function readTexts(
  names: readonly string[],
  rule: CorpusRule,
  { vocabulary, expect = () => {}, onRead = () => {} }: ReadOptions = {},
): Promise<TextFiles> {
  const builder = new CorpusBuilder(rule, vocabulary);
  const hash = createHash("sha256");
  let bytes = 0;
  for (const name of names) {
    for (const path of await filesOf(name)) {
      try {
        for await (const piece of piecesOf(path)) {
          hash.update(piece);
          builder.push(piece);
          const before = bytes;
          bytes += piece.length;
          if (Math.floor(bytes / NEWS) > Math.floor(before / NEWS)) onRead(path, bytes);
        }
        builder.endFile();
      } catch (error) {
        throw unreadable(path, error);
      }
    }
  }
  const sha256 = hash.digest("hex");
  expect(sha256);
  return { corpus: builder.finish(), sha256, bytes };
}

function piecesOf(path: string): AsyncIterable<Uint8Array> | readonly Uint8Array[] {
  const task = taskBytes(path);
  if (task) return [task];
  return path === "-" ? process.stdin : createReadStream(path, { highWaterMark: PIECE });
}

/** The text that a name such as task:recall stands for. @throws {ConfigError} */
function taskBytes(name: string): Uint8Array | undefined {
  const task = taskNamed(name);
  return task === undefined ? undefined : new TextEncoder().encode(taskText(task));
}

/** The bytes of each file that names stand for. @throws {RunError} for what cannot be read. */
export async function bytesOfTexts(names: readonly string[]): Promise<Uint8Array[]> {
  const files: Uint8Array[] = [];
  for (const name of names) {
    for (const path of await filesOf(name)) {
      files.push(
        taskBytes(path) ??
          (await readRegular(path).catch((error: unknown) => {
            throw unreadable(path, error);
          })),
      );
    }
  }
  return files;
}

/**
 * The texts that a receipt names; undefined for anything else than a list of names. Pipes and devices are
 * refused: those only a person may give. `flag`: what to name in an error. @throws {RunError}
 */
export async function namedTexts(
  names: unknown,
  flag: string,
): Promise<readonly string[] | undefined> {
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) return undefined;
  for (const name of names) {
    const stats = name === "-" ? undefined : await stat(name).catch(() => undefined);
    if (!stats || stats.isFile() || stats.isDirectory()) continue; // what is absent is said later
    throw new RunError(
      `${flag}: expected texts that are files or folders, got a pipe or a device, ${quoted(name)}; give it with --text`,
    );
  }
  return names;
}

/** Says on a terminal how much of a large text has been read. */
export function readingOn(output: Output): OnRead | undefined {
  if (!output.isTerminal) return undefined;
  return (path, bytes) => {
    const name = path === "-" ? "standard input" : shown(path);
    output.status(`Reading ${name}: ${Math.floor(bytes / 2 ** 20)} MiB so far`);
  };
}

/** The files of a name; one may be a pipe, such as a shell's <(…), but no device, which may not end. */
async function filesOf(name: string): Promise<string[]> {
  if (name === "-" || taskNamed(name)) return [name];
  try {
    const stats = await stat(name);
    if (stats.isCharacterDevice() || stats.isBlockDevice()) {
      throw new Error("a device; standard input is -");
    }
    if (!stats.isDirectory()) return [name];
    const entries = await readdir(name);
    if (entries.includes(TRAINING_FILE)) {
      throw new Error("the folder of a run, which --resume goes on with,");
    }
    const texts = entries.filter((entry) => entry.endsWith(".txt")).sort();
    if (texts.length === 0) throw new Error("a folder without .txt files");
    const paths = texts.map((entry) => join(name, entry));
    for (const path of paths) expectRegular(await stat(path));
    return paths;
  } catch (error) {
    throw unreadable(name, error);
  }
}

/** A file of a text that cannot be read; its bytes are another matter. */
export class TextFileError extends RunError {}

function unreadable(path: string, error: unknown): RunError {
  const place = path === "-" ? "standard input" : quoted(path);
  if (error instanceof Utf8Error) {
    return new RunError(
      `--text: ${error.message} of ${place}; convert it to UTF-8, or use --unit byte`,
    );
  }
  return new TextFileError(`--text: expected a readable file, got ${reasonOf(error)} for ${place}`);
}
