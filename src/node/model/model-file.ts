// A trained model given by its file or by the folder of its run.

import { access, stat } from "node:fs/promises";
import { loadCheckpoint } from "../../checkpoint/checkpoint.ts";
import type { TensorNames } from "../../checkpoint/tensor-names.ts";
import { type Checkpoint, withVocabulary } from "../../checkpoint/weights.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { quoted, shown } from "../../outside/printable.ts";
import { RunError, reasonOf, UsageError } from "../errors.ts";
import type { FlagTable, Given } from "../flags/flags.ts";
import { placeOf } from "../folder/save-journal.ts";
import { readJson, readRegular } from "../read-file.ts";

const NAMES = ["best.safetensors", "model.safetensors"] as const; // in a folder, the first that is there

/** The flags of every command that reads a model of others. */
export const FOREIGN_FLAGS = {
  "tensor-names": { value: "LIST", help: "layers of PyTorch's, such as encoder=rnn,decoder=fc" },
  vocabulary: { value: "FILE", help: "its tokens as JSON, a list by id or an object of ids" },
} satisfies FlagTable;

/** What is said of a file that does not say it. */
export interface Foreign {
  readonly tensorNames?: TensorNames | undefined;
  readonly vocabulary?: Vocabulary | undefined;
}

/** The flags of commands that use a model. */
export const MODEL_FLAGS = {
  model: { value: "FILE", standard: "out", help: "a model.safetensors, or the folder of a run" },
  ...FOREIGN_FLAGS,
} satisfies FlagTable;

/** What the flags say of a file of others. @throws {UsageError} @throws {RunError} */
export async function foreignOf(given: Given): Promise<Foreign> {
  const file = given.flags.get("vocabulary")?.at(-1);
  return {
    tensorNames: tensorNamesOf(given),
    vocabulary: file === undefined ? undefined : await readVocabulary(file),
  };
}

/** Tokens in the order of their ids: a list, or an object that has the id of each. @throws {RunError} */
async function readVocabulary(path: string): Promise<Vocabulary> {
  const name = `--vocabulary ${shown(path)}`;
  const value = await readJson(path).catch((error: unknown) => {
    throw new RunError(`${name}: expected a JSON file, got ${reasonOf(error)}`);
  });
  const ids = Object.entries<unknown>(Array.isArray(value) ? {} : Object(value));
  const tokens: unknown[] = Array.isArray(value) ? value : new Array(ids.length).fill(undefined);
  for (const [token, id] of ids) if (typeof id === "number" && id in tokens) tokens[id] = token;
  if (tokens.length === 0 || !tokens.every((token) => typeof token === "string")) {
    throw new RunError(
      `${name}: expected a list of tokens, or an object with the ids from 0 on, got other JSON`,
    );
  }
  try {
    return Vocabulary.of(tokens);
  } catch (error) {
    throw new RunError(`${name}: ${(error as Error).message}`);
  }
}

/** Which layers are which, as --tensor-names says. @throws {UsageError} */
function tensorNamesOf({ flags }: Given): TensorNames | undefined {
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
export async function readModel(name: string | undefined, foreign: Foreign): Promise<ModelFile> {
  if (!name)
    throw new UsageError(
      "--model: expected a model.safetensors or the folder of a run, got nothing",
    );
  const { path, bytes } = await readBytes(name, "--model");
  try {
    return { path, bytes, checkpoint: await loadForeign(bytes, foreign) };
  } catch (error) {
    throw new RunError(`--model ${path}: ${(error as Error).message}`);
  }
}

/** The model of a file's bytes, with what is said of it. @throws {CheckpointError} */
export async function loadForeign(
  bytes: Uint8Array,
  { tensorNames, vocabulary }: Foreign,
): Promise<Checkpoint> {
  const checkpoint = await loadCheckpoint(bytes, { tensorNames });
  return vocabulary ? withVocabulary(checkpoint, vocabulary) : checkpoint;
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
