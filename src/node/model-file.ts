// A trained model given by its file or by the folder of its run.

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
import type { Checkpoint } from "../checkpoint/weights.ts";
import { RunError, reasonOf, UsageError } from "./errors.ts";

const NAMES = ["best.safetensors", "model.safetensors"]; // in a folder, the first that is there

export interface ModelFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly checkpoint: Checkpoint;
}

/** @throws {UsageError} without a name. @throws {RunError} for what is no model. */
export async function readModel(name: string | undefined): Promise<ModelFile> {
  if (!name)
    throw new UsageError(
      "--model: expected a model.safetensors or the folder of a run, got nothing",
    );
  const { path, bytes } = await readBytes(name, "--model");
  try {
    return { path, bytes, checkpoint: await loadCheckpoint(bytes) };
  } catch (error) {
    throw new RunError(`--model ${path}: ${(error as Error).message}`);
  }
}

/** The bytes of a file, or of the model of a folder. `flag`: what to name in an error. */
export async function readBytes(
  name: string,
  flag: string,
): Promise<{ path: string; bytes: Uint8Array }> {
  let failure: unknown;
  try {
    if (!(await stat(name)).isDirectory()) return { path: name, bytes: await readFile(name) };
  } catch (error) {
    failure = error;
  }
  for (const file of failure === undefined ? NAMES : []) {
    const path = join(name, file);
    try {
      return { path, bytes: await readFile(path) };
    } catch (error) {
      failure = error;
    }
  }
  throw new RunError(
    `${flag}: expected a readable model, got ${reasonOf(failure)} for ${JSON.stringify(name)}`,
  );
}
