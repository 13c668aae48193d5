// Random command lines; `npm run campaign -- random` runs ten thousand.

import { expect, test } from "vitest";
import { Numbers } from "../support.ts";
import { runRandomLines } from "./random-lines.ts";
import { makeFolder } from "./run.ts";

test("100 random command lines: a code, and one line where it is not 0", async () => {
  expect(await runRandomLines(makeFolder(), new Numbers(3), 100)).toBeGreaterThan(10);
});
