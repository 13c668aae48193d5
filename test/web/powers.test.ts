// The scales of errors: all that can come is seen, and what can be is seen larger.

import { expect, test } from "vitest";
import { linesOf, rangeOf, shareOf } from "../../src/web/views/powers.ts";

test("errors that vanish or explode are all seen", () => {
  for (const sizes of [
    [0.03, 1e-16],
    [0.03, 1e3],
    [1e-16, 1e3],
  ]) {
    const range = rangeOf(sizes);
    const shares = sizes.map((size) => shareOf(size, range));
    expect(Math.min(...shares)).toBeGreaterThan(0);
    expect(Math.max(...shares)).toBeLessThan(1);
    expect(Math.abs((shares[0] as number) - (shares[1] as number))).toBeGreaterThan(0.1);
  }
});

test("others are seen larger, and nothing leaves the scale", () => {
  const range = rangeOf([0.03, 1]);
  expect(shareOf(1, range) - shareOf(0.1, range)).toBeCloseTo(1 / 7, 12);
  expect(rangeOf([0, 0.5])).toBe(range);
  expect(rangeOf([5e-6, 0.1])).toEqual({ low: -10, high: 2 }); // a little less does not flatten all
  expect([0, 1e-9, 1e9].map((size) => shareOf(size, range))).toEqual([0, 0, 1]);
  for (const each of [range, rangeOf([1e-9]), rangeOf([1e-16])]) {
    for (const power of linesOf(each)) {
      expect(power).toBeGreaterThan(each.low);
      expect(power).toBeLessThan(each.high);
    }
  }
});
