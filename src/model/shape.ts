// The dimensions of a model, and the names, shapes and places of its parameters in their arena.

/** V vocabulary size, H hidden units, T time steps, B batch rows. */
export interface Shape {
  readonly V: number;
  readonly H: number;
  readonly T: number;
  readonly B: number;
}

export type ParameterName = "Wxh" | "Whh" | "Why" | "bh" | "by";

/** One tensor of the arena; `offset` and `length` in elements. */
export interface Parameter {
  readonly name: ParameterName;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

/** The parameters in arena order: Wxh (H,V), Whh (H,H), Why (V,H), bh (H), by (V). */
export function parametersOf({ V, H }: Pick<Shape, "V" | "H">): Parameter[] {
  const shapes: [ParameterName, number[]][] = [
    ["Wxh", [H, V]],
    ["Whh", [H, H]],
    ["Why", [V, H]],
    ["bh", [H]],
    ["by", [V]],
  ];
  let offset = 0;
  return shapes.map(([name, shape]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const parameter = { name, shape, offset, length };
    offset += length;
    return parameter;
  });
}

/** Number of parameters in all. */
export function parameterCount({ V, H }: Pick<Shape, "V" | "H">): number {
  return 2 * V * H + H * H + H + V;
}

/** Floating-point operations of the products of one training step; all else is left out. */
export function flopsPerStep({ V, H, T, B }: Shape): number {
  return 6 * (H * H + H * V) * T * B;
}

/** Bytes a model may take in all: what a 32-bit memory holds, less its last page. */
export const MEMORY_LIMIT = 2 ** 32 - 65536;

const GIB = 2 ** 30;

/** The error of a model that takes `bytes` bytes, more than there are. */
export function memoryError({ V, H, T, B }: Shape, bytes: number): RangeError {
  const size = `${(bytes / GIB).toFixed(1)} GiB for V ${V}, H ${H}, T ${T}, B ${B}`;
  return new RangeError(
    `memory: expected a model that fits into memory, at most 4 GiB, got ${size}; lower the hidden units, the batch size or the sequence length (hiddenSize, batchSize, seqLength; --hidden-size, --batch-size, --seq-length)`,
  );
}
