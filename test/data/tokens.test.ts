// Ids stay what they are, however many kinds of characters the model knows and the text has.

import { describe, expect, test } from "vitest";
import { type CorpusRule, corpusOf, Vocabulary } from "../../src/index.ts";

const RULE: CorpusRule = {
  unit: "codepoint",
  minCount: 1,
  unknown: "error",
  normalizeNewlines: false,
};
const FIRST = 0x10000; // beyond the surrogates

/** Characters in the order of their ids, from 0. */
const characters = (count: number) =>
  Array.from({ length: count }, (_, id) => String.fromCodePoint(FIRST + id));

describe("a text in a vocabulary wider than its own", () => {
  test.each([
    [300, [10, 255, 256, 270, 299]],
    [70_000, [0, 256, 65_535, 65_536, 69_999]],
  ])("of %d characters", (size, ids) => {
    const all = characters(size);
    const text = ids.map((id) => all[id]).join("");
    const { tokens } = corpusOf(text, RULE, new Vocabulary(all));
    expect(ids.map((_, position) => tokens.at(position))).toEqual(ids);
    expect(tokens.length).toBe(ids.length);
  });

  test("the symbol may be the 257th", () => {
    const all = characters(256);
    const kept = corpusOf(all.join(""), { ...RULE, unknown: "symbol" });
    expect(kept.vocabulary.size).toBe(257);
    const ids = all.map((_, position) => kept.tokens.at(position));
    const decoded = ids.map((id) => kept.vocabulary.ixToChar[id]);
    expect(decoded).toEqual(all);
  });
});
