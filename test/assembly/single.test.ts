// exp, log, tanh and the sigmoid in f32: the same bits in core and reference, within their bounds on every
// 4,001st f32. `npm run campaign -- single` takes all of them.

import { describe, expect, test } from "vitest";
import * as reference from "../../src/reference-f32/real.ts";
import { SINGLE, SINGLE_NAMES, singleCore, ulpsOf } from "./single.ts";

const ALL = 2 ** 32;
const APART = 4001;

describe.each(SINGLE_NAMES)("%s", (name) => {
  const { exact, limit } = SINGLE[name];

  test(`is within ${limit} ulp, the same bits in core and reference`, async () => {
    const core = await singleCore();
    const bits = new Uint32Array(1);
    const numbers = new Float32Array(bits.buffer);
    let worst = 0;
    for (let word = 0; word < ALL; word += APART) {
      bits[0] = word;
      const x = numbers[0] as number;
      const value = core[name](x);
      if (!Object.is(value, reference[name](x))) expect(value, `${x}`).toBe(reference[name](x));
      worst = Math.max(worst, ulpsOf(value, exact(x)));
    }
    expect(worst).toBeLessThanOrEqual(limit);
    expect(worst).toBeGreaterThan(0.4); // as the nearest f32 is half off at times
  });
});

const { POSITIVE_INFINITY: INF, NEGATIVE_INFINITY: NEG, NaN: NAN } = Number;
const TINY = 2 ** -149;

test.each([
  ["exp", [0, -0, INF, NEG, NAN, 89, -104, TINY], [1, 1, INF, 0, NAN, INF, 0, 1]],
  ["log", [1, 0, -0, INF, -1, NEG, NAN], [0, NEG, NEG, INF, NAN, NAN, NAN]],
  ["tanh", [0, -0, INF, NEG, NAN, TINY, -TINY, 10], [0, -0, 1, -1, NAN, TINY, -TINY, 1]],
  ["sigmoid", [0, -0, INF, NAN, 20], [0.5, 0.5, 1, NAN, 1]],
] as const)("%s of %j is %j", async (name, points, values) => {
  const core = await singleCore();
  expect(points.map((x) => core[name](x))).toEqual(values);
  expect(points.map((x) => reference[name](x))).toEqual(values);
});
