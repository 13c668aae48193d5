// Spans: which units are on just there, and where else.

import { expect, test } from "vitest";
import { placesOf, signsOf, unitsOf } from "../../src/trace/spans.ts";

const LENGTH = 8;
const ROWS = [
  [0, 0, 0.8, 0.7, 0, 0, 0.8, 0], // on at 2 and 3, and at 6
  [0, 0, -0.2, -0.2, 0.1, 0, -0.2, 0], // the same, small and negative
  [0, 0.8, 0.8, 0.8, 0, 0, 0, 0], // on before, too
  [0, 0, 0.8, -0.8, 0, 0, 0, 0], // changes sides within
  [0, -0.8, 0.8, 0.8, -0.8, 0, 0, 0], // on beside it, on the other side
  [0, 0, 0.8, 0.8, 0.8, 0, 0, 0], // on after, too
  [0, 0, 0, 0, 0, 0, 0, 0], // never on
];
const signs = signsOf(Float64Array.from(ROWS.flat()), LENGTH);
const SPAN = { from: 2, to: 4 };

test("units are held that are on throughout on one side, and not so beside it", () => {
  expect(unitsOf(signs, LENGTH, SPAN)).toEqual([
    { unit: 0, sign: 1 },
    { unit: 1, sign: -1 },
    { unit: 4, sign: 1 },
  ]);
});

test("half of the largest is off", () => {
  expect([...signsOf(Float64Array.of(1, 0.5, -0.51, 0.51), 4)]).toEqual([1, 0, -1, 1]);
});

test("a span at the ends of the text has nothing beside it there", () => {
  const whole = signsOf(Float64Array.of(0.9, 0.8, 0, 0.9), 4);
  expect(unitsOf(whole, 4, { from: 0, to: 2 })).toEqual([{ unit: 0, sign: 1 }]);
  expect(unitsOf(whole, 4, { from: 3, to: 4 })).toEqual([{ unit: 0, sign: 1 }]);
});

test("other places are where three quarters of them are on, the span itself is none", () => {
  const [one, two, other] = unitsOf(signs, LENGTH, SPAN) as [never, never, never];
  expect(placesOf(signs, LENGTH, [one, two], SPAN)).toEqual([{ from: 6, to: 7 }]);
  expect(placesOf(signs, LENGTH, [one, two, other], SPAN)).toEqual([]);
  expect(placesOf(signs, LENGTH, [], SPAN)).toEqual([]);
});
