// Weights from outside, brought to one form: an arena in the order of `parametersOf`.

import { quoted } from "../data/printable.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import type { Config } from "../model/config.ts";
import type { Model } from "../model/model.ts";
import { parameterCount, parametersOf } from "../model/shape.ts";
import { CheckpointError, expectEach } from "./error.ts";
import type { FileTensor } from "./safetensors.ts";

/** A model's weights as read from a file, with what the file says about them. */
export interface Checkpoint {
  readonly V: number;
  readonly H: number;
  /** Arena, Wxh Whh Why bh by. */
  readonly parameters: Float64Array;
  /** Absent in files that others wrote. */
  readonly vocabulary?: Vocabulary;
  readonly config?: Partial<Config>;
  /** Of the bytes of the text it was trained on. */
  readonly textSha256?: string;
}

/**
 * Lays five tensors, named as in `parametersOf`, into an arena. V and H are read from Wxh.
 * `fileName` gives the name to show for a tensor; those of `zeros` are zero where there is none. A
 * shape may carry trailing ones.
 * @throws {CheckpointError} for missing or unknown names, shapes that do not match, or non-finite values.
 */
export function arenaOf(
  tensors: readonly FileTensor[],
  {
    fileName = (name) => name,
    zeros = [],
  }: { fileName?: (name: string) => string; zeros?: readonly string[] } = {},
): Pick<Checkpoint, "V" | "H" | "parameters"> {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const sizes = byName.get("Wxh")?.shape ?? [1, 1];
  const [H = 0, V = 0] = sizes;
  if (sizes.length !== 2 || !sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new CheckpointError(fileName("Wxh"), "a shape [H,V] of integers from 1", `[${sizes}]`);
  }
  const expected = parametersOf({ V, H });
  for (const { name } of expected) {
    if (!byName.has(name) && !zeros.includes(name)) {
      throw new CheckpointError(fileName(name), "a tensor of this name", "none");
    }
  }
  for (const { name } of tensors) {
    if (!expected.some((parameter) => parameter.name === name)) {
      const names = expected.map((parameter) => fileName(parameter.name)).join(", ");
      throw new CheckpointError(fileName(name), `only ${names}`, "another tensor");
    }
  }
  for (const { name, shape, length } of expected) {
    const tensor = byName.get(name);
    if (!tensor) continue;
    if (!sameShape(tensor.shape, shape)) {
      throw new CheckpointError(fileName(name), `shape [${shape}]`, `[${tensor.shape}]`);
    }
    if (tensor.data.length !== length) {
      throw new CheckpointError(fileName(name), `${length} values`, `${tensor.data.length}`);
    }
    expectEach(fileName(name), tensor.data, "a finite number", Number.isFinite);
  }
  // Only now, when the file is known to hold as many values, room is made for them.
  const parameters = new Float64Array(parameterCount({ V, H }));
  for (const { name, offset } of expected) parameters.set(byName.get(name)?.data ?? [], offset);
  return { V, H, parameters };
}

function sameShape(got: readonly number[], expected: readonly number[]): boolean {
  return (
    got.length >= expected.length &&
    got.every((size, axis) => size === (expected[axis] ?? 1)) &&
    expected.every((size) => size > 0)
  );
}

/**
 * Copies weights into a model of the same shape and vocabulary.
 * @throws {CheckpointError} naming what differs; the model is then unchanged.
 */
export function restoreWeights({ engine, vocabulary }: Model, checkpoint: Checkpoint): void {
  const { V, H } = engine.shape;
  if (checkpoint.H !== H) throw new CheckpointError("hidden units", `${H}`, `${checkpoint.H}`);
  if (checkpoint.V !== V) throw new CheckpointError("vocabulary size", `${V}`, `${checkpoint.V}`);
  const theirs = checkpoint.vocabulary ?? vocabulary;
  const id = vocabulary.ixToChar.findIndex((own, i) => own !== theirs.ixToChar[i]);
  if (id >= 0) {
    const [own, other] = [vocabulary.ixToChar[id], theirs.ixToChar[id]].map((one) => quoted(one));
    throw new CheckpointError(`vocabulary[${id}]`, `${own}`, `${other}`);
  }
  expectEach("parameters", checkpoint.parameters, "a finite number", Number.isFinite);
  engine.parameters.set(checkpoint.parameters);
}
