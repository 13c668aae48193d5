// How many threads take part, against made-up machines.

import { expect, test } from "vitest";
import { Pace } from "../../src/wasm/pace.ts";

/** Runs steps that take `msOf(threads)`. @returns how often each number of threads was used. */
function used(pace: Pace, steps: number, msOf: (threads: number) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let step = 0; step < steps; step++) {
    const threads = pace.active;
    counts.set(threads, (counts.get(threads) ?? 0) + 1);
    pace.took(msOf(threads));
  }
  return counts;
}

test("threads that pay are kept, and looked at ever more seldom", () => {
  const pace = new Pace(2);
  expect(pace.active).toBe(2);
  const counts = used(pace, 10_000, (threads) => 10 / threads);
  expect(counts.get(1)).toBeLessThanOrEqual(7 * 4); // 0.3 % of the steps
  expect(pace.active).toBe(2);
});

test("one that gives nothing is let go, and taken back when it pays again", () => {
  const pace = new Pace(2);
  const busy = used(pace, 1000, (threads) => (threads === 1 ? 10 : 9.8));
  expect(busy.get(2)).toBeLessThanOrEqual(150);
  expect(pace.active).toBe(1);
  used(pace, 6500, (threads) => 10 / threads);
  expect(pace.active).toBe(2);
});

test("it does not go to and fro for a gain that is neither", () => {
  const pace = new Pace(2);
  used(pace, 20_000, (threads) => (threads === 1 ? 10 : 9.1)); // 1.1 times as fast
  expect(pace.active).toBe(2); // where it began
  const other = new Pace(2);
  used(other, 150, () => 10);
  expect(other.active).toBe(1);
  used(other, 20_000, (threads) => (threads === 1 ? 10 : 9.1));
  expect(other.active).toBe(1);
});

test("of many it finds those that the machine has room for", () => {
  const pace = new Pace(6);
  used(pace, 40_000, (threads) => (threads > 3 ? 10 : 12 / threads)); // two cores are free
  expect(pace.active).toBe(2);
  used(pace, 40_000, (threads) => 12 / threads);
  expect(pace.active).toBe(6);
});

test("a step now and then that takes long decides nothing", () => {
  const pace = new Pace(2);
  let step = 0;
  used(pace, 20_000, (threads) => (step++ % 50 === 0 ? 1000 : 10 / threads));
  expect(pace.active).toBe(2);
});
