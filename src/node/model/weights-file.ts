// Weights that a run begins with, from a file of ours or of others.

import { parseWeights } from "../../checkpoint/json-weights.ts";
import type { Checkpoint } from "../../checkpoint/weights.ts";
import { RunError } from "../errors.ts";
import { isJson } from "./inspect-receipt.ts";
import { type Foreign, loadForeign, readBytes } from "./model-file.ts";

/** Reads weights, of a run's folder or a file: JSON if it begins with a brace, safetensors otherwise. */
export async function readWeights(
  name: string,
  foreign: Foreign,
): Promise<Checkpoint & { readonly path: string }> {
  const { path, bytes } = await readBytes(name, "--init-from");
  return named(`--init-from ${path}`, async () => ({
    ...(isJson(bytes)
      ? parseWeights(new TextDecoder().decode(bytes))
      : await loadForeign(bytes, foreign)),
    path,
  }));
}

/** Puts the file's name before the text of an error about its content. */
export function named<Result>(name: string, work: () => Result): Result {
  const rethrow = (error: unknown): never => {
    throw new RunError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  };
  try {
    const result = work();
    return result instanceof Promise ? (result.catch(rethrow) as Result) : result;
  } catch (error) {
    return rethrow(error);
  }
}
