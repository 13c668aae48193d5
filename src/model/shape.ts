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
