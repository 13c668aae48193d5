// A trained model given by its file or by the folder of its run.

import { access, stat } from "node:fs/promises";
import { loadCheckpoint } from "../../checkpoint/checkpoint.ts";
import type { TensorNames } from "../../checkpoint/tensor-names.ts";
import type { Checkpoint } from "../../checkpoint/weights.ts";
import { quoted } from "../../outside/printable.ts";
import { RunError, reasonOf, UsageError } from "../errors.ts";
import type { Flag, FlagTable, Given } from "../flags/flags.ts";
import { placeOf } from "../folder/save-journal.ts";
import { readRegular } from "../read-file.ts";

const NAMES = ["best.safetensors", "model.safetensors"] as const; // in a folder, the first that is there

/** The flag of every command that reads a model of others. */
export const TENSOR_NAMES: Flag = {
  value: "LIST",
  help: "layers of PyTorch's, such as encoder=rnn,decoder=fc",
};

/** The flags of commands that use a model. */
export const MODEL_FLAGS = {
  model: { value: "FILE", standard: "out", help: "a model.safetensors, or the folder of a run" },
  "tensor-names": TENSOR_NAMES,
} satisfies FlagTable;

/** Which layers are which, as --tensor-names says. @throws {UsageError} */
export function tensorNamesOf({ flags }: Given): TensorNames | undefined {
  const list = flags.get("tensor-names")?.at(-1);
  if (list === undefined) return undefined;
  const pairs = list.split(",").map((pair) => /^(.+)=(rnn|fc)$/s.exec(pair)?.slice(1));
  if (!pairs.every((pair) => pair !== undefined)) {
    throw new UsageError(
      `--tensor-names: expected LAYER=rnn,LAYER=fc with the layers' names in the file, got ${quoted(list)}`,
    );
  }
  return Object.fromEntries(pairs);
}

export interface ModelFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly checkpoint: Checkpoint;
}

/** The model that --model or a path without a flag names; "out" without either. @throws {UsageError} */
export function modelNameOf({ flags }: Pick<Given, "flags">, paths: readonly string[]): string {
  const names = [...(flags.get("model")?.slice(-1) ?? []), ...paths];
  if (names.length > 1) {
    throw new UsageError(`--model: expected one model, got ${names.length}: ${names.join(", ")}`);
  }
  return names[0] ?? "out";
}

/** Whether a path is a model: a safetensors file, or a folder with one. */
export async function isModel(path: string): Promise<boolean> {
  if (path.endsWith(".safetensors")) return true;
  const inside = NAMES.map((name) => access(placeOf(path, name)));
  return Promise.any(inside).then(
    () => true,
    () => false,
  );
}

/** @throws {UsageError} without a name. @throws {RunError} for what is no model. */
export async function readModel(
  name: string | undefined,
  tensorNames?: TensorNames,
): Promise<ModelFile> {
  if (!name)
    throw new UsageError(
      "--model: expected a model.safetensors or the folder of a run, got nothing",
    );
  const { path, bytes } = await readBytes(name, "--model");
  try {
    return { path, bytes, checkpoint: await loadCheckpoint(bytes, { tensorNames }) };
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
    if (!(await stat(name)).isDirectory()) return { path: name, bytes: await readRegular(name) };
  } catch (error) {
    failure = error;
  }
  for (const file of failure === undefined ? NAMES : []) {
    const path = placeOf(name, file);
    try {
      return { path, bytes: await readRegular(path) };
    } catch (error) {
      failure = error;
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") break; // not others in its place
    }
  }
  throw new RunError(
    `${flag}: expected a readable model, got ${reasonOf(failure)} for ${quoted(name)}`,
  );
}
