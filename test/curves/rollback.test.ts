// The curves across a rollback: steps that are done again stand once, and the smoothed loss goes on
// from what it was before them.

import { expect, test } from "vitest";
import { History } from "../../src/curves/history.ts";

type Point = Parameters<History["append"]>[0];
const BACK = { from: 9, reason: "a loss that is not finite" };

const point = (step: number, loss: number, more: Partial<Point> = {}): Point => {
  const validation = { loss: loss + 1, accuracy: 0.5, best: false };
  return {
    step,
    epoch: 0,
    loss,
    accuracy: 0.5,
    gradNorm: 1,
    ...(step % 2 && { validation }),
    ...more,
  };
};

test("worked by hand", () => {
  const history = new History();
  for (const [step, loss] of [
    [0, 4],
    [1, 2],
    [2, 900],
  ] as const) {
    history.append(point(step, loss));
  }
  history.append(point(1, 3, { rolledBack: BACK }));
  const { step, smoothed, validationStep, validation } = history.columns;
  expect(step).toEqual([0, 1]);
  expect(smoothed[0]).toBe(4);
  expect(smoothed[1]).toBeCloseTo(4 / 11 + (3 * 10) / 11, 14); // of one step seen, 1/11 is kept
  expect([validationStep, validation]).toEqual([[2], [4]]);
});

test("to any step, also to the first, it is as if the steps had been done once", () => {
  const steps = Array.from({ length: 60 }, (_, step) => point(step, 2 + Math.cos(step)));
  for (let back = 0; back < 40; back++) {
    const [once, twice] = [new History(), new History()];
    for (const one of steps) once.append(one);
    for (const one of steps.slice(0, 40))
      twice.append({ ...one, loss: one.step < back ? one.loss : 99 });
    for (const one of steps.slice(back)) {
      twice.append(one.step === back ? { ...one, rolledBack: BACK } : one);
    }
    expect(twice.arrays).toEqual(once.arrays);
  }
});
