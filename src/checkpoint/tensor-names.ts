// Which tensor of a file is which of ours: PyTorch's names for nn.RNN + nn.Linear, whatever stands
// before them and under whatever names the two layers are. What is another network is refused by name.

import { shown } from "../data/printable.ts";
import type { ParameterName } from "../model/shape.ts";
import { CheckpointError } from "./error.ts";
import type { FileTensor } from "./safetensors.ts";

/** What the layers of a file are, by their names in it: `{ encoder: "rnn", decoder: "fc" }`. */
export type TensorNames = Readonly<Record<string, "rnn" | "fc">>;

/** PyTorch has two; ours is the first. */
export const SECOND_BIAS = "rnn.bias_hh_l0";
/** The names of nn.RNN and nn.Linear. */
export const TORCH_NAMES: Readonly<Record<ParameterName, string>> = {
  Wxh: "rnn.weight_ih_l0",
  Whh: "rnn.weight_hh_l0",
  Why: "fc.weight",
  bh: "rnn.bias_ih_l0",
  by: "fc.bias",
};
const KNOWN = [...Object.values(TORCH_NAMES), SECOND_BIAS];
const BIASES = ["rnn.bias_ih_l0", "fc.bias", SECOND_BIAS]; // absent where bias=False

// What DataParallel, torch.compile and habit put around a layer's name.
const WRAPPERS = ["module", "_orig_mod", "model"];
const GATED: Readonly<Record<number, string>> = { 3: "a GRU's", 4: "an LSTM's" }; // by gates
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/_reverse$/, "of a bidirectional network"],
  [/^weight_hr/, "of an LSTM with projections"],
  [/_[ih]h_l[1-9]\d*$/, "of a further layer"],
];
const LISTED = 12; // names in a message
const LONGEST_NAME = 40; // characters of each

export interface NamedTensors {
  /** Under our names; of layers with bias=False, without biases. */
  readonly parameters: readonly FileTensor[];
  /** The second hidden bias, under the name that the file has for it. */
  readonly secondBias: FileTensor | undefined;
  /** The name in the file of one of our parameters. */
  readonly fileName: (parameter: string) => string;
}

/**
 * Finds our parameters among the tensors of a file. `names`: of layers that are not called rnn and fc.
 * @throws {CheckpointError} for a tensor that is missing, unknown, there twice, or of another network.
 */
export function nameTensors(files: readonly FileTensor[], names: TensorNames = {}): NamedTensors {
  for (const tensor of files) refuseOthers(tensor);
  const placed = placesOf(files);
  const asked = new Map<string, string>(Object.entries(names));
  for (const layer of asked.keys()) {
    if (placed.some((place) => place.layer === layer || place.fullLayer === layer)) continue;
    throw new CheckpointError("tensor names", `a layer ${shown(layer)}`, listOf(placed));
  }
  const tensors = new Map<string, FileTensor>();
  for (const { tensor, layer, fullLayer, last } of placed) {
    const own = asked.get(fullLayer) ?? asked.get(layer) ?? layer;
    const name = torchName(own === "" ? last : `${own}.${last}`);
    const twin = tensors.get(name);
    if (twin) throw new CheckpointError(name, "a tensor once", `${twin.name} and ${tensor.name}`);
    tensors.set(name, tensor);
  }
  const isWhole = KNOWN.every((name) => tensors.has(name) || BIASES.includes(name));
  if (!isWhole || ![...tensors.keys()].every((name) => KNOWN.includes(name))) {
    throw new CheckpointError("tensors", KNOWN.join(", "), listOf(placed) + hintOf(placed));
  }
  const parameters = Object.entries(TORCH_NAMES).flatMap(([name, theirs]) => {
    const tensor = tensors.get(theirs);
    return tensor ? [{ ...tensor, name }] : [];
  });
  const fileName = (name: string) => tensors.get(torchName(name))?.name ?? torchName(name);
  return { parameters, secondBias: tensors.get(SECOND_BIAS), fileName };
}

/** PyTorch's name of one of our parameters; any other name as it is. */
function torchName(name: string): string {
  return Object.hasOwn(TORCH_NAMES, name) ? TORCH_NAMES[name as ParameterName] : name;
}

/** Where a tensor stands: `layer` is `fullLayer` without wrappers and what all layers begin with. */
interface Place {
  readonly tensor: FileTensor;
  readonly fullLayer: string;
  readonly layer: string;
  /** The tensor's name in its layer, as nn.RNN has it. */
  readonly last: string;
}

function placesOf(files: readonly FileTensor[]): Place[] {
  const paths = files.map(({ name }) => name.split(".").filter((part) => !WRAPPERS.includes(part)));
  let common = 0;
  const isCommon = (path: readonly string[]) =>
    path.length > common + 2 && path[common] === paths[0]?.[common];
  while (paths.length > 0 && paths.every(isCommon)) common++;
  return files.map((tensor, i) => {
    const path = paths[i] as string[];
    const last = path.at(-1) ?? "";
    return {
      tensor,
      fullLayer: tensor.name.split(".").slice(0, -1).join("."),
      layer: path.slice(common, -1).join("."),
      last: last.replace(/^(weight|bias)_([ih]h)$/, "$1_$2_l0"), // of nn.RNNCell
    };
  });
}

/** @throws {CheckpointError} for a tensor that only other recurrent networks have. */
function refuseOthers({ name, shape }: FileTensor): void {
  const last = name.slice(name.lastIndexOf(".") + 1);
  const [rows = 0, columns = 0] = shape;
  const gated = GATED[rows / columns];
  if (last.startsWith("weight_hh") && gated) {
    throw new CheckpointError(
      name,
      `shape [${columns},${columns}], of a plain nn.RNN`,
      `[${shape}], ${gated}; it is not supported yet`,
    );
  }
  const other = OTHERS.find(([pattern]) => pattern.test(last))?.[1];
  if (other) {
    throw new CheckpointError(
      name,
      "tensors of an nn.RNN of one layer and one direction",
      `one ${other}; it is not supported yet`,
    );
  }
}

/** What is in the file. */
function listOf(placed: readonly Place[]): string {
  if (placed.length === 0) return "none";
  const names = placed.slice(0, LISTED).map(({ tensor }) => shown(tensor.name, LONGEST_NAME));
  const more = placed.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** How to name the layers, where the file has what could be them. */
function hintOf(placed: readonly Place[]): string {
  const layersWith = (name: string) => [
    ...new Set(placed.filter(({ last }) => last === name).map(({ layer }) => layer)),
  ];
  const recurrent = layersWith("weight_ih_l0");
  const linear = layersWith("weight");
  if (recurrent.length === 0 || linear.length === 0) return "";
  const [rnn, fc] =
    recurrent.length === 1 && linear.length === 1 ? [recurrent[0], linear[0]] : ["NAME", "NAME"];
  return rnn === "rnn" && fc === "fc"
    ? ""
    : `; name the layers: --tensor-names ${rnn}=rnn,${fc}=fc`;
}
