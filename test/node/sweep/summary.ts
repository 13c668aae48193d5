// What sweeps under test are made of, and what they leave.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, makeFolder } from "../run.ts";

export const WORDS = readFileSync(new URL("../../../src/web/samples/words.txt", import.meta.url));
export const SMALL = ["--seq-length", "10", "--batch-size", "4", "--epochs", "9"];

interface Summary {
  readonly runs: readonly Record<string, any>[];
  readonly folded?: readonly Record<string, any>[];
  readonly rungs?: readonly number[];
}

export const summaryIn = (folder: string): Summary =>
  JSON.parse(readFileSync(join(folder, "summary.json"), "utf8"));

/** A folder with a text. */
export function folderWithText(bytes = 6000): string {
  const folder = makeFolder();
  writeFileSync(join(folder, "words.txt"), WORDS.subarray(0, bytes));
  return folder;
}

/** Runs the command in a folder. */
export const sweep = (folder: string, ...args: string[]) => command(folder, "sweep", ...args);
