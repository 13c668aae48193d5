// Characters to token ids and back. A character is a Unicode code point.

/** A character or a text that the vocabulary cannot hold. */
export class VocabularyError extends RangeError {
  override readonly name = "VocabularyError";
}

/** The characters of a model in the order of their ids. */
export class Vocabulary {
  /** Id to character. */
  readonly ixToChar: readonly string[];
  /** Character to id. */
  readonly charToIx: ReadonlyMap<string, number>;

  /** @throws {VocabularyError} unless there are at least two, all distinct, single code points. */
  constructor(characters: readonly string[]) {
    const charToIx = new Map(characters.map((character, id) => [character, id]));
    if (charToIx.size !== characters.length) {
      throw new VocabularyError("vocabulary: expected distinct characters, got one twice");
    }
    if (characters.length < 2) {
      throw new VocabularyError(
        `vocabulary: expected at least 2 distinct characters, got ${characters.length}; use a text with more`,
      );
    }
    for (const character of characters) {
      if ([...character].length !== 1 || !character.isWellFormed()) {
        throw new VocabularyError(
          `vocabulary: expected single code points, got ${JSON.stringify(character)}`,
        );
      }
    }
    this.ixToChar = [...characters];
    this.charToIx = charToIx;
  }

  /** Characters in the order of first appearance, as for an input/target pair. */
  static inOrder(text: string): Vocabulary {
    return new Vocabulary([...new Set(text)]);
  }

  /** Characters sorted by code point, as for a corpus; independent of locale. */
  static sorted(text: string): Vocabulary {
    const points = [...new Set(text)].map((character) => character.codePointAt(0) ?? 0);
    return new Vocabulary(points.sort((a, b) => a - b).map((point) => String.fromCodePoint(point)));
  }

  /** V. */
  get size(): number {
    return this.ixToChar.length;
  }

  /** @throws {VocabularyError} for a character that is not in the vocabulary. */
  encode(text: string): Int32Array {
    const characters = [...text];
    return Int32Array.from(characters, (character, position) => {
      const id = this.charToIx.get(character);
      if (id === undefined) {
        throw new VocabularyError(
          `text: expected characters of the vocabulary, got ${JSON.stringify(character)} at position ${position}`,
        );
      }
      return id;
    });
  }

  /** @throws {VocabularyError} for an id outside the vocabulary. */
  decode(ids: Iterable<number>): string {
    let text = "";
    for (const id of ids) {
      const character = this.ixToChar[id];
      if (character === undefined) {
        throw new VocabularyError(`id: expected 0 to ${this.size - 1}, got ${id}`);
      }
      text += character;
    }
    return text;
  }
}
