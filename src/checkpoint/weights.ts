// Weights from outside, brought to one form: an arena in the order of `parametersOf`.

import type { Vocabulary } from "../data/vocabulary.ts";
import { CELLS, type CellName } from "../engine/cells.ts";
import { type Precision, precisionOf, type Reals, roundingOf } from "../engine/precision.ts";
import { parameterCount, parametersOf } from "../engine/shape.ts";
import type { Model } from "../model/model.ts";
import { quoted } from "../outside/printable.ts";
import type { Config } from "../settings/check.ts";
import { CheckpointError, expectEach } from "./error.ts";
import type { FileTensor } from "./safetensors.ts";

/** A model's weights as read from a file, with what the file says about them. */
export interface Checkpoint {
  readonly V: number;
  readonly H: number;
  readonly cell: CellName;
  readonly layers: number;
  /** Arena, in the order of `parametersOf`. */
  readonly parameters: Reals;
  /** What its numbers were trained as; f64 where nothing is said, whatever the file's. */
  readonly precision?: Precision;
  /** Absent in files that others wrote. */
  readonly vocabulary?: Vocabulary;
  readonly config?: Partial<Config>;
  /** Of the bytes of the text it was trained on. */
  readonly textSha256?: string;
}

/** The settings that a file's weights decide. */
export function networkSettings({ H, cell, layers }: Checkpoint): Partial<Config> {
  return { hiddenSize: H, cell, layers };
}

/** A checkpoint's numbers and what they measure. */
export type Arena = Pick<Checkpoint, "V" | "H" | "cell" | "layers" | "parameters">;

/**
 * Lays tensors, named as in `parametersOf`, into an arena. V, H, cell and layers are read from Wxh, Whh
 * and the names. `fileName` gives the name to show for a tensor; biases are zero where there is none
 * if `zeroBiases`. A shape may carry trailing ones.
 * @throws {CheckpointError} for missing or unknown names, shapes that do not match, or non-finite values.
 */
export function arenaOf(
  tensors: readonly FileTensor[],
  {
    fileName = (name) => name,
    zeroBiases = false,
  }: { fileName?: (name: string) => string; zeroBiases?: boolean } = {},
): Arena {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const dimensions = dimensionsOf(byName, fileName);
  const expected = parametersOf(dimensions);
  for (const { name, role } of expected) {
    if (byName.has(name) || (zeroBiases && /bias/i.test(role))) continue;
    throw new CheckpointError(fileName(name), "a tensor of this name", "none");
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
  const parameters = new Float64Array(parameterCount(dimensions));
  for (const { name, offset } of expected) parameters.set(byName.get(name)?.data ?? [], offset);
  return { ...dimensions, parameters };
}

/** What the tensors measure. What does not fit together is found when all are compared. @throws {CheckpointError} */
function dimensionsOf(
  byName: ReadonlyMap<string, FileTensor>,
  fileName: (name: string) => string,
): Omit<Arena, "parameters"> {
  const sizes = byName.get("Wxh")?.shape ?? [1, 1];
  const [rows = 0, V = 0] = sizes;
  if (sizes.length !== 2 || !sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new CheckpointError(fileName("Wxh"), "a shape [H,V] of integers from 1", `[${sizes}]`);
  }
  const columns = byName.get("Whh")?.shape[1] ?? 0;
  const names = Object.keys(CELLS) as CellName[];
  const isOf = (name: CellName) =>
    CELLS[name].gates * columns === rows && Number.isInteger(columns);
  const cell = names.find(isOf) ?? "rnn";
  let layers = 1;
  while (byName.has(`Wxh_l${layers}`)) layers++;
  return { V, H: rows / CELLS[cell].gates, cell, layers };
}

function sameShape(got: readonly number[], expected: readonly number[]): boolean {
  return got.length >= expected.length && got.every((size, axis) => size === (expected[axis] ?? 1));
}

/**
 * A checkpoint with the vocabulary that its file does not have.
 * @throws {CheckpointError} for one of another size, or that is not the file's own.
 */
export function withVocabulary(checkpoint: Checkpoint, vocabulary: Vocabulary): Checkpoint {
  const { V, vocabulary: own } = checkpoint;
  if (vocabulary.size !== V) {
    throw new CheckpointError(
      "vocabulary",
      `${V} tokens, as many as the weights are for`,
      `${vocabulary.size}`,
    );
  }
  if (!own) return { ...checkpoint, vocabulary };
  if (own.ixToChar.every((token, id) => token === vocabulary.ixToChar[id])) return checkpoint;
  throw new CheckpointError("vocabulary", "the file's own, or none", "another");
}

/** What is to be said where weights of one precision start a model of the other. */
export function precisionNotes(
  { engine }: Pick<Model, "engine">,
  checkpoint: Checkpoint,
): string[] {
  const isSingle = precisionOf(engine.shape) === "f32";
  if (!isSingle && precisionOf(checkpoint) === "f32") {
    return ["The model's weights are of f32, taken as they are for this run of f64."];
  }
  const round = roundingOf(engine.shape);
  if (checkpoint.parameters.every((value) => round(value) === value)) return [];
  return ["The model's weights have more digits than f32: rounded for this run."];
}

/**
 * Copies weights into a model of the same shape and vocabulary, rounded where its numbers are shorter.
 * @throws {CheckpointError} naming what differs; the model is then unchanged.
 * @example
 * ```js
 * restoreWeights(model, await loadCheckpoint(file)); // of the same shape and vocabulary
 * ```
 */
export function restoreWeights({ engine, vocabulary }: Model, checkpoint: Checkpoint): void {
  const { V, H, cell = "rnn", layers = 1 } = engine.shape;
  if (checkpoint.cell !== cell) throw new CheckpointError("cell", cell, checkpoint.cell);
  if (checkpoint.layers !== layers) {
    throw new CheckpointError("layers", `${layers}`, `${checkpoint.layers}`);
  }
  if (checkpoint.H !== H) throw new CheckpointError("hidden units", `${H}`, `${checkpoint.H}`);
  if (checkpoint.V !== V) throw new CheckpointError("vocabulary size", `${V}`, `${checkpoint.V}`);
  const theirs = checkpoint.vocabulary ?? vocabulary;
  const id = vocabulary.ixToChar.findIndex((own, i) => own !== theirs.ixToChar[i]);
  if (id >= 0) {
    const [own, other] = [vocabulary.ixToChar[id], theirs.ixToChar[id]].map((one) => quoted(one));
    throw new CheckpointError(`vocabulary[${id}]`, `${own}`, `${other}`);
  }
  const round = roundingOf(engine.shape);
  const isSingle = precisionOf(engine.shape) === "f32";
  const expected = isSingle ? "a number that f32 can hold" : "a finite number";
  for (const { name, offset, length } of parametersOf(checkpoint)) {
    const own = checkpoint.parameters.subarray(offset, offset + length);
    expectEach(name, own, expected, (value) => Number.isFinite(round(value)));
  }
  engine.parameters.set(checkpoint.parameters);
}
