// A model as one file of bytes: safetensors with PyTorch's names for nn.RNN + nn.Linear, the
// vocabulary and the configuration in its metadata. Bytes in, bytes out; no file system here.

import { quoted } from "../data/printable.ts";
import { type Model, weightsOf } from "../model/model.ts";
import { CheckpointError } from "./error.ts";
import { expectField, type Metadata, metadataOf, settingsOf, vocabularyOf } from "./metadata.ts";
import { decodeSafetensors, encodeSafetensors, type FileTensor } from "./safetensors.ts";
import { sha256 } from "./sha256.ts";
import { nameTensors, SECOND_BIAS, type TensorNames, TORCH_NAMES } from "./tensor-names.ts";
import { arenaOf, type Checkpoint } from "./weights.ts";

const FORMAT = "ello-1";
const OURS = "ello-"; // begins the format of every file we ever wrote
const BIASES = ["bh", "by"]; // zero where the file has none

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
    { name: TORCH_NAMES.Wxh, shape: [H, V], data: Wxh },
    { name: TORCH_NAMES.Whh, shape: [H, H], data: Whh },
    { name: TORCH_NAMES.bh, shape: [H], data: bh },
    { name: SECOND_BIAS, shape: [H], data: new Float64Array(H) },
    { name: TORCH_NAMES.Why, shape: [V, H], data: Why },
    { name: TORCH_NAMES.by, shape: [V], data: by },
  ];
  return encodeSafetensors({ tensors, metadata });
}

/**
 * Reads a model from the bytes of a safetensors file, ours or PyTorch's, F64 or F32. `tensorNames`:
 * which of its layers are nn.RNN and nn.Linear, where they are not called rnn and fc.
 * @throws {CheckpointError} naming the first field that is wrong.
 */
export async function loadCheckpoint(
  file: Uint8Array,
  { tensorNames }: { readonly tensorNames?: TensorNames | undefined } = {},
): Promise<Checkpoint> {
  const { tensors, metadata } = decodeSafetensors(file);
  const isOurs = metadata["format"]?.startsWith(OURS) === true; // PyTorch's people write "pt"
  if (isOurs) expectFormat(metadata);
  const { parameters, secondBias, fileName } = nameTensors(tensors, tensorNames);
  const arena = arenaOf(parameters, { fileName, zeros: BIASES });
  if (secondBias) addSecondBias(arena, secondBias, fileName("bh"));
  return { ...arena, ...(isOurs && (await describe(metadata, arena))) };
}

/** @throws {CheckpointError} for a file of ours that is no model of this version. */
function expectFormat(metadata: Metadata): void {
  const { format = "" } = metadata;
  if (format === FORMAT) return;
  const what = format.startsWith(`${OURS}training`)
    ? "a stopped run's state; its model is in model.safetensors beside it"
    : "that of another version; read it with that";
  throw new CheckpointError("__metadata__.format", FORMAT, `${quoted(format)}, ${what}`);
}

/**
 * Adds PyTorch's second hidden bias to the first: only their sum matters. A zero adds nothing, so a
 * file of ours comes back to the bit, -0 too. @throws {CheckpointError} for a sum that is not finite.
 */
function addSecondBias(
  { V, H, parameters }: Pick<Checkpoint, "V" | "H" | "parameters">,
  { name, shape, data }: FileTensor,
  first: string,
): void {
  if (data.length !== H || shape[0] !== H) {
    throw new CheckpointError(name, `shape [${H}]`, `[${shape}]`);
  }
  const bh = parameters.subarray(parameters.length - V - H, parameters.length - V);
  for (let i = 0; i < H; i++) {
    if (data[i] === 0) continue;
    const sum = (bh[i] as number) + (data[i] as number);
    if (!Number.isFinite(sum)) {
      throw new CheckpointError(`${name}[${i}]`, `a finite sum with ${first}[${i}]`, `${sum}`);
    }
    bh[i] = sum;
  }
}

/** What our own metadata says. @throws {CheckpointError} also for weights of another hash. */
async function describe(
  metadata: Metadata,
  { V, parameters }: Pick<Checkpoint, "V" | "parameters">,
): Promise<Pick<Checkpoint, "vocabulary" | "config" | "textSha256">> {
  expectField(metadata, "parametersSha256", await sha256(parameters));
  const { textSha256 } = metadata;
  return {
    vocabulary: vocabularyOf(metadata, V),
    config: settingsOf(metadata),
    ...(textSha256 !== undefined && { textSha256 }),
  };
}
