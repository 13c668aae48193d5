// Writes test/golden.json anew: on purpose, with another version of the arithmetic and a reason in the changelog.
//
//   npm run golden

import { readFileSync, writeFileSync } from "node:fs";
import * as ello from "../../build/index.js";
import { BITS } from "../../build/version.js";
import { goldenRuns } from "./runs.js";

const FILE = new URL("golden.json", import.meta.url);

const before = JSON.parse(readFileSync(FILE, "utf8"));
const now = await goldenRuns(ello);
const names = [...new Set([...Object.keys(before.runs), ...Object.keys(now)])];
const other = names.filter(
  (name) => before.runs[name] !== undefined && before.runs[name] !== now[name],
);
const added = names.filter((name) => before.runs[name] === undefined);
if (other.length > 0 && BITS === before.bits) {
  console.error(
    `golden: expected the bits of before, or another BITS in src/version.ts, got other bits with ${BITS} for ${other.join(", ")}; raise BITS if they are to change`,
  );
  process.exit(1);
}
const changelog = readFileSync(new URL("../../CHANGELOG.md", import.meta.url), "utf8");
if (!changelog.includes(`Bits ${BITS}:`)) {
  console.error(
    `golden: expected a line "Bits ${BITS}: …" in CHANGELOG.md that says why they changed, got none; write it`,
  );
  process.exit(1);
}
writeFileSync(FILE, `${JSON.stringify({ bits: BITS, runs: now }, null, 2)}\n`);
console.log(`Bits ${BITS}: ${other.length} runs changed, ${added.length} are new`);
