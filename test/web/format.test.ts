// Numbers, tokens and texts as the page writes them.

import { describe, expect, test } from "vitest";
import {
  cited,
  explained,
  number,
  powerOfTen,
  tokenName,
  withMinus,
} from "../../src/web/views/format.ts";

test.each([
  [0, "0"],
  [-0.5, "−0.5000"],
  [-123.456, "−123.5"],
  [0.0000178, "1.78e−5"],
  [-0.0000178, "−1.78e−5"],
  [-12345, "−1.23e+4"],
])("the number %d has one sign for less, everywhere", (value, text) => {
  expect(number(value)).toBe(text);
});

test("a scale has it too", () => {
  expect(withMinus(1e-7)).toBe("1e−7");
});

test("a power of ten is written by hand", () => {
  expect([-18, 0, 2].map(powerOfTen)).toEqual(["10⁻¹⁸", "10⁰", "10²"]);
});

describe("a token's label shows something", () => {
  test.each([
    ["a", "a"],
    [" ", "␣"],
    ["\n", "\\n"],
    ["\u200d", "U+200D"], // a joiner
    ["\u00a0", "U+00A0"], // a blank that is not broken
    ["\ufeff", "U+FEFF"],
    ["\ufe0f", "U+FE0F"], // chooses a picture
    ["\u3164", "U+3164"], // a filler, by its category a letter
    ["\u2800", "U+2800"], // Braille without a dot
    ["\u200f", "U+200F"],
    ["\u202e", "\\u202e"],
    ["\u{e0001}", "U+E0001"],
    ["\u{f0000}", "U+F0000"],
    ["\u0301", "◌\u0301"], // an accent
    ["😀", "😀"],
    ["-", "-"],
    ["ש", "\u2068ש\u2069"],
    ["ع", "\u2068ع\u2069"],
  ])("%j", (character, label) => {
    expect(tokenName(character)).toBe(label);
  });
});

describe("a text from outside in a sentence", () => {
  test("keeps its direction to itself, where it has another", () => {
    expect(cited("hell")).toBe("hell");
    expect(cited("abc שלום.txt")).toBe("\u2068abc שלום.txt\u2069");
    expect(cited("a\u202eb\u2069c")).toBe("a\\u202eb\\u2069c");
  });

  test("has at most 80 characters", () => {
    expect([...cited("a".repeat(100_000))].length).toBe(80);
    expect([...cited("ש".repeat(100_000))].length).toBe(82);
    expect(cited("b".repeat(80))).toBe("b".repeat(80));
  });

  test("and so has what a reason quotes, which has at most 300", () => {
    expect(explained('prime: expected "a", got "ש"')).toBe(
      'prime: expected "a", got \u2068"ש"\u2069',
    );
    expect([...explained("c".repeat(100_000))].length).toBe(300);
  });
});
