// The list of faults fits the sources that it changes; `npm run mutants` puts them in.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BOTH, CORE, REFERENCE } from "./faults.js";

const ROOT = new URL("../..", import.meta.url);

test("every fault changes something that is there, and none is listed twice", () => {
  const all = [...CORE, ...REFERENCE, ...BOTH];
  expect(all.length).toBeGreaterThanOrEqual(80);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const { name, edits } of all) {
    for (const { file, from, to } of edits) {
      expect(readFileSync(new URL(file, ROOT), "utf8"), name).toContain(from);
      expect(to).not.toBe(from);
    }
  }
  for (const { name, edits } of BOTH) {
    expect(new Set(edits.map(({ file }) => file.split("/")[0])), name).toEqual(
      new Set(["assembly", "src"]),
    );
  }
});
