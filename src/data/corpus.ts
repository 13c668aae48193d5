// A text as token ids. Built from bytes as they come, so that a file is never held as a string.

import { quoted } from "../outside/printable.ts";
import type { Config } from "../settings/check.ts";
import { Tokens } from "./tokens.ts";
import { Utf8Decoder } from "./utf8.ts";
import { UNKNOWN_SYMBOL, Vocabulary, VocabularyError } from "./vocabulary.ts";

/** How bytes become tokens; settings of `Config`. */
export type CorpusRule = Pick<Config, "unit" | "minCount" | "unknown" | "normalizeNewlines">;

/** Token ids with their vocabulary. */
export interface Corpus {
  readonly vocabulary: Vocabulary;
  readonly tokens: Tokens;
  /** Characters that were left out or replaced by the symbol. */
  readonly unknown: number;
  /** How it was read. */
  readonly rule: CorpusRule;
}

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;
const LEFT_OUT = -1;
const PAGE = 256; // code points
const MOST_TOKENS = 2 ** 24; // in a vocabulary
/** Nothing is read, so nothing of it matters. */
const TOKENS: CorpusRule = {
  unit: "codepoint",
  minCount: 1,
  unknown: "error",
  normalizeNewlines: false,
};

export class CorpusBuilder {
  readonly #rule: CorpusRule;
  readonly #vocabulary: Vocabulary | undefined;
  readonly #name: string;
  readonly #tokens = new Tokens();
  /** Code points or bytes in the order of their first appearance, which is their id until `finish`. */
  readonly #points: number[] = [];
  readonly #counts: number[] = [];
  /** By code point, a page of 256 where one was seen. */
  readonly #ids: (Int32Array | undefined)[] = [];
  #decoder = new Utf8Decoder();
  #afterReturn = false;

  /**
   * `vocabulary`: of the model that the text is for; made from the text if there is none yet. `name`: what the
   * text is called in an error.
   */
  constructor(rule: CorpusRule, vocabulary?: Vocabulary, name = "text") {
    this.#rule = rule;
    this.#vocabulary = vocabulary;
    this.#name = name;
  }

  /** Adds bytes of the current file. @throws {Utf8Error} with the place of the first fault. */
  push(bytes: Uint8Array): void {
    const take = (point: number) => this.#normalize(point);
    if (this.#rule.unit === "byte") for (const byte of bytes) take(byte);
    else this.#decoder.decode(bytes, take);
  }

  /** Ends the current file; the next follows without anything between. @throws {Utf8Error} */
  endFile(): void {
    this.#decoder.end();
    this.#decoder = new Utf8Decoder();
    this.#afterReturn = false;
  }

  /** @throws {VocabularyError} for unknown characters, by the rule, or fewer than two characters. */
  finish(): Corpus {
    const { unknown, unit } = this.#rule;
    const vocabulary = this.#vocabulary ?? this.#makeVocabulary();
    const symbol = vocabulary.charToIx.get(UNKNOWN_SYMBOL) ?? LEFT_OUT;
    let strange = 0;
    const ids = this.#points.map((point, i) => {
      const id = vocabulary.charToIx.get(String.fromCodePoint(point));
      if (id !== undefined) return id;
      if (unknown === "error") throw this.#unknownError(point, i);
      strange += this.#counts[i] as number;
      return unknown === "symbol" ? symbol : LEFT_OUT;
    });
    const model = this.#vocabulary;
    if (model && model.unit !== unit) {
      throw new VocabularyError(
        (nameOf) =>
          `${nameOf("unit")}: expected ${model.unit}, the model's, got ${unit}; train a model with this unit`,
      );
    }
    this.#tokens.replace(ids);
    return { vocabulary, tokens: this.#tokens, unknown: strange, rule: this.#rule };
  }

  /** Those seen often enough, sorted, and the symbol where there is one. */
  #makeVocabulary(): Vocabulary {
    const { unit, unknown, minCount } = this.#rule;
    const known = this.#points.filter((_, i) => (this.#counts[i] as number) >= minCount);
    const hasSymbol = unknown === "symbol" && unit === "codepoint";
    const extra = hasSymbol ? [UNKNOWN_SYMBOL.codePointAt(0) as number] : [];
    return Vocabulary.sorted([...known, ...extra], unit);
  }

  #unknownError(point: number, i: number): VocabularyError {
    const { minCount, unit } = this.#rule;
    const name = unit === "byte" ? `byte ${point}` : quoted(String.fromCodePoint(point));
    const expected = this.#vocabulary
      ? "characters of the model's vocabulary"
      : `characters seen at least ${minCount} times`;
    const hasSymbol = this.#vocabulary?.charToIx.has(UNKNOWN_SYMBOL) ?? unit === "codepoint";
    const advice = hasSymbol ? "to leave it out, or symbol to replace it" : "to leave it out";
    return new VocabularyError(
      (nameOf) =>
        `${nameOf(this.#name)}: expected ${expected}, got ${name} (${this.#counts[i]} times); choose ${nameOf("unknown")} skip ${advice}`,
    );
  }

  #normalize(point: number): void {
    if (!this.#rule.normalizeNewlines) {
      this.#add(point);
      return;
    }
    const isSecond = this.#afterReturn && point === LINE_FEED;
    this.#afterReturn = point === CARRIAGE_RETURN;
    if (!isSecond) this.#add(this.#afterReturn ? LINE_FEED : point);
  }

  #add(point: number): void {
    let page = this.#ids[Math.floor(point / PAGE)];
    if (!page) {
      page = new Int32Array(PAGE).fill(LEFT_OUT);
      this.#ids[Math.floor(point / PAGE)] = page;
    }
    let id = page[point % PAGE] as number;
    if (id === LEFT_OUT) {
      id = this.#points.length;
      page[point % PAGE] = id;
      this.#points.push(point);
      this.#counts.push(0);
    }
    this.#counts[id] = (this.#counts[id] as number) + 1;
    this.#tokens.push(id);
  }
}

/**
 * The corpus of one text in memory. With the vocabulary of a model that it is for it may be ids, and names
 * where its tokens have such. `name`: what it is called in an error.
 * @example
 * ```js
 * const corpus = corpusOf(text, TEXT_DEFAULTS);
 * console.log(corpus.tokens.length, corpus.vocabulary.size);
 * ```
 */
export function corpusOf(
  text: string | Uint8Array | readonly number[] | Int32Array,
  rule: CorpusRule,
  vocabulary?: Vocabulary,
  name = "text",
): Corpus {
  const isText = typeof text === "string" || text instanceof Uint8Array;
  if (!isText && !vocabulary) {
    throw new VocabularyError(
      "text: expected a text, got ids without a vocabulary; use sequenceOf, which makes one",
    );
  }
  if (vocabulary && (!isText || vocabulary.unit === "token")) {
    const all = isText ? vocabulary.encode(text, rule.unknown, name) : vocabulary.checked(text);
    const known = isText ? vocabulary.encode(text, "skip").length : all.length;
    const names = isText ? vocabulary.countOf(text) : all.length;
    const tokens = new Tokens();
    for (const id of all) tokens.push(id);
    return { vocabulary, tokens, unknown: names - known, rule };
  }
  const builder = new CorpusBuilder(rule, vocabulary, name);
  builder.push(typeof text === "string" ? new TextEncoder().encode(text) : (text as Uint8Array));
  builder.endFile();
  return builder.finish();
}

/**
 * A sequence that is no text, such as notes, bases or kinds of events: ids from 0 to `size` - 1, and their
 * names, which are their numbers where none are given. `fit` takes it, and `splitCorpus`.
 * @throws {VocabularyError} for an id outside, names that are not `size`, or one that has blanks.
 * @example
 * ```js
 * const bases = sequenceOf([0, 3, 2, 2, 1, 0, 3, 3], { size: 4, names: ["A", "C", "G", "T"] });
 * const dna = await fit(bases, { hiddenSize: 8, epochs: 2, valFraction: 0 });
 * ```
 */
export function sequenceOf(
  ids: readonly number[] | Int32Array,
  { size, names }: { readonly size: number; readonly names?: readonly string[] | undefined },
): Corpus {
  const isSize = Number.isSafeInteger(size) && size >= 2 && size <= MOST_TOKENS;
  if (!isSize) {
    throw new VocabularyError(`size: expected an integer from 2 to ${MOST_TOKENS}, got ${size}`);
  }
  if (names && names.length !== size) {
    throw new VocabularyError(`names: expected ${size}, one for each id, got ${names.length}`);
  }
  const vocabulary = new Vocabulary(
    names ?? Array.from({ length: size }, (_, id) => `${id}`),
    "token",
  );
  return corpusOf(ids, TOKENS, vocabulary);
}
