// What a worker has sent, into the run's folder: checked as a file from outside, then written there.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseJson } from "../../outside/json.ts";
import { readReceipt, receiptText } from "../../receipt/receipt.ts";
import { lineOf, RunError } from "../errors.ts";
import { flagOf } from "../flags/train-flags.ts";
import { ensureFolder, moveIn, writeAside } from "../folder/file-writing.ts";
import { RUN_FILES } from "../folder/names.ts";
import { finishSave } from "../folder/save-journal.ts";
import type { Ended } from "../sweep/jobs.ts";
import type { Result } from "./handed.ts";
import type { RunJob } from "./job.ts";

/** Writes a result. `text`: the files of the text here, which the worker's receipt cannot name. */
export function putResult(
  folder: string,
  job: RunJob,
  { files, failed }: Result,
  text: readonly string[],
): Ended {
  try {
    const receipt = receiptIn(files["receipt.json"], text);
    const put = { ...files, ...(receipt !== undefined && { "receipt.json": receipt }) };
    putFiles(join(folder, job.name), put);
  } catch (error) {
    return { kind: "failed", reason: lineOf(error, flagOf) };
  }
  return failed === undefined ? { kind: "ended" } : { kind: "failed", reason: failed };
}

/** @throws {RunError} @throws {ReceiptError} */
function receiptIn(bytes: Uint8Array | undefined, text: readonly string[]): string {
  if (!bytes) throw new RunError("queue: expected a receipt of the run, got none");
  const value = parseJson(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  readReceipt(value);
  return receiptText("text" in value ? { ...value, text } : value);
}

/**
 * The files in place of those of the save before, the receipt last, by which the run counts. Not flushed: what a
 * power failure takes is made again.
 */
function putFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  ensureFolder(folder);
  finishSave(folder);
  for (const name of RUN_FILES) {
    const content = files[name];
    if (content === undefined) rmSync(join(folder, name), { force: true });
    else {
      writeAside(folder, name, content, false);
      moveIn(folder, name);
    }
  }
}
