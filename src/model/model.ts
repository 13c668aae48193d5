// A model: its configuration, its vocabulary and the engine that holds its numbers.

import type { Vocabulary } from "../data/vocabulary.ts";
import type { Engine } from "../engine/engine.ts";
import type { Reals } from "../engine/precision.ts";
import { type ParameterName, parametersOf } from "../engine/shape.ts";
import type { Config } from "../settings/check.ts";

/** Tensors by name, each a flat row-major array. */
export type Weights = Readonly<Record<ParameterName, Reals>>;

export interface Model {
  readonly config: Config;
  readonly vocabulary: Vocabulary;
  readonly engine: Engine;
}

/** Views of the model's parameters by name; writing to them changes the model. */
export function weightsOf({ shape, parameters }: Pick<Engine, "shape" | "parameters">): Weights {
  return Object.fromEntries(
    parametersOf(shape).map(({ name, offset, length }) => [
      name,
      parameters.subarray(offset, offset + length),
    ]),
  ) as Weights;
}

/** What the model wrote in its last step: row `row` of the argmax, T characters. */
export function predictedText({ engine, vocabulary }: Model, row = 0): string {
  const { B } = engine.shape;
  return vocabulary.decode(engine.predictions.filter((_, position) => position % B === row));
}
