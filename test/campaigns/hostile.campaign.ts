// 100,000 mutants of checkpoints with repaired checksums.

import { expect, test } from "vitest";
import { mutate } from "../checkpoint/mutants.ts";

const MUTANTS = 100_000;
const MIB = 2 ** 20;

test(`${MUTANTS} mutants are refused or read as they are`, async () => {
  const before = process.memoryUsage.rss();
  const read = await mutate(MUTANTS, 2);
  const grown = (process.memoryUsage.rss() - before) / MIB;
  console.log(
    `${read} of ${MUTANTS} read, the others refused; memory grew by ${grown.toFixed(0)} MiB`,
  );
  expect(grown).toBeLessThan(1000);
}, 3_600_000);
