// Golden hashes: what the arithmetic of this release gives, as numbers that no change of ours moves by accident.
// The browsers have them in browser/golden.test.ts.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as ello from "../../src/index.ts";
import { BITS } from "../../src/version.ts";
import golden from "./golden.json" with { type: "json" };
import { goldenRuns } from "./runs.js";

const HELP = "other bits than before: if they are to change, see CONTRIBUTING.md";

test("the file is of this arithmetic, and the changelog says why it is so", () => {
  expect(golden.bits).toBe(BITS);
  const changelog = readFileSync(new URL("../../CHANGELOG.md", import.meta.url), "utf8");
  expect(changelog).toContain(`Bits ${BITS}: `);
  expect(Object.keys(golden.runs).length).toBe(17);
});

test.each([
  ["one thread", { threads: 1 }],
  ["three threads", { threads: 3 }],
  ["the reference", { engine: "reference" as const }],
])("%s", async (_, own) => {
  expect(await goldenRuns(ello, own), HELP).toEqual(golden.runs);
});
