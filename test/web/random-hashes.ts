// Addresses of random parts: understood, or refused in one short line.

import { expect } from "vitest";
import { ElloError } from "../../src/index.ts";
import { SETTINGS } from "../../src/settings/check.ts";
import { configOf, fromHash, nodeCommand, toHash } from "../../src/web/setting.ts";
import type { Numbers } from "../support.ts";

const NAMES = [
  ...SETTINGS,
  "text",
  "lesson",
  "__proto__",
  "constructor",
  "",
  "%",
  "x".repeat(500),
  "input%20",
];
const VALUES = [
  ...[
    "",
    "0",
    "1",
    "-1",
    "7",
    "0.5",
    "1e308",
    "1e999",
    "NaN",
    "0x10",
    " 3",
    "hell",
    "ello",
    "%00",
    "%ff",
    "%",
    "own",
  ],
  ...[
    "words",
    "story",
    "source",
    "lstm",
    "gru",
    "adam",
    "sgd",
    "cosine",
    "step",
    "f32",
    "true",
    "uniform",
    "normal:1",
  ],
  ...[
    "<script>",
    "\u202e",
    "é",
    "{}",
    "9".repeat(1000),
    "a=b",
    "null",
    "undefined",
    "[object Object]",
  ],
];

/** An address's part behind the page: names and values, some of which are settings. */
export function randomHash(numbers: Numbers): string {
  const parts = Array.from({ length: numbers.integer(0, 5) }, () => {
    const value = numbers.pick(VALUES);
    return numbers.integer(0, 8) === 0 ? value : `${numbers.pick(NAMES)}=${value}`;
  });
  return `${numbers.pick(["#", "", "##"])}${parts.join(numbers.pick(["&", "&", ";"]))}`;
}

/** Reads so many. @returns how many were understood. */
export function readRandomHashes(numbers: Numbers, count: number): number {
  let understood = 0;
  for (let i = 0; i < count; i++) {
    const hash = randomHash(numbers);
    try {
      const { setting } = fromHash(hash, numbers.integer(0, 1) === 1);
      configOf(setting);
      expect(nodeCommand(setting)).toMatch(/^npm run train/);
      // What the page then has in its address means the same.
      expect(fromHash(toHash(setting)).setting.changes, hash).toEqual(setting.changes);
      understood++;
    } catch (error) {
      expect(error, hash).toBeInstanceOf(ElloError);
      expect((error as Error).message, hash).toMatch(/^.{5,400}$/);
    }
  }
  return understood;
}
