// Files that are read whole: regular ones only, so that a pipe or a device cannot hang the command.

import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  type Stats,
  statSync,
} from "node:fs";
import { open, stat } from "node:fs/promises";
import { parseJson } from "../outside/json.ts";

const LARGEST = 2 ** 32; // bytes, what one array holds
const PIECE = 2 ** 30; // bytes of one call, which takes less than 2 GiB
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0); // without waiting for a pipe's other end
const LARGEST_JSON = 2 ** 28; // bytes; a longer text does not fit into a string

/**
 * The bytes of a regular file, also through links.
 * @throws {Error} with a system call's reason, or one of `expectRegular`.
 */
export async function readRegular(path: string, largest = LARGEST): Promise<Uint8Array> {
  // Asked first, since opening some devices does something; and again of what has been opened, since it
  // may be another file by then.
  expectRegular(await stat(path));
  const file = await open(path, READ);
  try {
    const stats = await file.stat();
    expectRegular(stats);
    if (stats.size > largest) throw new Error(`${stats.size} bytes, more than ${largest}`);
    const bytes = new Uint8Array(stats.size);
    let read = 0;
    while (read < bytes.length) {
      const room = Math.min(PIECE, bytes.length - read);
      const { bytesRead } = await file.read(bytes, read, room);
      if (bytesRead === 0) break; // it has become shorter
      read += bytesRead;
    }
    return bytes.subarray(0, read);
  } finally {
    await file.close();
  }
}

/** The value of a JSON file. @throws {JsonError} and as `readRegular`. */
export async function readJson(path: string): Promise<unknown> {
  return parseJson(new TextDecoder().decode(await readRegular(path, LARGEST_JSON)));
}

/** Opens a regular file to read. @throws as `readRegular`. */
export function openRegular(path: string): number {
  expectRegular(statSync(path));
  const file = openSync(path, READ);
  try {
    expectRegular(fstatSync(file));
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** The value of a small JSON file that decides what else is read, at once. @throws as `readJson`. */
export function readJsonNow(path: string): unknown {
  const file = openRegular(path);
  try {
    return parseJson(readFileSync(file, "utf8"));
  } finally {
    closeSync(file);
  }
}

/** @throws {Error} with what it is, for anything but a regular file. */
export function expectRegular(stats: Stats): void {
  if (stats.isFile()) return;
  if (stats.isDirectory()) throw new Error("EISDIR: a folder");
  throw new Error(`${stats.isFIFO() ? "a pipe" : "a device"}, not a regular file`);
}
