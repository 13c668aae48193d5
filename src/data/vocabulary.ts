// Tokens to ids and back. A token is a Unicode code point; for any file at all, a byte; of a sequence that is
// no text, whatever has a name.

import { quoted } from "../outside/printable.ts";
import type { Unit, UnknownPolicy } from "../settings/config.ts";
import { SettingError } from "../settings/setting-error.ts";

export type { Unit, UnknownPolicy };

/** What a token is. */
export type TokenUnit = Unit | "token";

/** Stands for every unknown character where the policy is "symbol". */
export const UNKNOWN_SYMBOL = "\ufffd";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const STRICT = new TextDecoder("utf-8", { fatal: true });

/** A character or a text that the vocabulary cannot hold. */
export class VocabularyError extends SettingError {
  override readonly name = "VocabularyError";
}

/** The tokens of a model in the order of their ids. */
export class Vocabulary {
  readonly unit: TokenUnit;
  /** Id to character, or name; a byte is the character of its number, U+0000 … U+00FF. */
  readonly ixToChar: readonly string[];
  /** Character to id. */
  readonly charToIx: ReadonlyMap<string, number>;

  /** @throws {VocabularyError} unless there are at least two, all distinct, single tokens. */
  constructor(characters: readonly string[], unit: TokenUnit = "codepoint") {
    const charToIx = new Map(characters.map((character, id) => [character, id]));
    if (charToIx.size !== characters.length) {
      const twice = characters.find((one, id) => charToIx.get(one) !== id) as string;
      throw new VocabularyError(
        `vocabulary: expected distinct characters, got one twice, ${quoted(twice)}; leave it out`,
      );
    }
    if (characters.length < 2) {
      throw new VocabularyError(
        `vocabulary: expected at least 2 distinct characters, got ${characters.length}; use a text with more`,
      );
    }
    if (unit === "token") expectNames(characters);
    for (const character of unit === "token" ? [] : characters) {
      const isByte = character.length === 1 && character.charCodeAt(0) < 256;
      const isPoint = [...character].length === 1 && character.isWellFormed();
      if (unit === "byte" ? !isByte : !isPoint) {
        throw new VocabularyError(
          `vocabulary: expected single ${unit === "byte" ? "bytes" : "code points"}, got ${quoted(character)}`,
        );
      }
    }
    this.unit = unit;
    this.ixToChar = [...characters];
    this.charToIx = charToIx;
  }

  /** Tokens in the order of their ids: characters if each is one, else names. @throws {VocabularyError} */
  static of(tokens: Iterable<string>): Vocabulary {
    const all = [...tokens];
    const areCharacters = all.every((token) => [...token].length === 1);
    return new Vocabulary(all, areCharacters ? "codepoint" : "token");
  }

  /** Characters in the order of first appearance, as for an input/target pair. */
  static inOrder(text: string): Vocabulary {
    return new Vocabulary([...new Set(text)]);
  }

  /** The tokens with these numbers, sorted by them, as for a corpus; independent of locale. */
  static sorted(points: Iterable<number>, unit: Unit = "codepoint"): Vocabulary {
    const sorted = [...new Set(points)].sort((a, b) => a - b);
    return new Vocabulary(
      sorted.map((point) => String.fromCodePoint(point)),
      unit,
    );
  }

  /** V. */
  get size(): number {
    return this.ixToChar.length;
  }

  /**
   * `name`: what the text, or its bytes, is called in an error.
   * @throws {VocabularyError} for an unknown character. @throws {TypeError} for bytes that are no text.
   */
  encode(text: string | Uint8Array, unknown: UnknownPolicy = "error", name = "text"): Int32Array {
    const ids: number[] = [];
    const symbol = this.charToIx.get(UNKNOWN_SYMBOL);
    for (const [position, character] of [...this.#split(text)].entries()) {
      const id = this.charToIx.get(character);
      if (id !== undefined) ids.push(id);
      else if (unknown === "symbol" && symbol !== undefined) ids.push(symbol);
      else if (unknown === "error" || unknown === "symbol") {
        throw new VocabularyError(
          (nameOf) =>
            `${nameOf(name)}: expected characters of the vocabulary, got ${quoted(character)} at position ${position}; leave it out, or choose ${nameOf("unknown")} skip`,
        );
      }
    }
    return Int32Array.from(ids);
  }

  /** Ids as given. @throws {VocabularyError} for one outside the vocabulary. */
  checked(ids: readonly number[] | Int32Array): Int32Array {
    for (const [position, id] of ids.entries()) {
      if (Number.isInteger(id) && id >= 0 && id < this.size) continue;
      throw new VocabularyError(
        `ids: expected integers from 0 to ${this.size - 1}, got ${id} at position ${position}; use the ids of the model's vocabulary`,
      );
    }
    return Int32Array.from(ids);
  }

  /** How many tokens a text has, known or not. */
  countOf(text: string | Uint8Array): number {
    return [...this.#split(text)].length;
  }

  /** Bytes that are no UTF-8 as U+FFFD; names with blanks between. @throws {VocabularyError} for an id outside the vocabulary. */
  decode(ids: Iterable<number>): string {
    const tokens = Array.from(ids, (id) => this.#characterOf(id));
    if (this.unit === "token") return tokens.join(" ");
    return this.unit === "codepoint" ? tokens.join("") : DECODER.decode(bytesIn(tokens.join("")));
  }

  /** What a token is in a file: UTF-8, the byte, or the name and a blank. @throws {VocabularyError} as `decode`. */
  bytesOf(id: number): Uint8Array {
    const character = this.#characterOf(id);
    if (this.unit === "byte") return bytesIn(character);
    return ENCODER.encode(this.unit === "token" ? `${character} ` : character);
  }

  /** Whether another holds the same tokens in the same order. */
  equals({ unit, ixToChar }: Vocabulary): boolean {
    return (
      unit === this.unit &&
      ixToChar.length === this.size &&
      ixToChar.every((token, id) => token === this.ixToChar[id])
    );
  }

  #characterOf(id: number): string {
    const character = this.ixToChar[id];
    if (character === undefined) {
      throw new VocabularyError(`id: expected 0 to ${this.size - 1}, got ${id}`);
    }
    return character;
  }

  #split(text: string | Uint8Array): Iterable<string> {
    if (this.unit !== "byte") {
      const characters = typeof text === "string" ? text : STRICT.decode(text);
      return this.unit === "codepoint" ? characters : (characters.match(/\S+/g) ?? []);
    }
    const bytes = typeof text === "string" ? ENCODER.encode(text) : text;
    return Array.from(bytes, (byte) => String.fromCharCode(byte));
  }
}

/** @throws {VocabularyError} for what cannot be a name. */
function expectNames(names: readonly string[]): void {
  const wrong = names.find((name) => name === "" || /\s/.test(name) || !name.isWellFormed());
  if (wrong === undefined) return;
  throw new VocabularyError(
    `vocabulary: expected names of at least one character, without blanks, got ${quoted(wrong)}; name it otherwise`,
  );
}

/** The numbers of characters below U+0100. */
function bytesIn(characters: string): Uint8Array {
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}
