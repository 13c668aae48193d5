// A history from elsewhere: columns that do not belong together are refused.

import { expect, test } from "vitest";
import { History } from "../../src/curves/history.ts";
import { EpochMean } from "../../src/train/metrics.ts";

function arrays(): Record<string, Float64Array> {
  const history = new History();
  for (const step of [0, 1, 2]) {
    history.append({ step, epoch: step, loss: 1, accuracy: 1, gradNorm: 1 });
  }
  return history.arrays;
}

test("columns of unequal length and counters of no history are refused", () => {
  expect(History.from(arrays()).arrays).toEqual(arrays());
  const cases: [change: object, message: string][] = [
    [{ loss: Float64Array.of(1, 2) }, "equal length, got 3 and 2 values"],
    [{ epoch: new Float64Array() }, "equal length, got 3 and 0 values"],
    [{ validation: Float64Array.of(1) }, "equal length, got 1 and 0 values"],
    [{ counters: Float64Array.of(0.5, 3, 1) }, "a stride from 1 and a count from 0, got 0.5 and 3"],
    [{ counters: Float64Array.of(1, -1, 1) }, "a stride from 1 and a count from 0, got 1 and -1"],
  ];
  for (const [change, message] of cases) {
    expect(() => History.from({ ...arrays(), ...change })).toThrow(message);
  }
});

test("sums of an epoch that are too many or too few are refused", () => {
  const sums = Float64Array.of(1, 2, 3, 4, 5, 6);
  expect(new EpochMean(0, sums).sums).toEqual(sums);
  for (const length of [5, 7, 10_000]) {
    expect(() => new EpochMean(0, new Float64Array(length))).toThrow(
      `epoch sums: expected 6 values, got ${length}`,
    );
  }
});
