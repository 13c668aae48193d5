// The race in words: the times that are shown give the ratio that is shown.

import { expect, test } from "vitest";
import type { BenchRow } from "../../src/bench/measure.ts";
import { racersOf, raceWords } from "../../src/web/views/race-words.ts";

function row(
  name: string,
  microsecondsPerStep: number,
  ratioToReference: number | null,
  ratioSpread: [number, number] = [1, 1],
): BenchRow {
  const charsPerSecond = 1e8 / microsecondsPerStep;
  const others = { gflops: 1, noise: 1.1, shareOfPeak: 1 };
  return { name, microsecondsPerStep, charsPerSecond, ratioToReference, ratioSpread, ...others };
}

const ROWS = [
  row("TypeScript reference", 3100, 1),
  row("Wasm core, 1 thread", 500, 6.7, [6.1, 7]), // the medians' own quotient is 6.2
  row("Wasm core, fast", 400, null, [4, 9]),
  row("TypeScript reference, f32", 2000, 1),
  row("Wasm core, f32, 1 thread", 210, 10, [9, 11]),
];

test("a time by a ratio is the reference's of its precision", () => {
  const racers = racersOf(ROWS);
  expect(racers.map(({ microsecondsPerStep }) => Math.round(microsecondsPerStep))).toEqual([
    3100, 463, 400, 2000, 200,
  ]);
  for (const [i, { ratio, charsPerSecond }] of racers.entries()) {
    if (ratio === null) continue;
    const reference = racers[i < 3 ? 0 : 3];
    expect(charsPerSecond / ratio).toBeCloseTo(reference?.charsPerSecond as number);
  }
});

test("in words, unless the machine was too busy", () => {
  const [reference, core, busy] = racersOf(ROWS) as [any, any, any];
  expect(raceWords([reference, core])).toBe(
    "The core did a step in 463 µs, plain TypeScript in 3.1 ms: 6.7 times as fast (in eight of ten rounds 6.1 to 7.0 times).",
  );
  expect(raceWords([reference, busy])).toBe("");
});
