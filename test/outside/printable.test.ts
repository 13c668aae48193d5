// Text from outside in a message: what a terminal would obey is spelled out, what is long is cut.

import { expect, test } from "vitest";
import { printable, printableLines, quoted, shown } from "../../src/outside/printable.ts";

test("control characters, separators, directions and half characters are spelled out", () => {
  const cases = [
    ["\u001b[31m", "\\u001b[31m"],
    ["\r\n\t\b\f", "\\r\\n\\t\\b\\f"],
    ["\u0000\u007f\u0085\u009b", "\\u0000\\u007f\\u0085\\u009b"],
    ["\u2028\u2029", "\\u2028\\u2029"],
    ["\u202a\u202e\u2066\u2069", "\\u202a\\u202e\\u2066\\u2069"],
    ["\ud83d|\ude00|😀", "\\ud83d|\\ude00|😀"],
    ["é שלום 中 👩‍👧 \\", "é שלום 中 👩‍👧 \\"],
  ] as const;
  for (const [text, expected] of cases) expect(printable(text)).toBe(expected);
  expect(printableLines("a\n\tb\u009b\r")).toBe("a\n\tb\\u009b\\r");
});

test("what is long loses its middle, also when spelling it out made it long", () => {
  expect(shown("abcdefghij", 10)).toBe("abcdefghij");
  expect(shown("abcdefghijk", 10)).toBe("abcdef…ijk");
  expect(shown("\u001b".repeat(10), 10)).toHaveLength(10);
  expect(shown("x".repeat(2 ** 24))).toHaveLength(80);
  expect(shown(`${"x".repeat(5)}😀${"y".repeat(5)}`, 10)).not.toMatch(/\\ud/);
});

test("values are quoted as JSON, cut before they are written out", () => {
  expect(quoted('a"b\u2028')).toBe('"a\\"b\\u2028"');
  expect(quoted([1, null, { a: "x" }])).toBe('[1,null,{"a":"x"}]');
  expect(quoted(undefined)).toBe("nothing");
  expect(quoted(Array.from({ length: 2 ** 20 }, () => 1))).toHaveLength(80);
});
