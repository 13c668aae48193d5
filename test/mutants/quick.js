// Whether the golden runs still have their hashes, as quickly as can be told: ends with 1 and the first that has not.

import { readFileSync } from "node:fs";
import * as ello from "../../build/index.js";
import { goldenRuns } from "../golden/runs.js";

const { runs } = JSON.parse(
  readFileSync(new URL("../golden/golden.json", import.meta.url), "utf8"),
);
const own = JSON.parse(process.argv[2] ?? "{}");
const only = Object.keys(runs).filter(
  (name) => !own.precision || name.includes("f32") === (own.precision === "f32"),
);
const found = await goldenRuns(ello, { ...own, only });
const other = only.find((name) => found[name] !== runs[name]);
if (other !== undefined) console.log(`golden: ${other}`);
process.exit(other === undefined ? 0 : 1);
