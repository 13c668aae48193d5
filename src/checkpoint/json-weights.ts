// Weights as JSON: { "Wxh": { "shape": [H,V], "data": […] }, "Whh": …, "Why": …, "bh": …, "by": … }; of other
// cells and layers the tensors that `parametersOf` lists: gates below each other, Wxh_l1, Whh_l1, bh_l1 …

import { JsonError, parseJson } from "../outside/json.ts";
import { quoted } from "../outside/printable.ts";
import { CheckpointError } from "./error.ts";
import { arenaOf, type Checkpoint } from "./weights.ts";

/** @throws {CheckpointError} naming the first field that is wrong. */
export function parseWeights(json: string): Checkpoint {
  let value: unknown;
  try {
    value = parseJson(json);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new CheckpointError("file", "JSON", `${error.message}; is the file whole?`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CheckpointError("file", "an object of tensors", quoted(value));
  }
  const tensors = Object.entries(value).map(([name, tensor]) => {
    const { shape, data } = Object(tensor) as { shape: unknown; data: unknown };
    return {
      name,
      shape: numbers(`${name}.shape`, shape),
      data: Float64Array.from(numbers(`${name}.data`, data)),
    };
  });
  return arenaOf(tensors);
}

function numbers(field: string, value: unknown): number[] {
  if (!Array.isArray(value)) throw new CheckpointError(field, "an array", typeof value);
  const bad = value.findIndex((item) => typeof item !== "number");
  if (bad >= 0) {
    throw new CheckpointError(`${field}[${bad}]`, "a number", quoted(value[bad]));
  }
  return value;
}
