// Writes text: feeds a model its own draws, one character at a time.

import type { UnknownPolicy, Vocabulary } from "../data/vocabulary.ts";
import { ConfigError } from "../model/config.ts";
import type { DrawRule, Engine } from "../model/engine.ts";

export interface SampleOptions extends Partial<DrawRule> {
  /** Read before writing; not part of what is written. */
  readonly prime?: string;
  /** Tokens to write. */
  readonly length?: number;
  readonly seed?: number;
  /** Ends the text before the first place where this stands. */
  readonly stop?: string;
  /** What to do with characters of the prime that the model does not know. */
  readonly unknown?: UnknownPolicy;
}

const STANDARD = { length: 200, temperature: 1, topK: 0, topP: 1, seed: 42, prime: "" } as const;

/**
 * Writes with an engine of one row and one time step that holds the weights. The same weights and
 * options give the same text everywhere.
 * @throws {ConfigError} for an option that does not fit. @throws {VocabularyError} for the prime.
 * @throws {RangeError} for an engine of another shape or vocabulary.
 */
export function* sampleWith(
  engine: Engine,
  vocabulary: Vocabulary,
  options: SampleOptions = {},
): Generator<string, void, void> {
  const decoder = vocabulary.decoder();
  const writer = new Writer(options.stop ?? "");
  for (const id of tokensWith(engine, vocabulary, options)) {
    const text = writer.write(decoder.write(id));
    if (text !== "") yield text;
    if (writer.ended) break;
  }
  const rest = writer.end(decoder.end());
  if (rest !== "") yield rest;
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
  const { length, temperature, topK, topP, seed, prime } = { ...STANDARD, ...options };
  check("length", length, Number.isSafeInteger(length) && length >= 0, "an integer from 0");
  check(
    "temperature",
    temperature,
    Number.isFinite(temperature) && temperature >= 0,
    "a number from 0",
  );
  check("topK", topK, Number.isSafeInteger(topK) && topK >= 0, "an integer from 0 (0 for all)");
  check("topP", topP, topP > 0 && topP <= 1, "a number above 0, at most 1");
  check("seed", seed, Number.isSafeInteger(seed) && seed >= 0, "an integer from 0");
  expectWriter(engine, vocabulary);
  const primed = vocabulary.encode(prime, options.unknown, "prime");
  const first = vocabulary.charToIx.get("\n") ?? 0; // a text begins after a line
  const before = { state: engine.state.slice(), predictions: engine.predictions.slice() };
  engine.state.fill(0);
  engine.targets[0] = 0; // of no account: only the probabilities are used
  engine.seedDraws(seed);
  try {
    for (const id of primed.length > 0 ? primed : [first]) read(engine, id);
    for (let i = 0; i < length; i++) {
      const id = engine.draw(0, { temperature, topK, topP });
      yield id;
      if (i + 1 < length) read(engine, id);
    }
  } finally {
    engine.state.set(before.state); // a training on this engine goes on from it
    engine.predictions.set(before.predictions);
  }
}

/** @throws {RangeError} unless the engine can write with this vocabulary, a character at a time. */
function expectWriter({ shape: { V, T, B } }: Engine, { size }: Vocabulary): void {
  if (V === size && T === 1 && B === 1) return;
  throw new RangeError(
    `engine: expected V ${size}, T 1, B 1, got V ${V}, T ${T}, B ${B}; make one for writing, or use sample(model)`,
  );
}

/** Feeds a character. @throws {RangeError} if the weights give no probabilities. */
function read(engine: Engine, id: number): void {
  engine.inputs[0] = id;
  if (engine.evaluate().outcome !== "done") {
    throw new RangeError(
      "model: expected weights that give finite numbers, got others; train it anew",
    );
  }
}

function check(setting: string, value: unknown, fits: boolean, expected: string): void {
  if (!fits) throw new ConfigError(setting, `expected ${expected}, got ${value}`);
}

/** Passes text on until the stop string; holds back what may be the beginning of one. */
class Writer {
  ended = false;
  readonly #stop: string;
  #held = "";

  constructor(stop: string) {
    this.#stop = stop;
  }

  write(text: string): string {
    if (this.ended) return "";
    if (this.#stop === "") return text;
    this.#held += text;
    const at = this.#held.indexOf(this.#stop);
    if (at >= 0) {
      this.ended = true;
      return this.#held.slice(0, at);
    }
    let keep = Math.min(this.#stop.length - 1, this.#held.length);
    while (!this.#stop.startsWith(this.#held.slice(this.#held.length - keep))) keep--;
    const whole = this.#held.slice(0, this.#held.length - keep);
    this.#held = this.#held.slice(this.#held.length - keep);
    return whole;
  }

  end(text: string): string {
    const last = this.write(text);
    return this.ended ? last : last + this.#held;
  }
}
