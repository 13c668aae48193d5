// How well a model predicts a text: every token but the first, in one stream. No setting of a run
// has a say, so a model and a text have one number.

import type { Tokens } from "../data/tokens.ts";
import { cellOf } from "../engine/cells.ts";
import type { Engine } from "../engine/engine.ts";
import type { Reals } from "../engine/precision.ts";
import { type Dimensions, dimensionsOf, type Shape, stateLength } from "../engine/shape.ts";
import type { Evaluation } from "../model/record.ts";
import { WeightsError } from "../outside/errors.ts";
import { ConfigError } from "../settings/check.ts";

const CHUNK = 256; // tokens at a time; longer ones are no faster, measured
const MOST_NUMBERS = 2 ** 22; // of probabilities, or slots, in a chunk: shorter ones for large models

/** What a text's score is. */
export interface Score extends Evaluation {
  /** How many were predicted: every one but the first. */
  readonly characters: number;
}

/** The weights to score with, in the order of `parametersOf`. */
export interface Scored extends Dimensions {
  readonly parameters: Reals;
}

/** The tokens `begin` … `end` - 1, of which there are at least two. */
export interface Part {
  readonly tokens: Pick<Tokens, "at">;
  readonly begin: number;
  readonly end: number;
}

/**
 * Mean loss, nats a character, and accuracy on a part of a text from a zero state, which is carried
 * to its end. `makeEngine`: of a shape; it is given the weights. `progress`: called with the number of
 * tokens that have been predicted, and awaited. `take`: called with the losses of each chunk, a view, and how
 * many were before them.
 * @throws {ConfigError} for fewer than two tokens. @throws {WeightsError} for a loss that is not finite.
 * @example
 * ```js
 * const tokens = model.vocabulary.encode("she sells");
 * const weights = { ...model.engine.shape, parameters: model.engine.parameters };
 * const part = { tokens: { at: (i) => tokens[i] }, begin: 0, end: tokens.length };
 * const { loss } = await scoreOn(weights, part, (shape) => createWasmEngine(shape, 1));
 * ```
 */
export async function scoreOn(
  weights: Scored,
  { tokens, begin, end }: Part,
  makeEngine: (shape: Shape) => Promise<Engine>,
  {
    progress = () => {},
    take,
  }: {
    readonly progress?: (done: number) => unknown;
    readonly take?: (losses: Reals, before: number) => void;
  } = {},
): Promise<Score> {
  const characters = end - begin - 1;
  if (characters < 1) {
    throw new ConfigError(
      "text",
      `expected at least 2 characters, one to read and one to predict, got ${end - begin}; use a longer text`,
    );
  }
  const dimensions = dimensionsOf(weights);
  const { V, H, layers = 1 } = dimensions;
  const widest = Math.max(V, layers * cellOf(dimensions).slots * H);
  const longest = Math.max(1, Math.min(CHUNK, Math.floor(MOST_NUMBERS / widest)));
  const state = new Float64Array(stateLength({ ...dimensions, T: 1, B: 1 }));
  let total = 0;
  let correct = 0;
  /** Goes over `count` tokens from `done` on, T at a time. */
  const read = async (T: number, done: number, count: number) => {
    const engine = await makeEngine({ ...dimensions, T, B: 1 });
    try {
      engine.parameters.set(weights.parameters);
      engine.state.set(state);
      for (const [first, last] = [done, done + count]; done < last; done += T) {
        for (let t = 0; t < T; t++) {
          engine.inputs[t] = tokens.at(begin + done + t);
          engine.targets[t] = tokens.at(begin + done + t + 1);
        }
        const result = engine.evaluate(done > first);
        if (result.outcome !== "done") {
          throw new WeightsError(
            "model: expected weights that give a finite loss, got others; train it anew",
          );
        }
        take?.(engine.losses, done);
        total += result.loss * T;
        correct += result.correct;
        await progress(done + T);
      }
      state.set(engine.state);
    } finally {
      engine.close();
    }
  };
  const rest = characters % longest; // on an engine of its own, as many time steps long
  if (characters > rest) await read(longest, 0, characters - rest);
  if (rest > 0) await read(rest, characters - rest, rest);
  return { loss: total / characters, accuracy: correct / characters, characters };
}
