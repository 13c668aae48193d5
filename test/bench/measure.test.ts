// Timing with a clock as coarse as a browser's: steps of a microsecond still give a row.

import { expect, test } from "vitest";
import { type Contestant, compare } from "../../src/bench/measure.ts";

const SHAPE = { V: 4, H: 10, T: 4, B: 1 };
const TICK = 1000; // µs
const MOST_STEPS = 1e6; // of one call; without end, before this was tested

/** Steps of `microseconds` under a clock of whole milliseconds. */
function contestant(name: string, microseconds: number): Contestant {
  let now = 0;
  return {
    name,
    time: (steps) => {
      expect(steps).toBeLessThan(MOST_STEPS);
      const began = Math.floor(now / TICK);
      now += steps * microseconds;
      return ((Math.floor(now / TICK) - began) * TICK) / steps;
    },
  };
}

test("a clock of whole milliseconds tells steps of 1 and of 4 µs apart", async () => {
  const { rows } = await compare(
    SHAPE,
    contestant("kernel", 0.5),
    [contestant("slow", 4), contestant("fast", 1)],
    0,
  );
  expect(rows[0]?.microsecondsPerStep).toBeGreaterThan(3.5);
  expect(rows[0]?.microsecondsPerStep).toBeLessThan(4.5);
  expect(rows[1]?.ratioToReference).toBeGreaterThan(3.5);
  expect(rows[1]?.ratioToReference).toBeLessThan(4.5);
});
