// Files from elsewhere: every truncation, every flipped bit, and mutants whose checksums fit: each is
// refused with a typed error or read as exactly what it says.

import { expect, test } from "vitest";
import { CheckpointError } from "../../src/checkpoint/error.ts";
import { mutate, readAny, smallFiles } from "./mutants.ts";

const MUTANTS = 3000; // campaigns/hostile has the many

test("every truncation is refused", async () => {
  for (const file of await smallFiles()) {
    for (let length = 0; length < file.length; length++) {
      await expect(readAny(file.subarray(0, length))).rejects.toBeInstanceOf(CheckpointError);
    }
  }
});

test("every flipped bit is refused or changes nothing that is read", async () => {
  for (const file of await smallFiles()) {
    const whole = await readAny(file);
    let refused = 0;
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const flipped = file.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      try {
        const read = await readAny(flipped);
        // Only words about the file may change: its version, its text's hash, its settings.
        expect(read.numbers).toEqual(whole.numbers);
      } catch (error) {
        expect(error).toBeInstanceOf(CheckpointError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(4 * file.length);
  }
});

test(`${MUTANTS} mutants with repaired checksums are refused or read as they are`, async () => {
  await mutate(MUTANTS, 1);
});
