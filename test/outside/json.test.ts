// JSON from outside: what would overflow the stack or mean two things is refused, at once.

import { describe, expect, test } from "vitest";
import { JsonError, parseJson } from "../../src/outside/json.ts";

const MANY = 3_000_000; // characters: JSON.parse and patterns overflow the stack far earlier

describe("is read", () => {
  test.each(['{"a":{"a":[1,"b\\"]}",{"a":2}]}}', "[]", "0", '"["', ' { "a" : 1 , "b" : ":" } '])(
    "%s",
    (text) => expect(parseJson(text)).toEqual(JSON.parse(text)),
  );

  test("with a string of megabytes, escapes and brackets in it", () => {
    const inner = JSON.stringify("[{\\".repeat(MANY));
    expect(parseJson(`{"a":${inner}}`)).toEqual({ a: "[{\\".repeat(MANY) });
  });

  test("as deep as its limit", () => {
    expect(parseJson("[[[]]]", { depth: 3 })).toEqual([[[]]]);
    expect(parseJson("[[],[],[[]]]", { depth: 3 })).toEqual([[], [], [[]]]);
  });
});

describe("is refused", () => {
  test.each<[name: string, text: string, message: string]>([
    ["deep lists", "[".repeat(MANY), "brackets nested deeper than 64"],
    ["deep objects", '{"a":'.repeat(MANY), "brackets nested deeper than 64"],
    ["a key twice", '{"a":1,"b":{"a":1},"a":2}', 'the key "a" twice'],
    ["a key twice, spelled otherwise", '{"a":1,"\\u0061":2}', 'the key "a" twice'],
    ["a prototype", '{"x":{"__proto__":{}}}', 'the key "__proto__"'],
    ["a prototype, spelled otherwise", '{"\\u005f_proto__":{}}', 'the key "__proto__"'],
    ["a key that a terminal obeys", '{"\\u009b":1,"\\u009b":1}', 'the key "\\u009b" twice'],
    ["no JSON", "{]", "text that is not JSON"],
    ["a string without its end", '{"a', "text that is not JSON"],
    ["many quotes", '""'.repeat(MANY), "text that is not JSON"],
    ["nothing", "", "text that is not JSON"],
  ])("%s", (_name, text, message) => {
    expect(() => parseJson(text)).toThrow(message);
    expect(() => parseJson(text)).toThrow(JsonError);
  });

  test("more brackets or values than are asked for", () => {
    expect(() => parseJson("[[[[]]]]", { depth: 3 })).toThrow("brackets nested deeper than 3");
    expect(() => parseJson("[1,2,3,4]", { values: 2 })).toThrow("more than 2 values");
    expect(parseJson('[",,,,"]', { values: 2 })).toEqual([",,,,"]);
  });
});
