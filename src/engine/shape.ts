// The dimensions of a model, and the names, shapes and places of its parameters in their arena.

import { MemoryError } from "../outside/errors.ts";
import { cellOf, type Network } from "./cells.ts";
import { precisionOf } from "./precision.ts";

/** V vocabulary size, H hidden units of a layer, T time steps, B batch rows. */
export interface Shape extends Network {
  readonly V: number;
  readonly H: number;
  readonly T: number;
  readonly B: number;
}

/** What the parameters depend on. */
export type Dimensions = Network & Pick<Shape, "V" | "H">;

/** Only those, of a shape or a checkpoint; a model that is not trained drops nothing. */
export function dimensionsOf(dimensions: Dimensions): Dimensions {
  const { V, H, cell = "rnn", layers = 1 } = dimensions;
  return { V, H, cell, layers, precision: precisionOf(dimensions) };
}

/** What a tensor is for. */
export type Role = "input" | "recurrent" | "output" | "bias" | "outputBias";

/** Names of the tensors of one tanh layer; those of layer l > 0 end in `_l` and its number. */
export type PlainName = "Wxh" | "Whh" | "Why" | "bh" | "by";
export type ParameterName = PlainName | `${"Wxh" | "Whh" | "bh"}_l${number}`;

/** One tensor of the arena; `offset` and `length` in elements. */
export interface Parameter {
  readonly name: ParameterName;
  readonly role: Role;
  /** From 0; of the output, the last. */
  readonly layer: number;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

/** One of the tensors of one tanh layer. */
export type PlainParameter = Parameter & { readonly name: PlainName };

/**
 * The parameters in arena order, G gates and S slots of the cell: the matrices of layer 0, 1, …, Wxh
 * (G·H,V), or (G·H,H) above the first, and Whh (G·H,H); Why (V,H); the biases of layer 0, 1, …, bh
 * (S·H); by (V).
 * @example
 * ```js
 * for (const { name, shape, offset } of parametersOf(model.engine.shape)) console.log(name, shape, offset);
 * ```
 */
export function parametersOf(dimensions: Dimensions): Parameter[] {
  const { V, H, layers = 1 } = dimensions;
  const { gates, slots } = cellOf(dimensions);
  const all = Array.from({ length: layers }, (_, layer) => layer);
  const named = (name: "Wxh" | "Whh" | "bh", layer: number): ParameterName =>
    layer === 0 ? name : `${name}_l${layer}`;
  const list: [ParameterName, Role, number, number[]][] = [
    ...all.flatMap((layer): [ParameterName, Role, number, number[]][] => [
      [named("Wxh", layer), "input", layer, [gates * H, layer === 0 ? V : H]],
      [named("Whh", layer), "recurrent", layer, [gates * H, H]],
    ]),
    ["Why", "output", layers - 1, [V, H]],
    ...all.map((layer): [ParameterName, Role, number, number[]] => [
      named("bh", layer),
      "bias",
      layer,
      [slots * H],
    ]),
    ["by", "outputBias", layers - 1, [V]],
  ];
  let offset = 0;
  return list.map(([name, role, layer, shape]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const parameter = { name, role, layer, shape, offset, length };
    offset += length;
    return parameter;
  });
}

/** Number of parameters in all; asked at every step of a page's run, so without the list. */
export function parameterCount(dimensions: Dimensions): number {
  const { V, H, layers = 1 } = dimensions;
  const { gates, slots } = cellOf(dimensions);
  return gates * H * (V + H + 2 * H * (layers - 1)) + V * H + layers * slots * H + V;
}

/** Numbers of the state, [layer][part][B][H]. */
export function stateLength(shape: Shape): number {
  return (shape.layers ?? 1) * cellOf(shape).parts * shape.B * shape.H;
}

/** Floating-point operations of the products of one training step; all else is left out. */
export function flopsPerStep(shape: Shape): number {
  const { V, H, T, B, layers = 1 } = shape;
  return 6 * (cellOf(shape).gates * (2 * layers - 1) * H * H + H * V) * T * B;
}

/** Bytes a model may take in all: what a 32-bit memory holds, less its last page. */
export const MEMORY_LIMIT = 2 ** 32 - 65536;

const GIB = 2 ** 30;

/** The error of a model that takes `bytes` bytes, more than there are. */
export function memoryError({ V, H, T, B, layers = 1 }: Shape, bytes: number): MemoryError {
  const depth = layers > 1 ? `, ${layers} layers` : "";
  const size = `${(bytes / GIB).toFixed(1)} GiB for V ${V}, H ${H}, T ${T}, B ${B}${depth}`;
  const lower = layers > 1 ? "the layers, the hidden units" : "the hidden units";
  return new MemoryError(
    `memory: expected a model that fits into memory, at most 4 GiB, got ${size}; lower ${lower}, the batch size or the sequence length (hiddenSize, batchSize, seqLength; --hidden-size, --batch-size, --seq-length)`,
  );
}
