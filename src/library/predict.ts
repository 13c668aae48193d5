// What a model makes of a text: what it expects next, how likely it found each token, what its units do.

import type { UnknownPolicy } from "../data/vocabulary.ts";
import { cellOf } from "../engine/cells.ts";
import type { Engine } from "../engine/engine.ts";
import { precisionOf, type Reals } from "../engine/precision.ts";
import { type Parameter, parametersOf } from "../engine/shape.ts";
import { isCount } from "../outside/counts.ts";
import { ConfigError } from "../settings/check.ts";
import { bitsOf, perplexityOf } from "../train/metrics.ts";
import { type Score, scoreOn } from "../train/score.ts";
import { createWasmEngine } from "./engines.ts";
import { expectOptions } from "./options.ts";
import { Pauses } from "./pauses.ts";
import { Reader } from "./reader.ts";
import { idsOf, partsOf, type Reading, type ReadingRule, readWith, type Source } from "./source.ts";

/** A token that may come next. */
export interface Candidate {
  readonly token: string;
  readonly id: number;
  /** 0 … 1. */
  readonly probability: number;
}

/** What a model expects behind a text. */
export interface Prediction {
  /** The likeliest tokens, the likeliest first; of equals the one with the lower id. */
  readonly likeliest: readonly Candidate[];
  /** Of every token, [V]. */
  readonly probabilities: Float64Array;
  /** Of every token, [V]: the softmax of these are the probabilities. */
  readonly logits: Float64Array;
}

/** What `predict` gives, and how it reads. */
export interface PredictOptions {
  /** How many of the likeliest, 5 where nothing is said. */
  readonly count?: number;
  /** What to do with characters that the model does not know. */
  readonly unknown?: UnknownPolicy;
}

/**
 * What comes behind a text, which is read from a zero state. A text that goes on from the one before costs
 * only what is new of it. A model may be trained meanwhile: it is read with the weights that it has at the
 * call.
 * @throws {ConfigError} for no token to go on from, or an option that does not fit.
 * @throws {VocabularyError} for characters or ids that the model does not know. @throws {WeightsError}
 * @throws {ClosedError} for a model that was closed. @throws {CheckpointError} without a vocabulary.
 * @example
 * ```js
 * const { likeliest } = await predict(model, "she sel", { count: 3 });
 * for (const { token, probability } of likeliest) console.log(token, probability);
 * ```
 */
export async function predict(
  source: Source,
  text: Reading,
  options: PredictOptions = {},
): Promise<Prediction> {
  expectOptions(options, ["count", "unknown"]);
  const { count = 5, unknown } = options;
  if (!isCount(count)) {
    throw new ConfigError("count", `expected an integer from 0, got ${count}`);
  }
  const reader = Reader.of(source, "predict");
  const ids = idsOf(source, text, { unknown });
  expectTokens(ids, 1, "to go on from");
  return reader.read(ids, (engine) => {
    const probabilities = engine.probabilities();
    const likeliest = likeliestOf(probabilities, count).map((id) => ({
      token: source.vocabulary?.ixToChar[id] as string,
      id,
      probability: probabilities[id] as number,
    }));
    return { likeliest, probabilities, logits: logitsOf(engine) };
  });
}

/** The ids of the `count` largest, the largest first; of equals the one with the lower id. */
function likeliestOf(probabilities: Float64Array, count: number): number[] {
  const best: number[] = [];
  for (let id = 0; id < probabilities.length; id++) {
    const own = probabilities[id] as number;
    let place = best.length;
    while (place > 0 && own > (probabilities[best[place - 1] as number] as number)) place--;
    if (place >= count) continue;
    best.splice(place, 0, id);
    if (best.length > count) best.pop();
  }
  return best;
}

/** by + Why·h of an engine's last state at T 1, B 1, k upwards, as the core sums it. */
function logitsOf({ shape, parameters, state }: Engine): Float64Array {
  const { V, H } = shape;
  const round = precisionOf(shape) === "f32" ? Math.fround : undefined;
  // The biases come after all matrices, the output's matrix is the last, and its bias too.
  const by = parameters.length - V;
  const list = parametersOf(shape);
  const Why = (list.find(({ role }) => role === "output") as Parameter).offset;
  const top = hiddenOf(shape, state).at(-1) as Reals;
  const logits = new Float64Array(V);
  for (let v = 0; v < V; v++) {
    const row = parameters.subarray(Why + v * H, Why + (v + 1) * H);
    const bias = parameters[by + v] as number;
    logits[v] = round ? roundedSum(bias, row, top, round) : sumOf(bias, row, top);
  }
  return logits;
}

function sumOf(bias: number, row: Reals, top: Reals): number {
  let sum = bias;
  for (let k = 0; k < top.length; k++) sum += (row[k] as number) * (top[k] as number);
  return sum;
}

function roundedSum(bias: number, row: Reals, top: Reals, round: (x: number) => number): number {
  let sum = bias;
  for (let k = 0; k < top.length; k++) {
    sum = round(sum + round((row[k] as number) * (top[k] as number)));
  }
  return sum;
}

/** What every unit of every layer was behind every token. */
export interface States {
  /** [token][layer], the layer's H hidden units. */
  readonly hidden: readonly (readonly Float64Array[])[];
  /** The same of an LSTM's cell state. */
  readonly cell?: readonly (readonly Float64Array[])[];
}

/**
 * The states behind each token of a text, which is read from a zero state.
 * @throws as `predict`
 * @example
 * ```js
 * const { hidden } = await states(model, "shell");
 * console.log(hidden[4][0]); // behind the last l, of the first layer: H numbers
 * ```
 */
export async function states(
  source: Source,
  text: Reading,
  options: Pick<PredictOptions, "unknown"> = {},
): Promise<States> {
  expectOptions(options, ["unknown"]);
  const reader = Reader.of(source, "states");
  const ids = idsOf(source, text, options);
  expectTokens(ids, 1, "to read");
  const hidden: Float64Array[][] = [];
  const cell: Float64Array[][] = [];
  const note = ({ shape, state }: Engine) => {
    hidden.push(hiddenOf(shape, state).map((row) => Float64Array.from(row)));
    if (cellOf(shape).parts < 2) return;
    cell.push(hiddenOf(shape, state, 1).map((row) => Float64Array.from(row)));
  };
  await reader.read(ids, () => {}, note);
  return cell.length > 0 ? { hidden, cell } : { hidden };
}

/** Part `part` of a state [layer][part][H], by layer. */
function hiddenOf(shape: Engine["shape"], state: Reals, part = 0): Reals[] {
  const { H, layers = 1 } = shape;
  const { parts } = cellOf(shape);
  return Array.from({ length: layers }, (_, layer) => {
    const at = (layer * parts + part) * H;
    return state.subarray(at, at + H);
  });
}

/** How well a text is predicted. */
export interface TextScore extends Score {
  /** The loss in bits. */
  readonly bits: number;
  /** e to the loss. */
  readonly perplexity: number;
  /** Of every token but the first, the log of its probability, nats, as `loss` has it: from -20.7 on. */
  readonly logProbabilities: Float64Array;
  /** Characters that were left out or stand as the symbol. */
  readonly unknown: number;
}

/**
 * How well a model or the weights of a file predicts a text: every token but the first, each from all before
 * it, whatever the run's settings were, with the weights of the call. `rule`: what differs from the run's own
 * reading of a text. Other work has its turns.
 * @throws {ConfigError} for a text of fewer than two tokens. @throws as `predict`
 * @example
 * ```js
 * const { loss, perplexity, logProbabilities } = await score(model, "she sells");
 * console.log(loss, perplexity, logProbabilities.length); // one for each character but the first
 * ```
 */
export async function score(
  source: Source,
  text: Reading,
  rule: ReadingRule = {},
): Promise<TextScore> {
  expectOptions(rule, ["unknown", "normalizeNewlines"]);
  const { weights, changes } = partsOf(source, "score");
  const own = changes ? { ...weights, parameters: weights.parameters.slice() } : weights;
  const { tokens, unknown } = readWith(source, text, rule);
  const logProbabilities = new Float64Array(Math.max(0, tokens.length - 1));
  const part = { tokens, begin: 0, end: tokens.length };
  const pauses = new Pauses();
  const found = await scoreOn(own, part, (shape) => createWasmEngine(shape, 1), {
    progress: () => (pauses.isDue() ? pauses.take() : undefined),
    take: (losses, before) => {
      for (const [i, one] of losses.entries()) logProbabilities[before + i] = -one;
    },
  });
  const { loss } = found;
  return {
    ...found,
    bits: bitsOf(loss),
    perplexity: perplexityOf(loss),
    logProbabilities,
    unknown,
  };
}

/** @throws {ConfigError} for a text of fewer tokens. */
export function expectTokens({ length }: ArrayLike<number>, least: number, use: string): void {
  if (length >= least) return;
  throw new ConfigError(
    "text",
    `expected at least ${least} token${least > 1 ? "s" : ""} ${use}, got ${length}; use a longer one`,
  );
}
