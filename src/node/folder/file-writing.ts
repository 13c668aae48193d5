// How files of a run come to be: new ones beside their place, flushed, then renamed. Links are replaced,
// never followed.

import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";

const PIECE = 2 ** 30; // bytes written at once; a call takes less than 2 GiB

/** Where a file stands until it is whole. The folder's lock keeps others from it. */
export function asideOf(folder: string, name: string): string {
  return join(folder, `.${name}.partial`);
}

/** Whether a name is one that `asideOf` gives. */
export function isAside(name: string): boolean {
  return /^\..+\.partial$/.test(name);
}

/** Makes a file that was not there, or takes the place of one; to be written at its end and read. */
export function createNew(path: string): number {
  rmSync(path, { force: true });
  const { O_RDWR, O_APPEND, O_CREAT, O_EXCL } = constants;
  return openSync(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL, 0o666);
}

/** Writes a whole file beside its place; `isFlushed`: safe on the disk, which takes milliseconds. */
export function writeAside(
  folder: string,
  name: string,
  content: string | Uint8Array,
  isFlushed = true,
): void {
  const file = createNew(asideOf(folder, name));
  try {
    writeAll(file, typeof content === "string" ? new TextEncoder().encode(content) : content);
    if (isFlushed) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Renames a file to its place. */
export function moveIn(folder: string, name: string): void {
  renameSync(asideOf(folder, name), join(folder, name));
}

/** Writes all of `bytes`; one call may write only a part. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(file, bytes, at, Math.min(PIECE, bytes.length - at));
  }
}

/** Makes a folder and those above it. Node's own `recursive` never returns below /proc. */
export function ensureFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  ensureFolder(dirname(resolve(path)));
  mkdirSync(path);
}

/** Makes renames last. Systems that cannot open a folder do without. */
export function flushFolder(folder: string): void {
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
