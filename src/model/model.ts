// A model: its configuration, its vocabulary and the engine that holds its numbers.
/// <reference lib="esnext.disposable" preserve="true" />

import type { Vocabulary } from "../data/vocabulary.ts";
import type { Engine } from "../engine/engine.ts";
import type { Reals } from "../engine/precision.ts";
import { type ParameterName, parametersOf } from "../engine/shape.ts";
import type { Config } from "../settings/check.ts";

/** Tensors by name, each a flat row-major array. */
export type Weights = Readonly<Record<ParameterName, Reals>>;

// Absent in browsers of before 2025, where `using` is compiled with a stand-in that brings it.
const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");

/** A model; close it when done, since threads end with it, or declare it with `using`. */
export class Model {
  readonly config: Config;
  readonly vocabulary: Vocabulary;
  readonly engine: Engine;
  /** What was done otherwise than asked, in sentences: rows made fewer for a short text, letters left out. */
  readonly notes: readonly string[];

  constructor(
    config: Config,
    vocabulary: Vocabulary,
    engine: Engine,
    notes: readonly string[] = [],
  ) {
    this.config = config;
    this.vocabulary = vocabulary;
    this.engine = engine;
    this.notes = notes;
  }

  /** Ends its threads; calls on it, or with it, then throw. @throws {ClosedError} from those. */
  close(): void {
    this.engine.close();
  }

  [dispose](): void {
    this.close();
  }
}

/**
 * Views of the model's parameters by name; writing to them changes the model.
 * @example
 * ```js
 * const { Whh } = weightsOf(model.engine); // a view: [unit][unit], row by row
 * Whh.fill(0);
 * ```
 */
export function weightsOf({ shape, parameters }: Pick<Engine, "shape" | "parameters">): Weights {
  return Object.fromEntries(
    parametersOf(shape).map(({ name, offset, length }) => [
      name,
      parameters.subarray(offset, offset + length),
    ]),
  ) as Weights;
}

/**
 * What the model wrote in its last step: row `row` of the argmax, T characters.
 * @example
 * ```js
 * const data = hello();
 * const small = await createModel(data);
 * for (const _ of train(small, data)) console.log(predictedText(small));
 * ```
 */
export function predictedText({ engine, vocabulary }: Model, row = 0): string {
  const { B } = engine.shape;
  return vocabulary.decode(engine.predictions.filter((_, position) => position % B === row));
}
