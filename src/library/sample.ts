// Writes with a model or the weights of a file, giving way to other work.

import type { Vocabulary } from "../data/vocabulary.ts";
import type { Engine } from "../engine/engine.ts";
import { dimensionsOf } from "../engine/shape.ts";
import { drawnWith, type SampleOptions, writtenWith } from "../generate/sampler.ts";
import { WasmEngine } from "../wasm/engine.ts";
import type { CoreSource } from "../wasm/instantiate.ts";
import { createWasmEngine } from "./engines.ts";
import { expectOptions } from "./options.ts";
import { Pauses } from "./pauses.ts";
import { partsOf, type Source } from "./source.ts";

/** How `sample` writes, and what ends it. */
export interface WriteOptions extends Omit<SampleOptions, "hasOwnEngine"> {
  /** Ends the text at the token in work, as `length` does. */
  readonly signal?: AbortSignal | undefined;
  /** The compiled core to run instead of that which the package brings. */
  readonly core?: CoreSource | undefined;
}

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
 */
export async function* sample(
  source: Source,
  options: WriteOptions = {},
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const bytes of sampleBytes(source, options)) {
    const text = decoder.decode(bytes, { stream: true });
    if (text !== "") yield text;
  }
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}

/** The same as the very bytes: UTF-8; of a model of bytes whatever it writes; of one of names those, a blank behind each. */
export function sampleBytes(
  source: Source,
  options: WriteOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  return writing(source, options, writtenWith);
}

/** The same as token ids; `stop` has no effect. */
export function sampleIds(
  source: Source,
  options: Omit<WriteOptions, "stop"> = {},
): AsyncGenerator<number, void, void> {
  return writing(source, options, drawnWith);
}

async function* writing<Piece>(
  source: Source,
  options: WriteOptions,
  write: (
    engine: Engine,
    vocabulary: Vocabulary,
    options: SampleOptions,
  ) => Iterable<Piece | undefined>,
): AsyncGenerator<Piece, void, void> {
  expectOptions(options, OPTIONS);
  const { signal, core, ...own } = options;
  const { weights, vocabulary } = partsOf(source, "sample");
  if (signal?.aborted) return;
  const parameters = weights.parameters.slice();
  const shape = { ...dimensionsOf(weights), T: 1, B: 1 };
  const engine = await (core ? WasmEngine.create(shape, core) : createWasmEngine(shape, 1));
  try {
    engine.parameters.set(parameters);
    const pauses = new Pauses();
    for (const piece of write(engine, vocabulary, { ...own, hasOwnEngine: true })) {
      if (piece !== undefined) yield piece;
      if (pauses.isDue()) await pauses.take();
      if (signal?.aborted) return;
    }
  } finally {
    engine.close();
  }
}
