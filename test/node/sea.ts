// A small text to train on from the command line, and flags that make a run on it short.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, receiptOf } from "./run.ts";

export const SMALL = ["--hidden-size", "6", "--seq-length", "13", "--batch-size", "4", "--quiet"];

/** A folder that goes with the test, with sea.txt in it: 1170 characters. */
export function folderWithText(): string {
  const folder = makeFolder();
  writeFileSync(join(folder, "sea.txt"), "she sells sea shells by the sea shore. ".repeat(30));
  return folder;
}

/** SHA-256 of the weights that a run ended with. */
export const hashOf = (folder: string): string => receiptOf(folder).parametersSha256.final;
