// Runs to verify: a folder with a text, short runs on it, receipts that were changed.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { command, makeFolder } from "../run.ts";

export const TEXT = "she sells sea shells by the sea shore. ".repeat(60);
export const SMALL = [
  "--text",
  "sea.txt",
  "--hidden-size",
  "6",
  "--seq-length",
  "8",
  "--batch-size",
  "4",
];
export const FILE = "training.safetensors";

export function folder(cwd = makeFolder()): string {
  writeFileSync(join(cwd, "sea.txt"), TEXT);
  return cwd;
}

/** One for the tests of a block. */
export function sharedFolder(): string {
  const cwd = mkdtempSync(join(tmpdir(), "ello-test-"));
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));
  return folder(cwd);
}

export const verify = (cwd: string, ...words: string[]) => command(cwd, "verify", ...words);

/** Writes a receipt with changes beside one. */
export function change(cwd: string, path: string, edit: (receipt: any) => void): string {
  const receipt = JSON.parse(readFileSync(join(cwd, path), "utf8"));
  edit(receipt);
  writeFileSync(join(cwd, "changed.json"), JSON.stringify(receipt));
  return "changed.json";
}
