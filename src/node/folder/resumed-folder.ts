// The folder of a run, named by itself or by its training.safetensors.

import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { UsageError } from "../errors.ts";
import { TRAINING_FILE } from "./names.ts";

/** @throws {UsageError} for another file. What is not there is said when it is read. */
export async function runFolderOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return path;
  if (basename(path) === TRAINING_FILE) return dirname(path);
  throw new UsageError(
    `--resume: expected the folder of a run, or the ${TRAINING_FILE} in it, got the file ${JSON.stringify(path)}; give ${JSON.stringify(dirname(path))} if that is the run's folder`,
  );
}
