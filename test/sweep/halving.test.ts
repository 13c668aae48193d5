// Successive halving against the rule itself, written down once more, on curves of real runs and in every order
// of arrival.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Halving, rungCount, rungsOf } from "../../src/sweep/halving.ts";
import { Numbers } from "../support.ts";

const FILE = new URL("../fixtures/sweep-curves.json", import.meta.url);
const { runs } = JSON.parse(readFileSync(FILE, "utf8")) as {
  runs: { curve: [step: number, loss: number][] }[];
};
const STEPS = runs[0]?.curve.at(-1)?.[0] as number;
const EVERY = runs[0]?.curve[0]?.[0] as number;

/** Who is left after each rung: the best 1 / factor of those at it (Jamieson and Talwalkar 2016, Algorithm 1). */
function bySynchronousRule(losses: readonly (readonly number[])[], factor: number): number[][] {
  let left = losses.map((_, run) => run);
  let count = losses.length;
  const rungs = losses[0]?.length ?? 0;
  return Array.from({ length: rungs }, (_, rung) => {
    const lossOf = (run: number) => losses[run]?.[rung] as number;
    const ordered = left
      .filter((run) => Number.isFinite(lossOf(run)))
      .toSorted((a, b) => lossOf(a) - lossOf(b) || a - b);
    count = Math.max(1, Math.floor(count / factor));
    left = ordered.slice(0, count);
    return left.toSorted((a, b) => a - b);
  });
}

/** The same by runs that arrive in a random order, some of them at once; every decision is kept to. */
function byArrival(losses: readonly (readonly number[])[], factor: number, numbers: Numbers) {
  const rungs = losses[0]?.length ?? 0;
  const halving = new Halving(losses.length, factor, rungs);
  const rungOf = losses.map(() => 0);
  const going = new Set(losses.keys()); // towards their rung
  const waiting = new Set<number>();
  const passed = Array.from({ length: rungs }, () => [] as number[]);
  while (going.size > 0) {
    const run = [...going][numbers.integer(0, going.size - 1)] as number;
    const rung = rungOf[run] as number;
    going.delete(run);
    waiting.add(run);
    halving.report(rung, run, losses[run]?.[rung]);
    for (const one of [...waiting]) {
      const decision = halving.decide(rungOf[one] as number, one);
      if (decision === "wait") continue;
      waiting.delete(one);
      if (decision === "stop") continue;
      passed[rungOf[one] as number]?.push(one);
      (rungOf[one] as number)++;
      if ((rungOf[one] as number) < rungs) going.add(one);
    }
  }
  return { passed: passed.map((all) => all.toSorted((a, b) => a - b)), waiting };
}

describe("Halving", () => {
  test.each([2, 3, 4])(
    "keeps the best 1 in %i of 27 real runs, in whatever order they come",
    (factor) => {
      const rungs = rungsOf(STEPS, EVERY, factor, rungCount(runs.length, factor));
      const losses = runs.map(({ curve }) =>
        rungs.map((at) => curve.find(([step]) => step === at)?.[1] as number),
      );
      const expected = bySynchronousRule(losses, factor);
      expect(expected.at(-1)?.length).toBeGreaterThan(0);
      expect(expected[0]).not.toEqual(expected[0]?.map((_, i) => i)); // not the first by chance
      const numbers = new Numbers(factor);
      for (let order = 0; order < 100; order++) {
        expect(byArrival(losses, factor, numbers)).toEqual({
          passed: expected,
          waiting: new Set(),
        });
      }
    },
  );

  test("of losses at random, some the same and some none", () => {
    const numbers = new Numbers(9);
    for (let trial = 0; trial < 300; trial++) {
      const factor = numbers.integer(2, 5);
      const count = numbers.integer(factor, 40);
      const losses = Array.from({ length: count }, () =>
        Array.from({ length: rungCount(count, factor) }, () =>
          numbers.integer(0, 9) === 0 ? Number.NaN : numbers.integer(0, 6),
        ),
      );
      const { passed, waiting } = byArrival(losses, factor, numbers);
      expect(passed).toEqual(bySynchronousRule(losses, factor));
      expect(waiting.size).toBe(0);
    }
  });

  test("decides as soon as it is certain", () => {
    const halving = new Halving(6, 3, 1);
    halving.report(0, 0, 1);
    expect(halving.decide(0, 0)).toBe("wait");
    halving.report(0, 1, 2);
    halving.report(0, 2, 3);
    expect(halving.decide(0, 2)).toBe("stop"); // two are better
    expect(halving.decide(0, 1)).toBe("wait");
    halving.report(0, 3, 4);
    halving.report(0, 4, undefined);
    expect(halving.decide(0, 4)).toBe("stop");
    expect(halving.decide(0, 0)).toBe("on"); // the last can push out the other one alone
    expect(halving.decide(0, 1)).toBe("wait");
    halving.report(0, 5, 2);
    expect(halving.decide(0, 1)).toBe("on"); // of the same loss, the first
    expect(halving.decide(0, 5)).toBe("stop");
  });
});

test("rungs stand at evaluations, rise, and end before the run does", () => {
  expect(rungsOf(900, 100, 3, 3)).toEqual([100, 300]);
  expect(rungsOf(2700, 100, 3, 3)).toEqual([100, 300, 900]);
  expect(rungsOf(1000, 90, 2, 3)).toEqual([180, 270, 540]);
  expect(rungsOf(7, 7, 3, 2)).toEqual([]);
  expect([rungCount(2, 3), rungCount(3, 3), rungCount(26, 3), rungCount(27, 3)]).toEqual([
    0, 1, 2, 3,
  ]);
});
