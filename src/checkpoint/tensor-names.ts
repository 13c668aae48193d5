// Which tensor of a file is which of ours: PyTorch's names for nn.RNN, nn.GRU or nn.LSTM + nn.Linear,
// whatever stands before them and under whatever names the two are. What is another network is refused
// by name.

import { type Parameter, parametersOf } from "../engine/shape.ts";
import { shown } from "../outside/printable.ts";
import { CheckpointError } from "./error.ts";
import type { FileTensor } from "./safetensors.ts";

/** What the layers of a file are, by their names in it: `{ encoder: "rnn", decoder: "fc" }`. */
export type TensorNames = Readonly<Record<string, "rnn" | "fc">>;

/** PyTorch's name of one of our parameters. */
export function torchName({ role, layer }: Pick<Parameter, "role" | "layer">): string {
  if (role === "output") return "fc.weight";
  if (role === "outputBias") return "fc.bias";
  const kind = { input: "weight_ih", recurrent: "weight_hh", bias: "bias_ih" }[role];
  return `rnn.${kind}_l${layer}`;
}

/** PyTorch has two biases a layer; ours are the first. */
export function secondBiasName(layer: number): string {
  return `rnn.bias_hh_l${layer}`;
}

// What DataParallel, torch.compile and habit put around a layer's name.
const WRAPPERS = ["module", "_orig_mod", "model"];
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/_reverse$/, "of a bidirectional network"],
  [/^weight_hr/, "of an LSTM with projections"],
];
const MOST_LAYERS = 8;
const LISTED = 12; // names in a message
const LONGEST_NAME = 40; // characters of each

/** Parameters as PyTorch's files have them: layer by layer, then the output. */
export function inTorchOrder(list: readonly Parameter[]): Parameter[] {
  const isOutput = ({ role }: Parameter) => role === "output" || role === "outputBias";
  const placeOf = (one: Parameter) => (isOutput(one) ? list.length : one.layer);
  return list.toSorted((a, b) => placeOf(a) - placeOf(b));
}

export interface NamedTensors {
  /** Under our names; of layers with bias=False, without biases. */
  readonly parameters: readonly FileTensor[];
  /** The second biases by layer, under the names that the file has for them. */
  readonly secondBiases: ReadonlyMap<number, FileTensor>;
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
  const layers = layersOf(placed);
  const list = inTorchOrder(parametersOf({ V: 1, H: 1, layers }));
  const theirs = new Map<string, string>(list.map((one) => [one.name, torchName(one)]));
  const seconds = Array.from({ length: layers }, (_, layer) => secondBiasName(layer));
  const known = list.flatMap((one) =>
    one.role === "bias" ? [torchName(one), secondBiasName(one.layer)] : [torchName(one)],
  );
  const biases = new Set(known.filter((name) => name.includes("bias"))); // absent where bias=False
  const tensors = new Map<string, FileTensor>();
  for (const { tensor, layer, fullLayer, last } of placed) {
    const own = asked.get(fullLayer) ?? asked.get(layer) ?? layer;
    const full = own === "" ? last : `${own}.${last}`;
    const name = theirs.get(full) ?? full;
    const twin = tensors.get(name);
    if (twin) throw new CheckpointError(name, "a tensor once", `${twin.name} and ${tensor.name}`);
    tensors.set(name, tensor);
  }
  const isWhole = known.every((name) => tensors.has(name) || biases.has(name));
  if (!isWhole || ![...tensors.keys()].every((name) => known.includes(name))) {
    throw new CheckpointError("tensors", known.join(", "), listOf(placed) + hintOf(placed));
  }
  const parameters = [...theirs].flatMap(([name, their]) => {
    const tensor = tensors.get(their);
    return tensor ? [{ ...tensor, name }] : [];
  });
  const secondBiases = new Map(
    seconds.flatMap((name, layer) => {
      const tensor = tensors.get(name);
      return tensor ? [[layer, tensor] as const] : [];
    }),
  );
  const fileName = (name: string) => {
    const their = theirs.get(name) ?? name;
    return tensors.get(their)?.name ?? their;
  };
  return { parameters, secondBiases, fileName };
}

/** How many layers the file has, at least one. @throws {CheckpointError} for more than we have. */
function layersOf(placed: readonly Place[]): number {
  const numbers = placed.map(({ last }) => {
    const [, torch, ours] =
      /^(?:(?:weight|bias)_[ih]h_l(\d+)|(?:Wxh|Whh|bh)_l(\d+))$/.exec(last) ?? [];
    return Number(torch ?? ours ?? 0);
  });
  const most = 1 + numbers.reduce((high, number) => Math.max(high, number), 0);
  if (most <= MOST_LAYERS) return most;
  throw new CheckpointError("tensors", `at most ${MOST_LAYERS} layers`, `${most}`);
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
    const last = path.at(-1) ?? tensor.name; // a wrapper's alone
    return {
      tensor,
      fullLayer: tensor.name.split(".").slice(0, -1).join("."),
      layer: path.slice(common, -1).join("."),
      last: last.replace(/^(weight|bias)_([ih]h)$/, "$1_$2_l0"), // of nn.RNNCell
    };
  });
}

/** @throws {CheckpointError} for a tensor that only other recurrent networks have. */
function refuseOthers({ name }: FileTensor): void {
  const last = name.slice(name.lastIndexOf(".") + 1);
  const other = OTHERS.find(([pattern]) => pattern.test(last))?.[1];
  if (other) {
    throw new CheckpointError(
      name,
      "tensors of an nn.RNN, nn.GRU or nn.LSTM of one direction",
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
