// Texts as they come: encodings, newlines, unknown characters, bytes, and lengths from nothing up.

import { describe, expect, test } from "vitest";
import { CorpusBuilder, type CorpusRule, corpusOf } from "../../src/data/corpus.ts";
import { splitCorpus, TextDataset } from "../../src/data/text.ts";
import { Tokens } from "../../src/data/tokens.ts";
import { Utf8Decoder, Utf8Error } from "../../src/data/utf8.ts";
import { Numbers } from "../support.ts";

const RULE: CorpusRule = {
  unit: "codepoint",
  minCount: 1,
  unknown: "error",
  normalizeNewlines: false,
};

/** What the decoder makes of bytes that come in pieces of `piece`, or its error. */
function decoded(bytes: Uint8Array, piece: number): string | Utf8Error {
  const decoder = new Utf8Decoder();
  let text = "";
  try {
    for (let at = 0; at < bytes.length; at += piece) {
      decoder.decode(bytes.subarray(at, at + piece), (point) => {
        text += String.fromCodePoint(point);
      });
    }
    decoder.end();
  } catch (error) {
    return error as Utf8Error;
  }
  return text;
}

/** What the platform's strict decoder makes of bytes; undefined if they are not UTF-8. */
function strict(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const textOf = (text: string | Uint8Array, rule: Partial<CorpusRule> = {}) => {
  const { tokens, vocabulary } = corpusOf(text, { ...RULE, ...rule });
  return vocabulary.decode(Array.from({ length: tokens.length }, (_, i) => tokens.at(i)));
};

describe("UTF-8", () => {
  test("is read as the platform reads it, whole and in pieces, valid and not", () => {
    const numbers = new Numbers(8);
    const interesting = [0, 0x41, 0x7f, 0x80, 0xbf, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xff];
    let valid = 0;
    for (let i = 0; i < 20_000; i++) {
      const source =
        i % 2 === 0
          ? Uint8Array.from({ length: numbers.integer(1, 8) }, () => numbers.pick(interesting))
          : new TextEncoder().encode(
              String.fromCodePoint(numbers.integer(1, 0xd7ff), numbers.integer(0xe000, 0x10ffff)),
            );
      const expected = strict(source);
      const piece = numbers.integer(1, 9);
      if (expected === undefined) expect(decoded(source, piece)).toBeInstanceOf(Utf8Error);
      else expect(decoded(source, piece)).toBe(expected);
      if (expected !== undefined) valid++;
    }
    expect(valid).toBeGreaterThan(5000);
  });

  test.each<[bytes: number[], offset: number]>([
    [[0x61, 0xff], 1],
    [[0x61, 0x62, 0xc3, 0x28], 2],
    [[0xe2, 0x82], 0],
    [[0x61, 0xed, 0xa0, 0x80], 1], // a surrogate
    [[0xf4, 0x90, 0x80, 0x80], 0], // beyond U+10FFFF
    [[0xe0, 0x80, 0x80], 0], // overlong
  ])("%j is refused with the byte of the first fault", (bytes, offset) => {
    expect(decoded(Uint8Array.from(bytes), 1)).toMatchObject({ offset });
  });

  test("a byte order mark is dropped at the start of each file, not inside", () => {
    const builder = new CorpusBuilder(RULE);
    for (const text of ["\ufeffab", "\ufeffc\ufeff"]) {
      builder.push(new TextEncoder().encode(text));
      builder.endFile();
    }
    const { tokens, vocabulary } = builder.finish();
    expect(tokens.length).toBe(4);
    expect(vocabulary.ixToChar).toEqual(["a", "b", "c", "\ufeff"]);
  });
});

describe("a corpus", () => {
  test("gives its text back: Unicode, NUL, CR LF", () => {
    for (const text of ["ab\0c\r\nd\r", "naïve 😀 \u{10ffff}\uffff", "aA\u0301á"]) {
      expect(textOf(text)).toBe(text);
    }
  });

  test("turns CR LF and CR into LF when asked", () => {
    expect(textOf("a\r\nb\rc\r\r\n\nd", { normalizeNewlines: true })).toBe("a\nb\nc\n\n\nd");
  });

  test("leaves out or marks rare characters, or says which one is in the way", () => {
    const rule = { minCount: 2 };
    expect(textOf("abcab", { ...rule, unknown: "skip" })).toBe("abab");
    expect(textOf("abcab", { ...rule, unknown: "symbol" })).toBe("ab\ufffdab");
    expect(() => textOf("abcab", rule)).toThrow(
      'text: expected characters seen at least 2 times, got "c" (1 times)',
    );
  });

  test("for a model takes the model's vocabulary", () => {
    const { vocabulary } = corpusOf("abc", RULE);
    expect(() => corpusOf("abx", RULE, vocabulary)).toThrow(
      'text: expected characters of the model\'s vocabulary, got "x" (1 times)',
    );
    const { tokens, unknown } = corpusOf("axb", { ...RULE, unknown: "skip" }, vocabulary);
    expect([tokens.length, tokens.at(1), unknown]).toEqual([2, 1, 1]);
  });

  test("of bytes takes any file, and decodes across tokens", () => {
    const bytes = Uint8Array.from({ length: 512 }, (_, i) => i % 256);
    const { tokens, vocabulary } = corpusOf(bytes, { ...RULE, unit: "byte" });
    expect([tokens.length, vocabulary.size, tokens.at(300)]).toEqual([512, 256, 44]);
    const text = corpusOf("é😀", { ...RULE, unit: "byte" });
    const ids = Array.from({ length: text.tokens.length }, (_, i) => text.tokens.at(i));
    expect(text.vocabulary.decode(ids)).toBe("é😀");
    expect([...text.vocabulary.encode("é")]).toEqual(ids.slice(0, 2));
  });

  test("keeps ids in 1, 2 or 4 bytes, over many blocks", () => {
    const tokens = new Tokens();
    const count = 2 ** 20 + 5;
    for (let i = 0; i < count; i++) tokens.push(i % 251);
    expect(tokens.bytes).toBe(2 ** 21);
    tokens.push(300);
    expect(tokens.bytes).toBe(2 ** 22);
    tokens.push(70_000);
    expect([tokens.at(0), tokens.at(2 ** 20), tokens.at(count), tokens.at(count + 1)]).toEqual([
      0,
      2 ** 20 % 251,
      300,
      70_000,
    ]);
    const ids = new Int32Array(70_001).fill(-1);
    ids[7] = 9;
    tokens.replace(ids);
    expect([tokens.length, tokens.at(0)]).toEqual([Math.floor((count - 8) / 251) + 1, 9]);
  });
});

describe("a text as steps", () => {
  const asked = { seqLength: 5, batchSize: 3, valFraction: 0 };

  test("runs B streams side by side, each going on where it stopped", () => {
    const text = Array.from({ length: 40 }, (_, i) => String.fromCharCode(48 + i)).join("");
    const corpus = corpusOf(text, RULE);
    const dataset = new TextDataset(corpus, 0, 40, asked);
    expect(dataset.stepsPerEpoch).toBe(2); // streams of 13 characters
    const [inputs, targets] = [new Int32Array(15), new Int32Array(15)];
    dataset.load(1, inputs, targets);
    const stream = (b: number) => [...inputs].filter((_, i) => i % 3 === b);
    expect(stream(0)).toEqual([5, 6, 7, 8, 9]);
    expect(stream(2)).toEqual([31, 32, 33, 34, 35]);
    expect([...targets]).toEqual([...inputs].map((id) => id + 1));
  });

  test("shrinks to what a short text allows, and says so: every length from 0 to 60", () => {
    for (const valFraction of [0, 0.1, 0.5]) {
      for (let length = 0; length <= 60; length++) {
        const text = "ab".repeat(30).slice(0, length);
        if (length < 2) {
          expect(() => splitCorpus(corpusOf(text, RULE), { ...asked, valFraction })).toThrow();
          continue;
        }
        const split = splitCorpus(corpusOf(text, RULE), { ...asked, valFraction });
        const { training, validation, notes } = split;
        const { seqLength: T, batchSize: B } = training;
        expect(training.stepsPerEpoch).toBeGreaterThan(0);
        expect(T <= 5 && B <= 3).toBe(true);
        const said = notes.join(" ");
        if (T < 5) expect(said).toContain(`sequences of ${T} (asked 5)`);
        else if (B < 3) expect(said).toContain(`sequences of 5 in ${B} (asked 3)`);
        if (validation) {
          expect([validation.seqLength, validation.batchSize]).toEqual([T, B]);
          expect(validation.stepsPerEpoch).toBeGreaterThan(0);
        } else if (valFraction > 0) expect(notes[0]).toContain("too short to keep a part");
        const last = new Int32Array(T * B);
        training.load(training.stepsPerEpoch - 1, last, last.slice());
      }
    }
  });
});
