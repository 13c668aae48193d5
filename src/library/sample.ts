// Writes with a model or the weights of a file, giving way to other work.

import type { Vocabulary } from "../data/vocabulary.ts";
import type { Engine } from "../engine/engine.ts";
import { dimensionsOf } from "../engine/shape.ts";
import { drawnWith, type SampleOptions, writtenWith } from "../generate/sampler.ts";
import { ConfigError, show } from "../settings/check.ts";
import type { Scored } from "../train/score.ts";
import { WasmEngine } from "../wasm/engine.ts";
import type { CoreSource } from "../wasm/instantiate.ts";
import { createWasmEngine } from "./engines.ts";
import { expectOptions } from "./options.ts";
import { Pauses } from "./pauses.ts";
import { idsOf, partsOf, type Source } from "./source.ts";

/** How `sample` writes, and what ends it. */
export interface WriteOptions extends Omit<SampleOptions, "hasOwnEngine"> {
  /** The compiled core to run instead of that which the package brings. */
  readonly core?: CoreSource | undefined;
}

type Write<Piece> = (
  engine: Engine,
  vocabulary: Vocabulary,
  options: SampleOptions,
) => Iterable<Piece | undefined>;

const OPTIONS = [
  ...["prime", "length", "temperature", "topK", "topP", "seed", "stop", "unknown"],
  ...["signal", "core"],
];

/**
 * Writes text with a model or the weights of a file, a piece at a time; the same weights and options give the
 * same text everywhere, and it is written with the weights of the call, whatever trains meanwhile. Bytes that
 * are no UTF-8 come as U+FFFD: `sampleBytes` keeps them. Other work has its turns.
 * @throws {ConfigError} for an option that does not fit, or that there is not. @throws {VocabularyError} for
 * the prime. @throws {WeightsError} @throws {ClosedError} for a model that was closed.
 * @example
 * ```js
 * for await (const piece of sample(model, { prime: "she ", length: 40, temperature: 0.7 })) {
 *   console.log(piece);
 * }
 * ```
 */
export function sample(
  source: Source,
  options: WriteOptions = {},
): AsyncGenerator<string, void, void> {
  return decoded(sampleBytes(source, options));
}

async function* decoded(
  pieces: AsyncGenerator<Uint8Array, void, void>,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const bytes of pieces) {
    const text = decoder.decode(bytes, { stream: true });
    if (text !== "") yield text;
  }
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}

/**
 * The same as the very bytes: UTF-8; of a model of bytes whatever it writes; of one of names those, a blank behind each.
 * @example
 * ```js
 * for await (const bytes of sampleBytes(model, { length: 10 })) console.log(bytes);
 * ```
 */
export function sampleBytes(
  source: Source,
  options: WriteOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  return writing(source, options, writtenWith);
}

/**
 * The same as token ids; `stop` has no effect.
 * @example
 * ```js
 * for await (const id of sampleIds(model, { length: 10 })) console.log(id);
 * ```
 */
export function sampleIds(
  source: Source,
  options: Omit<WriteOptions, "stop"> = {},
): AsyncGenerator<number, void, void> {
  return writing(source, options, drawnWith);
}

/** What a text is written with: as it was at the call. */
interface Prepared {
  readonly weights: Scored;
  readonly vocabulary: Vocabulary;
  readonly options: SampleOptions;
  readonly core: CoreSource | undefined;
}

function writing<Piece>(
  source: Source,
  options: WriteOptions,
  write: Write<Piece>,
): AsyncGenerator<Piece, void, void> {
  try {
    return written(prepared(source, options), write);
  } catch (error) {
    return failing(error); // where one looks for the errors of a loop
  }
}

// biome-ignore lint/correctness/useYield: its only piece is its error
async function* failing(error: unknown): AsyncGenerator<never, void, void> {
  throw error;
}

function prepared(source: Source, given: WriteOptions): Prepared {
  expectOptions(given, OPTIONS);
  const { core, ...options } = given;
  const { weights, vocabulary, changes } = partsOf(source, "sample");
  const { prime, stop } = options;
  if (stop !== undefined && typeof stop !== "string") {
    throw new ConfigError("stop", `expected a text, got ${show(stop)}`);
  }
  const own = changes ? { ...weights, parameters: weights.parameters.slice() } : weights;
  const read =
    prime === undefined ? [] : idsOf(source, prime, { unknown: options.unknown }, "prime");
  return { weights: own, vocabulary, options: { ...options, prime: read }, core };
}

async function* written<Piece>(
  { weights, vocabulary, options, core }: Prepared,
  write: Write<Piece>,
): AsyncGenerator<Piece, void, void> {
  if (options.signal?.aborted) return;
  const shape = { ...dimensionsOf(weights), T: 1, B: 1 };
  const engine = await (core ? WasmEngine.create(shape, core) : createWasmEngine(shape, 1));
  try {
    engine.parameters.set(weights.parameters);
    const pauses = new Pauses();
    for (const piece of write(engine, vocabulary, { ...options, hasOwnEngine: true })) {
      if (piece !== undefined) yield piece;
      if (pauses.isDue()) await pauses.take();
    }
  } finally {
    engine.close();
  }
}
