// One cell of the matrix in whatever runs JavaScript: computes the golden runs, and prints their hashes as JSON.
//
//   node test/matrix/cell.js '{ "threads": 2, "wide": true }'

import * as ello from "../../build/index.js";
import { goldenRuns } from "../golden/runs.js";

const { wide = false, ...own } = JSON.parse(process.argv[2] ?? "{}");
for (const precision of wide ? /** @type {const} */ (["f64", "f32"]) : []) {
  const why = await ello.enableWideVectors(precision);
  if (why !== undefined) throw new Error(why);
}
console.log(JSON.stringify(await goldenRuns(ello, own)));
process.exit(); // threads may still be ending
