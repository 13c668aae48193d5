// Timing with a clock as coarse as a browser's, and on a machine that others use: what is claimed.

import { describe, expect, test } from "vitest";
import { type Contestant, compare } from "../../src/bench/measure.ts";
import { noiseNotes } from "../../src/bench/report.ts";

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

test("a row's share of the peak is to the kernel that it runs on", async () => {
  const wide = contestant("wide kernel", 2);
  const contestants = [contestant("wasm-1", 8), { ...contestant("wide-1", 4), kernel: wide }];
  const { rows, otherPeaks, peakGflops } = await compare(
    SHAPE,
    contestant("kernel", 6),
    contestants,
    0,
  );
  expect(rows[0]?.shareOfPeak).toBeCloseTo(6 / 8, 1);
  expect(rows[1]?.shareOfPeak).toBeCloseTo(2 / 4, 1);
  expect((otherPeaks["wide kernel"] as number) / peakGflops).toBeCloseTo(3, 0);
});

/** A contestant whose calls take `microseconds` a step, times what the list has for them in turn. */
function disturbed(name: string, microseconds: number, factors: readonly number[]): Contestant {
  let calls = 0;
  return {
    name,
    time: () => microseconds * (factors[calls++ % factors.length] as number),
  };
}

describe("noise", () => {
  const steady = (name: string, microseconds: number) => disturbed(name, microseconds, [1]);
  // Longer than a sample, so that no step count depends on it; a round calls once for each sample.
  const SLOW = 2e6;
  const [kernel, reference] = [steady("kernel", SLOW), steady("reference", 4 * SLOW)];
  const rowsOf = async (...contestants: Contestant[]) =>
    (await compare(SHAPE, kernel, contestants, 0)).rows;

  test("below the bound leaves the ratio a claim, and has no note", async () => {
    const rows = await rowsOf(reference, disturbed("wasm-1", SLOW, [1, 1.4]));
    expect(rows.map(({ noise }) => noise)).toEqual([1, 1.4]);
    expect(rows[1]?.ratioToReference).not.toBe(null);
    expect(noiseNotes(rows)).toEqual([]);
  });

  test("above it leaves a range, says so, and spares the rows that were steady", async () => {
    const rows = await rowsOf(
      reference,
      disturbed("wasm-1", SLOW, [1, 3]),
      steady("wasm-2", SLOW / 2),
    );
    expect(rows.map(({ ratioToReference }) => ratioToReference)).toEqual([1, null, 8]);
    expect(rows[1]?.ratioSpread).toEqual([4 / 3, 4]);
    expect(noiseNotes(rows)).toEqual([
      "The machine was busy: the same work took up to 3.0 times as long at times. Above 1.5 times no ratio is claimed, here of wasm-1. Measure again when nothing else runs.",
    ]);
  });

  test("of the reference is that of every ratio", async () => {
    const rows = await rowsOf(
      disturbed("reference", 4 * SLOW, [1, 2]),
      steady("wasm-1", SLOW),
      steady("wasm-2", SLOW),
    );
    expect(rows.map(({ noise, ratioToReference }) => [noise, ratioToReference !== null])).toEqual([
      [2, true],
      [2, false],
      [2, false],
    ]);
  });

  test("counts the time for which others had the processor, however evenly", async () => {
    let wall = 0;
    const clocks = { wall: () => wall, processor: () => wall / 1.75 };
    const timed = { name: "kernel", time: () => (wall += SLOW) && SLOW };
    const { rows } = await compare(SHAPE, timed, [reference, steady("wasm-1", SLOW)], 0, clocks);
    expect(rows[1]?.noise).toBeCloseTo(1.75, 12);
    expect(rows[1]?.ratioToReference).toBe(null);
    expect(rows[1]?.ratioSpread).toEqual([4, 4]);
  });

  test("in the first sample does not pass for a slow step", async () => {
    const counts: number[] = [];
    let calls = 0;
    const stalled: Contestant = {
      name: "wasm-1",
      time: (steps) => {
        counts.push(steps);
        return calls++ === 0 ? 30_000 : 2;
      },
    };
    await compare(SHAPE, kernel, [reference, stalled], 0);
    expect(counts.at(-1)).toBe(10_000); // of 2 µs are the 20 ms that a sample takes
  });
});
