// What a worker has sent, into the run's folder: checked as a file from outside, then written as one save.

import { join } from "node:path";
import { parseJson } from "../../outside/json.ts";
import { readReceipt, receiptText } from "../../receipt/receipt.ts";
import { lineOf, RunError } from "../errors.ts";
import { flagOf } from "../flags/train-flags.ts";
import { ensureFolder, writeAside } from "../folder/file-writing.ts";
import { RUN_FILES, type RunFile } from "../folder/names.ts";
import { holdFolder } from "../folder/run-files.ts";
import { commit, finishSave } from "../folder/save-journal.ts";
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

/** One save, in place of the one before. */
function putFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  ensureFolder(folder);
  const lock = holdFolder(folder);
  try {
    const put = RUN_FILES.filter((name) => files[name] !== undefined);
    for (const name of put) writeAside(folder, name, files[name] as string | Uint8Array);
    const drop = RUN_FILES.filter((name: RunFile) => !put.includes(name));
    commit(folder, { put, drop });
    finishSave(folder);
  } finally {
    lock.release();
  }
}
