// What comes from outside, at random: a million corrupt checkpoints and receipts, ten thousand command lines and
// addresses of the page. No crash, no hang, no trace of a stack.

import { join } from "node:path";
import { expect, test } from "vitest";
import { BROWSERS } from "../browser/playground.ts";
import { followAddresses } from "../browser/random-addresses.ts";
import { mutate } from "../checkpoint/mutants.ts";
import { runRandomLines } from "../node/random-lines.ts";
import { makeFolder, receiptOf, train } from "../node/run.ts";
import { mutate as mutateReceipts } from "../receipt/mutants.ts";
import { Numbers } from "../support.ts";
import { readRandomHashes } from "../web/random-hashes.ts";

const FILES = 500_000; // of each
const LINES = 10_000;
const MIB = 2 ** 20;
const HOURS = 4 * 3_600_000;

test(
  `${FILES} corrupt checkpoints and states, their checksums repaired`,
  async () => {
    const before = process.memoryUsage.rss();
    const read = await mutate(FILES, 2);
    const grown = (process.memoryUsage.rss() - before) / MIB;
    console.log(
      `${read} of ${FILES} read, the others refused; memory grew by ${grown.toFixed(0)} MiB`,
    );
    expect(grown).toBeLessThan(1000);
  },
  HOURS,
);

test(
  `${FILES} corrupt receipts`,
  async () => {
    const cwd = makeFolder();
    await train(cwd, "--quiet", "--epochs", "40");
    const read = mutateReceipts(JSON.stringify(receiptOf(join(cwd, "out"))), new Numbers(7), FILES);
    console.log(`${read} of ${FILES} read, the others refused`);
  },
  HOURS,
);

test(
  `${LINES} command lines`,
  async () => {
    const well = await runRandomLines(makeFolder(), new Numbers(11), LINES);
    console.log(`${well} of ${LINES} ended with 0, the others with a line`);
  },
  HOURS,
);

test.each(BROWSERS)(
  `%s: ${LINES} addresses in the page itself`,
  (name) => followAddresses(name, LINES, 6),
  HOURS,
);

test(`${LINES} addresses of the page`, () => {
  const understood = readRandomHashes(new Numbers(13), LINES);
  console.log(`${understood} of ${LINES} understood, the others refused in a line`);
});
