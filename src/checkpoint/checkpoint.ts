// A model as one file of bytes: safetensors with PyTorch's names for nn.RNN, nn.GRU or nn.LSTM and
// nn.Linear, the vocabulary and the configuration in its metadata. Bytes in, bytes out; no file system
// here.

import { CELLS, cellOf } from "../engine/cells.ts";
import { precisionOf, type Reals, realsOf } from "../engine/precision.ts";
import { type Parameter, parametersOf, type Shape } from "../engine/shape.ts";
import type { Model } from "../model/model.ts";
import { quoted } from "../outside/printable.ts";
import { CheckpointError } from "./error.ts";
import { expectField, type Metadata, metadataOf, settingsOf, vocabularyOf } from "./metadata.ts";
import { decodeSafetensors, encodeSafetensors, type FileTensor } from "./safetensors.ts";
import { sha256 } from "./sha256.ts";
import {
  inTorchOrder,
  nameTensors,
  secondBiasName,
  type TensorNames,
  torchName,
} from "./tensor-names.ts";
import { type Arena, arenaOf, type Checkpoint } from "./weights.ts";

const FORMAT = "ello-1";
const OURS = "ello-"; // begins the format of every file we ever wrote

/**
 * The model as the bytes of a safetensors file, F64 or F32 as its numbers are. `parameters`: other weights
 * of its shape than those it has, such as its best. `textSha256`: of what it was trained on.
 * @example
 * ```js
 * const bytes = await saveCheckpoint(model); // a safetensors file, for modelFrom or PyTorch
 * ```
 */
export async function saveCheckpoint(
  model: Model,
  {
    parameters: own = model.engine.parameters,
    textSha256,
  }: { readonly parameters?: Reals; readonly textSha256?: string } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { shape } = model.engine;
  const Numbers = realsOf(shape);
  const parameters = own instanceof Numbers ? own : Numbers.from(own);
  const metadata = {
    format: FORMAT,
    ...metadataOf(model),
    ...(textSha256 === undefined ? {} : { textSha256 }),
    parametersSha256: await sha256(parameters),
  };
  const tensors = inTorchOrder(parametersOf(shape)).flatMap((one) => {
    const data = parameters.subarray(one.offset, one.offset + one.length);
    if (one.role === "bias") return biasTensors(one, data, shape);
    return [{ name: torchName(one), shape: one.shape, data }];
  });
  return encodeSafetensors({ tensors, metadata });
}

/** A layer's two biases in PyTorch's order: all of ours stand in the first but GRU's second of n. */
function biasTensors(bias: Parameter, data: Reals, shape: Shape): FileTensor[] {
  const { H } = shape;
  const { gates } = cellOf(shape);
  const second = new (realsOf(shape))(gates * H);
  second.set(data.subarray(gates * H), (gates - 1) * H); // nothing but in a GRU
  return [
    { name: torchName(bias), shape: [gates * H], data: data.subarray(0, gates * H) },
    { name: secondBiasName(bias.layer), shape: [gates * H], data: second },
  ];
}

/**
 * Reads a model from the bytes of a safetensors file, ours or PyTorch's, F64 or F32. `tensorNames`:
 * which of its layers are nn.RNN and nn.Linear, where they are not called rnn and fc.
 * @throws {CheckpointError} naming the first field that is wrong.
 * @example
 * ```js
 * const checkpoint = await loadCheckpoint(file);
 * console.log(checkpoint.cell, checkpoint.H, checkpoint.vocabulary?.size);
 * ```
 */
export async function loadCheckpoint(
  file: Uint8Array,
  { tensorNames }: { readonly tensorNames?: TensorNames | undefined } = {},
): Promise<Checkpoint> {
  const { tensors, metadata } = decodeSafetensors(file);
  const { format } = metadata;
  const isOurs = format?.startsWith(OURS) === true; // PyTorch's people write "pt"
  if (isOurs) expectFormat(format);
  const { parameters, secondBiases, fileName } = nameTensors(tensors, tensorNames);
  const arena = arenaOf(widened(parameters, fileName), { fileName, zeroBiases: true });
  for (const [layer, second] of secondBiases) addSecondBias(arena, layer, second, fileName);
  return { ...arena, ...(isOurs && (await describe(metadata, arena))) };
}

/** @throws {CheckpointError} for a file of ours that is no model of this version. */
function expectFormat(format: string): void {
  if (format === FORMAT) return;
  const what = format.startsWith(`${OURS}training`)
    ? "a stopped run's state; its model is in model.safetensors beside it"
    : "that of another version; read it with that";
  throw new CheckpointError("__metadata__.format", FORMAT, `${quoted(format)}, ${what}`);
}

/** GRU's first biases with room for n's second. @throws {CheckpointError} for one of another length. */
function widened(
  parameters: readonly FileTensor[],
  fileName: (name: string) => string,
): FileTensor[] {
  const { shape } = parameters.find(({ name }) => name === "Whh") as FileTensor; // no file is without
  const [rows = 0, columns = Number.NaN] = shape;
  if (rows !== CELLS.gru.gates * columns) return [...parameters];
  return parameters.map((tensor) => {
    if (!tensor.name.startsWith("bh")) return tensor;
    expectBias(fileName(tensor.name), tensor, rows);
    const data = new Float64Array(CELLS.gru.slots * columns);
    data.set(tensor.data);
    return { ...tensor, shape: [data.length], data };
  });
}

/** @throws {CheckpointError} unless it is as long as this; trailing ones in its shape do no harm. */
function expectBias(name: string, { shape, data }: FileTensor, length: number): void {
  if (data.length === length && shape[0] === length) return;
  throw new CheckpointError(name, `shape [${length}]`, `[${shape}]`);
}

/**
 * Adds PyTorch's second biases to the first: only their sums matter, but for n of a GRU, which keeps
 * both. A zero adds nothing, so a file of ours comes back to the bit, -0 too.
 * @throws {CheckpointError} for a sum that is not finite.
 */
function addSecondBias(
  arena: Arena,
  layer: number,
  second: FileTensor,
  fileName: (name: string) => string,
): void {
  const { H } = arena;
  const { name, data } = second;
  const { gates, slots } = cellOf(arena);
  expectBias(name, second, gates * H);
  const isBias = (one: Parameter) => one.role === "bias" && one.layer === layer;
  const bias = parametersOf(arena).find(isBias) as Parameter;
  const ours = arena.parameters.subarray(bias.offset, bias.offset + bias.length);
  const apart = (gates - 1) * H; // from here on a GRU's second stand apart
  for (let i = 0; i < data.length; i++) {
    if (slots > gates && i >= apart) {
      ours[i + H] = data[i] as number;
      continue;
    }
    if (data[i] === 0) continue;
    const sum = (ours[i] as number) + (data[i] as number);
    if (!Number.isFinite(sum)) {
      const first = fileName(bias.name);
      throw new CheckpointError(`${name}[${i}]`, `a finite sum with ${first}[${i}]`, `${sum}`);
    }
    ours[i] = sum;
  }
}

/** What our own metadata says. @throws {CheckpointError} also for weights of another hash. */
async function describe(
  metadata: Metadata,
  { V, parameters: doubles }: Pick<Checkpoint, "V" | "parameters">,
): Promise<Omit<Checkpoint, keyof Arena> & Pick<Checkpoint, "parameters">> {
  const config = settingsOf(metadata);
  const precision = precisionOf(config);
  const parameters = precision === "f64" ? doubles : Float32Array.from(doubles);
  expectField(metadata, "parametersSha256", await sha256(parameters));
  const { textSha256 } = metadata;
  return {
    vocabulary: vocabularyOf(metadata, V),
    config,
    precision,
    parameters,
    ...(textSha256 !== undefined && { textSha256 }),
  };
}
