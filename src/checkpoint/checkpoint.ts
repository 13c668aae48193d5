// A model as one file of bytes: safetensors with PyTorch's names for nn.RNN + nn.Linear, the
// vocabulary and the configuration in its metadata. Bytes in, bytes out; no file system here.

import { Vocabulary } from "../data/vocabulary.ts";
import { type Config, SETTINGS } from "../model/config.ts";
import { type Model, weightsOf } from "../model/model.ts";
import { VERSION } from "../version.ts";
import { CheckpointError } from "./error.ts";
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

/** The model as the bytes of a safetensors file, F64. */
export async function saveCheckpoint(model: Model): Promise<Uint8Array<ArrayBuffer>> {
  const { V, H } = model.engine.shape;
  const { Wxh, Whh, Why, bh, by } = weightsOf(model.engine);
  const metadata = {
    format: FORMAT,
    version: VERSION,
    config: JSON.stringify(model.config),
    vocabulary: JSON.stringify(model.vocabulary.ixToChar),
    parametersSha256: await sha256(model.engine.parameters),
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
  if (metadata["format"] !== FORMAT) {
    throw new CheckpointError("__metadata__.format", FORMAT, JSON.stringify(metadata["format"]));
  }
  const hash = await sha256(parameters);
  if (metadata["parametersSha256"] !== hash) {
    throw new CheckpointError(
      "__metadata__.parametersSha256",
      hash,
      `${metadata["parametersSha256"]}`,
    );
  }
  const characters = parseJson(metadata, "vocabulary");
  if (!Array.isArray(characters) || !characters.every((item) => typeof item === "string")) {
    throw new CheckpointError(
      "__metadata__.vocabulary",
      "an array of characters",
      "something else",
    );
  }
  if (characters.length !== V) {
    throw new CheckpointError("__metadata__.vocabulary", `${V} characters`, `${characters.length}`);
  }
  const config = Object(parseJson(metadata, "config")) as Record<string, unknown>;
  const known = Object.entries(config).filter(([name]) => SETTINGS.includes(name as keyof Config));
  return { vocabulary: new Vocabulary(characters), config: Object.fromEntries(known) };
}

function parseJson(metadata: Readonly<Record<string, string>>, field: string): unknown {
  try {
    return JSON.parse(metadata[field] ?? "");
  } catch {
    throw new CheckpointError(`__metadata__.${field}`, "JSON", "text that is not");
  }
}
