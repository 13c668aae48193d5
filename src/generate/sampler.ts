// Writes text: feeds a model its own draws, one character at a time.

import type { UnknownPolicy, Vocabulary } from "../data/vocabulary.ts";
import type { DrawRule, Engine } from "../engine/engine.ts";
import { isCount } from "../outside/counts.ts";
import { DataError, WeightsError } from "../outside/errors.ts";
import { ConfigError } from "../settings/check.ts";

/** How a text is written. */
export interface SampleOptions extends Partial<DrawRule> {
  /** Read before writing; not part of what is written. Bytes for a model of bytes; or ids. */
  readonly prime?: string | Uint8Array | readonly number[] | Int32Array;
  /** Tokens to write. */
  readonly length?: number;
  readonly seed?: number;
  /** Ends the text before the first place where this stands. */
  readonly stop?: string;
  /** What to do with characters of the prime that the model does not know. */
  readonly unknown?: UnknownPolicy;
  /** Ends the text at the token in work, as `length` does. */
  readonly signal?: AbortSignal | undefined;
  /** Whether nobody else touches the engine meanwhile: writing is then quicker. */
  readonly hasOwnEngine?: boolean;
}

const STANDARD = { length: 200, temperature: 1, topK: 0, topP: 1, seed: 42, prime: "" } as const;

/**
 * Writes with an engine of one row and one time step that holds the weights. The same weights and
 * options give the same text everywhere. Bytes that are no UTF-8 come as U+FFFD.
 * @throws {ConfigError} for an option that does not fit. @throws {VocabularyError} for the prime.
 * @throws {DataError} for an engine of another shape or vocabulary.
 * @example
 * ```js
 * const shape = { ...model.engine.shape, T: 1, B: 1 };
 * const writer = await createWasmEngine(shape, 1);
 * writer.parameters.set(model.engine.parameters);
 * console.log([...sampleWith(writer, model.vocabulary, { length: 20 })].join(""));
 * ```
 */
export function* sampleWith(
  engine: Engine,
  vocabulary: Vocabulary,
  options: SampleOptions = {},
): Generator<string, void, void> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for (const piece of sampleBytesWith(engine, vocabulary, options)) {
    const text = decoder.decode(piece, { stream: true });
    if (text !== "") yield text;
  }
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}

/**
 * The same as the very bytes: UTF-8, or of a model of bytes whatever it writes.
 * @example
 * ```js
 * const writer = await createWasmEngine({ ...model.engine.shape, T: 1, B: 1 }, 1);
 * writer.parameters.set(model.engine.parameters);
 * for (const bytes of sampleBytesWith(writer, model.vocabulary, { length: 20 })) console.log(bytes);
 * ```
 */
export function* sampleBytesWith(
  engine: Engine,
  vocabulary: Vocabulary,
  options: SampleOptions = {},
): Generator<Uint8Array, void, void> {
  for (const bytes of writtenWith(engine, vocabulary, options)) if (bytes) yield bytes;
}

/** The same, and undefined at each token that gives none: where a writer may pause. */
export function* writtenWith(
  engine: Engine,
  vocabulary: Vocabulary,
  options: SampleOptions,
): Generator<Uint8Array | undefined, void, void> {
  const writer = new Writer(new TextEncoder().encode(options.stop));
  for (const id of drawnWith(engine, vocabulary, options)) {
    const bytes = id === undefined ? [] : writer.write(vocabulary.bytesOf(id));
    yield bytes.length > 0 ? (bytes as Uint8Array) : undefined;
    if (writer.ended) return;
  }
  if (writer.held.length > 0) yield writer.held;
}

/**
 * The same as token ids, without `stop`. At each the engine still holds what it was drawn from: the
 * probabilities, and the state after the token before it.
 */
export function* tokensWith(
  engine: Engine,
  vocabulary: Vocabulary,
  options: SampleOptions = {},
): Generator<number, void, void> {
  for (const id of drawnWith(engine, vocabulary, options)) if (id !== undefined) yield id;
}

/** The same, and undefined at each token of the prime. */
export function* drawnWith(
  engine: Engine,
  vocabulary: Vocabulary,
  options: SampleOptions,
): Generator<number | undefined, void, void> {
  const { length, temperature, topK, topP, seed, prime } = { ...STANDARD, ...options };
  check("length", length, isCount(length), "an integer from 0");
  check(
    "temperature",
    temperature,
    Number.isFinite(temperature) && temperature >= 0,
    "a number from 0",
  );
  check("topK", topK, isCount(topK), "an integer from 0 (0 for all)");
  check("topP", topP, topP > 0 && topP <= 1, "a number above 0, at most 1");
  check("seed", seed, isCount(seed), "an integer from 0");
  expectWriter(engine, vocabulary);
  const isText = typeof prime === "string" || prime instanceof Uint8Array;
  const primed = isText
    ? vocabulary.encode(prime, options.unknown, "prime")
    : vocabulary.checked(prime);
  const first = vocabulary.charToIx.get("\n") ?? 0; // a text begins after a line
  const before = { state: engine.state.slice(), predictions: engine.predictions.slice() };
  engine.state.fill(0);
  engine.targets[0] = 0; // of no account: only the probabilities are used
  engine.seedDraws(seed);
  try {
    const begin = primed.length > 0 ? primed : [first];
    for (const [i, id] of begin.entries()) {
      readToken(engine, id, i > 0 && options.hasOwnEngine === true);
      yield undefined;
      if (options.signal?.aborted) return;
    }
    for (let i = 0; i < length && !options.signal?.aborted; i++) {
      const id = engine.draw(0, { temperature, topK, topP });
      yield id;
      if (i + 1 < length) readToken(engine, id, options.hasOwnEngine === true);
    }
  } finally {
    engine.state.set(before.state); // a training on this engine goes on from it
    engine.predictions.set(before.predictions);
  }
}

/** @throws {DataError} unless the engine can write with this vocabulary, a character at a time. */
function expectWriter({ shape: { V, T, B } }: Engine, { size }: Vocabulary): void {
  if (V === size && T === 1 && B === 1) return;
  throw new DataError(
    `engine: expected V ${size}, T 1, B 1, got V ${V}, T ${T}, B ${B}; make one for writing, or use sample(model)`,
  );
}

/**
 * Feeds a character. `hasSameWeights`: as before the last one.
 * @throws {WeightsError} if the weights give no probabilities.
 */
export function readToken(engine: Engine, id: number, hasSameWeights: boolean): void {
  engine.inputs[0] = id;
  if (engine.evaluate(hasSameWeights).outcome !== "done") {
    throw new WeightsError(
      "model: expected weights that give finite numbers, got others; train it anew",
    );
  }
}

function check(setting: string, value: unknown, fits: boolean, expected: string): void {
  if (!fits) throw new ConfigError(setting, `expected ${expected}, got ${value}`);
}

/** Passes bytes on until the stop text; holds back what may be the beginning of one. */
class Writer {
  ended = false;
  held: Uint8Array = new Uint8Array();
  readonly #stop: Uint8Array;

  constructor(stop: Uint8Array) {
    this.#stop = stop;
  }

  write(bytes: Uint8Array): Uint8Array {
    const all = Uint8Array.of(...this.held, ...bytes);
    const stop = this.#stop;
    let at = 0; // where the stop text stands, or may begin
    while (!stop.every((byte, i) => at + i >= all.length || all[at + i] === byte)) at++;
    this.ended = stop.length > 0 && at + stop.length <= all.length;
    const kept = stop.length > 0 ? at : all.length;
    this.held = all.slice(kept);
    return all.slice(0, kept);
  }
}
