// Vocabularies of characters, bytes and names: what they take, what they give back, and what they say of the rest.

import { describe, expect, test } from "vitest";
import { Vocabulary, VocabularyError } from "../../src/data/vocabulary.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const codes = new Vocabulary(["a", "é", "😀"]);
const raw = new Vocabulary(["a", "\u00c3", "\u00a9", "\u00ff"], "byte");
const notes = new Vocabulary(["C4", "D4", "rest"], "token");

describe("what a vocabulary is made of", () => {
  test("of what it holds: characters if every one is, else names", () => {
    expect(Vocabulary.of(["a", "😀"]).unit).toBe("codepoint");
    expect(Vocabulary.of(["a", "bc"]).unit).toBe("token");
    expect(Vocabulary.of(["ab", "cd"]).unit).toBe("token");
    expect(Vocabulary.sorted([98, 97]).ixToChar).toEqual(["a", "b"]);
    expect(Vocabulary.sorted([98, 97]).unit).toBe("codepoint");
    expect(Vocabulary.sorted([0, 255], "byte").unit).toBe("byte");
  });

  test.each<[string[], "codepoint" | "byte" | "token", string]>([
    [["a", "bc"], "codepoint", 'vocabulary: expected single code points, got "bc"'],
    [["a", ""], "codepoint", 'vocabulary: expected single code points, got ""'],
    [["a", "\ud800"], "codepoint", "vocabulary: expected single code points, got"],
    [["a", "\u0100"], "byte", 'vocabulary: expected single bytes, got "Ā"'],
    [["a", "bc"], "byte", 'vocabulary: expected single bytes, got "bc"'],
    [["a", ""], "byte", 'vocabulary: expected single bytes, got ""'],
    [["a", "a"], "codepoint", 'vocabulary: expected distinct characters, got one twice, "a"'],
    [["a"], "codepoint", "vocabulary: expected at least 2 distinct characters, got 1"],
    [["a", "b c"], "token", '"b c"'],
    [["a", ""], "token", '""'],
    [["a", "\ud800"], "token", "ud800"],
  ])("%j in %s is refused", (tokens, unit, expected) => {
    const make = () => new Vocabulary(tokens, unit);
    expect(make).toThrow(VocabularyError);
    expect(make).toThrow(expected);
  });

  test("its error has a name", () => {
    expect(new VocabularyError("x").name).toBe("VocabularyError");
  });
});

describe("to ids", () => {
  test("text, and its bytes", () => {
    expect([...codes.encode("é😀a")]).toEqual([1, 2, 0]);
    expect([...codes.encode(bytes(0xc3, 0xa9, 0x61))]).toEqual([1, 0]);
    expect([...raw.encode("aé")]).toEqual([0, 1, 2]);
    expect([...raw.encode(bytes(255, 97))]).toEqual([3, 0]);
    expect([...notes.encode(" D4\n C4  rest ")]).toEqual([1, 0, 2]);
    expect([...notes.encode("  ")]).toEqual([]);
    expect([
      codes.countOf("é?"),
      raw.countOf("é"),
      notes.countOf("x C4"),
      notes.countOf(""),
    ]).toEqual([2, 2, 2, 0]);
  });

  test("what is unknown: an error, left out, or the symbol where there is one", () => {
    expect(() => codes.encode("a?")).toThrow(
      'text: expected characters of the vocabulary, got "?" at position 1; leave it out, or choose unknown skip',
    );
    expect(() => codes.encode("a?", "error", "prime")).toThrow(/^prime: expected characters/);
    expect(() => codes.encode("?", "symbol")).toThrow(/expected characters of the vocabulary/);
    expect([...codes.encode("a?é", "skip")]).toEqual([0, 1]);
    const symbolic = new Vocabulary(["a", "\ufffd"]);
    expect([...symbolic.encode("a?", "symbol")]).toEqual([0, 1]);
    expect([...symbolic.encode("a?", "skip")]).toEqual([0]);
    expect(() => symbolic.encode("a?")).toThrow(/got "\?" at position 1/);
  });
});

test("back to text and bytes", () => {
  expect([codes.decode([2, 1]), raw.decode([1, 2]), raw.decode([3]), notes.decode([0, 2])]).toEqual(
    ["😀é", "é", "\ufffd", "C4 rest"],
  );
  expect([...codes.bytesOf(1)]).toEqual([0xc3, 0xa9]);
  expect([...raw.bytesOf(1)]).toEqual([0xc3]);
  expect([...notes.bytesOf(1)]).toEqual([...new TextEncoder().encode("D4 ")]);
  expect(() => codes.decode([3])).toThrow("id: expected 0 to 2, got 3");
});

test("the same tokens in the same order, of the same kind", () => {
  expect(codes.equals(new Vocabulary(["a", "é", "😀"]))).toBe(true);
  expect(codes.equals(new Vocabulary(["a", "é"]))).toBe(false);
  expect(codes.equals(new Vocabulary(["a", "é", "😀", "b"]))).toBe(false);
  expect(codes.equals(new Vocabulary(["é", "a", "😀"]))).toBe(false);
  expect(codes.equals(new Vocabulary(["a", "é", "b"]))).toBe(false);
  const [characters, names] = [new Vocabulary(["a", "b"]), new Vocabulary(["a", "b"], "token")];
  expect(characters.equals(names)).toBe(false);
});
