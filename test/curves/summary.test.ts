// The curves in words: what is said of none, of one, of falling and of rising curves.

import { expect, test } from "vitest";
import { bestLeftBehind, curveSummary } from "../../src/curves/summary.ts";

const summary = (loss: number[], validation: number[] = [], every = 10) =>
  curveSummary({
    step: loss.map((_, i) => i),
    loss,
    validationStep: validation.map((_, i) => every * (i + 1)),
    validation,
  });

test("of a curve that falls, and of one that rises", () => {
  expect(summary([1.38629, 0.5, 0.01981, 0.0213])).toBe(
    "Loss fell from 1.39 to 0.0213 in 4 steps; lowest 0.0198 at step 2.",
  );
  expect(summary([1, 1.5])).toBe("Loss rose from 1 to 1.5 in 2 steps; lowest 1 at step 0.");
  expect(summary([1, 1.0001])).toBe("Loss stayed at 1 in 2 steps; lowest 1 at step 0.");
});

test("steps are those that were taken, however few of their records were kept", () => {
  const told = { step: [0, 500, 999], loss: [2, 1e-7, 3e-7], validationStep: [], validation: [] };
  expect(curveSummary(told)).toBe(
    "Loss fell from 2 to 3e-7 in 1000 steps; lowest 1e-7 at step 500.",
  );
});

test("validation: its lowest, and what has become of it", () => {
  expect(summary([3, 2], [2.9, 2.5])).toMatch(/ Validation fell from 2\.9 to 2\.5, its lowest\.$/);
  expect(summary([3, 2], [2.9, 2.5, 2.7])).toMatch(
    / Validation was lowest, 2\.5 at step 20, and is 2\.7 at step 30\.$/,
  );
  expect(summary([3], [2.9])).toBe("Loss 3 at step 0. Validation 2.9 at step 10.");
  expect(summary([])).toBe("");
});

test("the best is left behind once three evaluations in a row were worse than it", () => {
  const step = (...validation: number[]) =>
    bestLeftBehind({ validation, validationStep: validation.map((_, i) => 10 * (i + 1)) });
  expect(step(3, 2, 2.1, 2.2, 2.15)).toBe(20);
  expect(step(3, 2, 2.1, 2.2)).toBeUndefined();
  expect(step(3, 2, 2.1, 2.2, 1.9)).toBeUndefined();
  expect(step(3, 2, 2.1, 2, 2.2)).toBeUndefined(); // as good again
  expect(step()).toBeUndefined();
});
