// A save of several files as one thing. All stand whole beside their places before the journal names
// them; from then on the save counts, and whoever opens the folder next finishes the renames.

import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readJsonNow } from "../read-file.ts";
import { asideOf, flushFolder, isAside, moveIn, writeAside } from "./file-writing.ts";
import { isRunFile, type RunFile } from "./names.ts";

const JOURNAL = ".save";
const ABSENT = ["ENOENT", "ENOTDIR", "ELOOP"];

interface Journal {
  /** Files that stand beside their places. */
  readonly put: readonly RunFile[];
  /** Files of the save before that this one does not have. */
  readonly drop: readonly RunFile[];
}

/** Makes a save count whose files stand beside their places. */
export function commit(folder: string, journal: Journal): void {
  flushFolder(folder);
  writeAside(folder, JOURNAL, JSON.stringify(journal));
  moveIn(folder, JOURNAL);
}

/** Puts the files of a save that counts in their places, and removes those of one that does not. */
export function finishSave(folder: string): void {
  if (readdirSync(folder).includes(JOURNAL)) {
    const { put, drop } = journalOf(folder);
    flushFolder(folder); // the journal lasts before it is followed, and until it has been
    for (const name of put) if (existsSync(asideOf(folder, name))) moveIn(folder, name);
    for (const name of drop) rmSync(join(folder, name), { force: true });
    flushFolder(folder);
    rmSync(join(folder, JOURNAL), { force: true });
  }
  for (const name of readdirSync(folder)) {
    if (isAside(name)) rmSync(join(folder, name), { force: true });
  }
}

/** Where a file of the last save that counts stands, if it has one, for who may not write there. */
export function placeOf(folder: string, name: RunFile): string {
  const aside = asideOf(folder, name);
  const { put, drop } = journalOf(folder);
  const isThere = drop.includes(name) || (put.includes(name) && existsSync(aside));
  return isThere ? aside : join(folder, name);
}

/**
 * The journal of a save that is not finished; an empty one where none of ours stands. Only names that a
 * run writes count. @throws a system call's error if it is there and cannot be read.
 */
function journalOf(folder: string): Journal {
  const known = (names: unknown): RunFile[] =>
    Array.isArray(names) ? names.filter((name) => typeof name === "string" && isRunFile(name)) : [];
  try {
    const { put, drop } = Object(readJsonNow(join(folder, JOURNAL)));
    return { put: known(put), drop: known(drop) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || ABSENT.includes(code)) return { put: [], drop: [] };
    throw error;
  }
}
