// A model as one file of bytes: safetensors with PyTorch's names for nn.RNN + nn.Linear, the
// vocabulary and the configuration in its metadata. Bytes in, bytes out; no file system here.

import { type Model, weightsOf } from "../model/model.ts";
import { CheckpointError } from "./error.ts";
import { expectField, metadataOf, settingsOf, vocabularyOf } from "./metadata.ts";
import { decodeSafetensors, encodeSafetensors, type FileTensor } from "./safetensors.ts";
import { sha256 } from "./sha256.ts";
import { arenaOf, type Checkpoint } from "./weights.ts";

const FORMAT = "ello-1";
const SECOND_BIAS = "rnn.bias_hh_l0"; // PyTorch has two; ours is the first, this one zeros
const TORCH_NAMES: Readonly<Record<string, string>> = {
  Wxh: "rnn.weight_ih_l0",
  Whh: "rnn.weight_hh_l0",
  Why: "fc.weight",
  bh: "rnn.bias_ih_l0",
  by: "fc.bias",
};

/**
 * The model as the bytes of a safetensors file, F64. `parameters`: other weights of its shape than
 * those it has, such as its best. `textSha256`: of what it was trained on.
 */
export async function saveCheckpoint(
  model: Model,
  {
    parameters = model.engine.parameters,
    textSha256,
  }: { readonly parameters?: Float64Array; readonly textSha256?: string } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { shape } = model.engine;
  const { V, H } = shape;
  const { Wxh, Whh, Why, bh, by } = weightsOf({ shape, parameters });
  const metadata = {
    format: FORMAT,
    ...metadataOf(model),
    ...(textSha256 === undefined ? {} : { textSha256 }),
    parametersSha256: await sha256(parameters),
  };
  const tensors: FileTensor[] = [
    { name: "rnn.weight_ih_l0", shape: [H, V], data: Wxh },
    { name: "rnn.weight_hh_l0", shape: [H, H], data: Whh },
    { name: "rnn.bias_ih_l0", shape: [H], data: bh },
    { name: SECOND_BIAS, shape: [H], data: new Float64Array(H) },
    { name: "fc.weight", shape: [V, H], data: Why },
    { name: "fc.bias", shape: [V], data: by },
  ];
  return encodeSafetensors({ tensors, metadata });
}

/**
 * Reads a model from the bytes of a safetensors file, ours or PyTorch's, F64 or F32.
 * @throws {CheckpointError} naming the first field that is wrong.
 */
export async function loadCheckpoint(file: Uint8Array): Promise<Checkpoint> {
  const { tensors, metadata } = decodeSafetensors(file);
  if (metadata["format"] !== undefined) expectField(metadata, "format", FORMAT);
  const second = tensors.find((tensor) => tensor.name === SECOND_BIAS);
  const ours = Object.entries(TORCH_NAMES);
  const named = tensors
    .filter((tensor) => tensor !== second)
    .map((tensor) => ({
      ...tensor,
      name: ours.find(([, theirs]) => theirs === tensor.name)?.[0] ?? tensor.name,
    }));
  const arena = arenaOf(named, (name) => TORCH_NAMES[name] ?? name);
  if (second) addSecondBias(arena.parameters, arena, second);
  return { ...arena, ...(await describe(metadata, arena)) };
}

/** Adds PyTorch's second hidden bias to the first: only their sum matters. */
function addSecondBias(parameters: Float64Array, { V, H }: Checkpoint, second: FileTensor): void {
  if (second.data.length !== H || second.shape[0] !== H) {
    throw new CheckpointError(SECOND_BIAS, `shape [${H}]`, `[${second.shape}]`);
  }
  const bh = parameters.subarray(parameters.length - V - H, parameters.length - V);
  for (let i = 0; i < H; i++) bh[i] = (bh[i] as number) + (second.data[i] as number);
}

/** What our own metadata says; nothing for a file that others wrote. */
async function describe(
  metadata: Readonly<Record<string, string>>,
  { V, parameters }: Checkpoint,
): Promise<Pick<Checkpoint, "vocabulary" | "config">> {
  if (metadata["format"] === undefined) return {};
  expectField(metadata, "parametersSha256", await sha256(parameters));
  return { vocabulary: vocabularyOf(metadata, V), config: settingsOf(metadata) };
}
