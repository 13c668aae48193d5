// The words of a link that are no setting: read, refused, written back, beside any setting and none.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fromHash, toHash } from "../../src/web/setting.ts";
import { readAddress, SPEEDS, STANDARD_SPEED, writeAddress } from "../../src/web/view-state.ts";
import { Numbers } from "../support.ts";
import { randomHash } from "./random-hashes.ts";

describe("readAddress", () => {
  test("parts the words from the setting, in any order, and leaves the setting as it is written", () => {
    expect(readAddress("#hiddenSize=12&present&input=a%26b&speed=full&target=b%3Dc")).toEqual({
      words: { present: true, speed: Number.POSITIVE_INFINITY },
      rest: "hiddenSize=12&input=a%26b&target=b%3Dc",
    });
    expect(readAddress("#lesson=vanishing&step=3&embed=")).toEqual({
      words: { lesson: "vanishing", step: 3, embed: true },
      rest: "",
    });
    expect(readAddress("")).toEqual({ words: {}, rest: "" });
  });

  test.each([
    ["speed=7", 'speed: expected 1, 10, 20, 60, 500, full, got "7"'],
    ["speed=", 'speed: expected 1, 10, 20, 60, 500, full, got ""'],
    ["speed=Infinity", /^speed: expected .*got "Infinity"$/],
    ["present=no", 'present: expected the word alone, got "no"'],
    ["step=0", 'step: expected a whole number from 1 to 99, got "0"'],
    ["step=1e1", /^step: /],
    ["lesson=", /^lesson: expected a lesson's name/],
    ["lesson=%3Cscript%3E", /^lesson: .*got "<script>"$/],
  ])("refuses %s in one line", (hash, line) => {
    expect(() => readAddress(`#seed=5&${hash}`)).toThrow(line);
  });

  test("a name that is inherited, or no name at all, is the setting's business", () => {
    for (const rest of ["__proto__=1", "constructor", "=present", "#present"]) {
      expect(readAddress(`#${rest}`)).toEqual({ words: {}, rest });
    }
  });
});

test("what is written reads as the same, and the words stand first", () => {
  const words = { step: 2, lesson: "gates", speed: 500, present: true } as const;
  expect(writeAddress(words, "text=story&seed=5")).toBe(
    "present&speed=500&lesson=gates&step=2&text=story&seed=5",
  );
  expect(readAddress(`#${writeAddress(words, "seed=5")}`)).toEqual({ words, rest: "seed=5" });
  expect(
    writeAddress({ ...words, present: undefined, lesson: undefined, step: undefined }, ""),
  ).toBe("speed=500");
  expect(writeAddress({}, "")).toBe("");
});

test("random addresses: words beside a setting change nothing about it", () => {
  const numbers = new Numbers(18);
  let understood = 0;
  for (let i = 0; i < 500; i++) {
    const hash = randomHash(numbers).replace(/^#+/, "");
    if (/(^|[&#])(lesson|step)/.test(hash)) continue; // words
    const { words, rest } = readAddress(`#embed&${hash}&speed=60`);
    expect(words).toEqual({ embed: true, speed: 60 });
    try {
      expect(toHash(fromHash(`#${rest}`).setting)).toBe(toHash(fromHash(`#${hash}`).setting));
      understood++;
    } catch (error) {
      expect(() => fromHash(`#${hash}`)).toThrow((error as Error).message);
    }
  }
  expect(understood).toBeGreaterThan(20);
});

test("the speeds are those that the page offers, and the standard one is chosen", () => {
  const page = readFileSync(new URL("../../index.html", import.meta.url), "utf8");
  const [, list = ""] = /<select id="speed">([\s\S]*?)<\/select>/.exec(page) ?? [];
  const offered = [...list.matchAll(/value="(\w+)"( selected)?/g)];
  expect(offered.map(([, value]) => Number(value))).toEqual(SPEEDS);
  expect(offered.filter(([, , isChosen]) => isChosen).map(([, value]) => Number(value))).toEqual([
    STANDARD_SPEED,
  ]);
});
