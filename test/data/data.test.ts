// Characters, ids, and the original's data set.

import { describe, expect, test } from "vitest";
import { ConfigError, hello, PairDataset, Vocabulary, VocabularyError } from "../../src/index.ts";

describe("hello has what the original's datasetup gives", () => {
  const dataset = hello();
  test("the vocabulary in order of first appearance", () => {
    expect(dataset.ixToChar).toEqual(["h", "e", "l", "o"]);
    expect(dataset.vocabSize).toBe(4);
    expect([...dataset.charToIx]).toEqual([
      ["h", 0],
      ["e", 1],
      ["l", 2],
      ["o", 3],
    ]);
  });
  test("indices of input and target", () => {
    expect([...dataset.inputIndices]).toEqual([0, 1, 2, 2]);
    expect([...dataset.targetIndices]).toEqual([1, 2, 2, 3]);
  });
  test("one-hot vectors of the input", () => {
    expect(dataset.inputs().map((vector) => [...vector])).toEqual([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 1, 0],
    ]);
  });
});

describe("a vocabulary", () => {
  test("counts code points, not UTF-16 units", () => {
    const vocabulary = Vocabulary.inOrder("a😀é😀");
    expect(vocabulary.ixToChar).toEqual(["a", "😀", "é"]);
    expect(vocabulary.decode(vocabulary.encode("😀a"))).toBe("😀a");
  });
  test("of a corpus is sorted by code point, whatever the locale", () => {
    expect(
      Vocabulary.sorted([..."zäaZ😀\u{ffff}"].map((c) => c.codePointAt(0) as number)).ixToChar,
    ).toEqual(["Z", "a", "z", "ä", "\u{ffff}", "😀"]);
  });
  test("keeps names that objects have", () => {
    const vocabulary = Vocabulary.inOrder("__proto__");
    expect(vocabulary.charToIx.get("_")).toBe(0);
  });
  test.each([
    ["", 0],
    ["aaa", 1],
  ])("%j is refused", (text, count) => {
    expect(() => Vocabulary.inOrder(text)).toThrow(
      `vocabulary: expected at least 2 distinct characters, got ${count}`,
    );
  });
  test("a lone surrogate, a repeated or a longer character is refused", () => {
    expect(() => Vocabulary.inOrder("ab\ud800")).toThrow(VocabularyError);
    expect(() => new Vocabulary(["a", "a"])).toThrow(VocabularyError);
    expect(() => new Vocabulary(["a", "bc"])).toThrow(VocabularyError);
  });
  test("an unknown character or id is named", () => {
    const { vocabulary } = hello();
    expect(() => vocabulary.encode("hex")).toThrow('got "x" at position 2');
    expect(() => vocabulary.decode([0, 4])).toThrow("id: expected 0 to 3, got 4");
  });
});

describe("a pair", () => {
  test("of different lengths is refused, by code points", () => {
    expect(() => new PairDataset("hell", "hello")).toThrow(ConfigError);
    expect(new PairDataset("a😀", "😀a").seqLength).toBe(2);
  });
});
