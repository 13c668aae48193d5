// exp, log, tanh and the sigmoid of the core and the reference, against values of 34 digits and more.

import { Decimal } from "decimal.js";
import { beforeAll, describe, expect, test } from "vitest";
import * as reference from "../../src/reference/elementary.ts";
import { type CoreExports, instantiateCore } from "../../src/wasm/instantiate.ts";
import { coreBytes, Numbers } from "../support.ts";
import { EXACT, type Exact, exactOf, ulpsFrom } from "./exact.ts";

const DIGITS = 34;
const Precise = Decimal.clone({ precision: DIGITS + 12 });
const DIGIT_LIMIT = 10 ** -DIGITS;
const DECIMAL_POINTS = 1000;
const POINTS = 100_000;

type Name = "exp" | "log" | "tanh" | "sigmoid";
const NAMES: Name[] = ["exp", "log", "tanh", "sigmoid"];
const LIMIT: Record<Name, number> = { exp: 1, log: 1, tanh: 2, sigmoid: 3 }; // ulp, the promise of the core

/** By decimal.js. */
const DECIMAL: Record<Name, (x: Decimal) => Decimal> = {
  exp: (x) => x.exp(),
  log: (x) => x.ln(),
  sigmoid: (x) => new Precise(1).div(x.negated().exp().plus(1)),
  tanh: (x) => {
    if (x.abs().lt("1e-10")) return x.minus(x.pow(3).div(3)); // next term below 1e-40 of it
    const e = x.times(2).exp();
    return e.minus(1).div(e.plus(1));
  },
};

/** `new Decimal(x)` of an f64 would round it to 17 digits first. */
function decimalOf({ mantissa, exponent }: Exact): Decimal {
  return new Precise(mantissa.toString()).times(Precise.pow(2, exponent));
}

// Where the points lie: [share, lowest, highest], or powers of two of exponents in that range.
const RANGES: Record<Name, { uniform: [number, number][]; exponents: [number, number] }> = {
  exp: {
    uniform: [
      [-1, 1],
      [-40, 40],
      [-745, 709.7],
    ],
    exponents: [-60, 8],
  },
  log: {
    uniform: [
      [0.5, 2],
      [0, 1],
      [0, 1000],
    ],
    exponents: [-1074, 1023],
  },
  sigmoid: {
    uniform: [
      [-1, 1],
      [-40, 40],
      [-707, 707],
    ],
    exponents: [-60, 8],
  },
  tanh: {
    uniform: [
      [-0.6, 0.6],
      [-3, 3],
      [-22, 22],
    ],
    exponents: [-1074, 4],
  },
};

function pointsOf(name: Name): Float64Array {
  const numbers = new Numbers(7);
  const { uniform, exponents } = RANGES[name];
  return Float64Array.from({ length: POINTS }, (_, i) => {
    const range = uniform[i % (uniform.length + 1)];
    if (range) return numbers.between(...range);
    const magnitude = numbers.between(1, 2) * 2 ** numbers.integer(...exponents);
    return name !== "log" && numbers.integer(0, 1) === 0 ? -magnitude : magnitude;
  });
}

let core: CoreExports;
beforeAll(async () => {
  core = await instantiateCore(await coreBytes("release"));
});

describe.each(NAMES)("%s", (name) => {
  test(`is within ${LIMIT[name]} ulp on ${POINTS} points, the same bits in core and reference`, () => {
    let worst = 0;
    let worstAt = 0;
    for (const x of pointsOf(name)) {
      const value = core[name](x);
      if (!Object.is(value, reference[name](x)))
        expect(value, `${name}(${x})`).toBe(reference[name](x));
      const error = ulpsFrom(value, EXACT[name](x));
      if (!(error <= worst)) [worst, worstAt] = [error, x];
    }
    console.log(`${name}: largest error ${worst.toFixed(3)} ulp, at ${worstAt}`);
    expect(worst).toBeLessThanOrEqual(LIMIT[name]);
  });
});

describe.each(NAMES)("the exact %s itself", (name) => {
  test(`has the ${DIGITS} digits of decimal.js`, () => {
    for (const x of pointsOf(name).subarray(0, DECIMAL_POINTS)) {
      const precise = DECIMAL[name](decimalOf(exactOf(x)));
      const error = decimalOf(EXACT[name](x)).div(precise).minus(1).abs();
      expect(error.toNumber(), `${name}(${x})`).toBeLessThan(DIGIT_LIMIT);
    }
  });
});

test("a distance is counted in neighbours", () => {
  for (const x of [1, 1.5, 1e-310, 5e-324, 0.1, 1e300]) {
    expect(ulpsFrom(x, exactOf(x))).toBe(0);
    const { mantissa, exponent } = exactOf(x);
    for (const step of [1n, 3n]) {
      expect(ulpsFrom(x, { mantissa: mantissa + step, exponent })).toBe(Number(step));
    }
    expect(ulpsFrom(x, { mantissa: 4n * mantissa + 1n, exponent: exponent - 2 })).toBe(0.25);
  }
});

const { MIN_VALUE: TINY, MAX_VALUE: HUGE, POSITIVE_INFINITY: INF, NaN: NAN } = Number;

describe("edges", () => {
  const edges: Record<Name, [x: number, expected: number][]> = {
    exp: [
      [0, 1],
      [-0, 1],
      [INF, INF],
      [-INF, 0],
      [NAN, NAN],
      [TINY, 1],
      [-TINY, 1],
      [HUGE, INF],
      [-HUGE, 0],
      [709.782712893384, 1.7976931348622732e308],
      [709.782712893385, INF],
      [-745.1332191019411, TINY],
      [-745.1332191019412, 0],
      [1e-320, 1],
    ],
    sigmoid: [
      [0, 0.5],
      [-0, 0.5],
      [INF, 1],
      [-INF, 3.3075532789211e-308],
      [-708, 3.3075532789211e-308],
      [NAN, NAN],
      [TINY, 0.5],
      [HUGE, 1],
      [37, 1],
    ],
    log: [
      [1, 0],
      [0, -INF],
      [-0, -INF],
      [INF, INF],
      [-1, NAN],
      [-INF, NAN],
      [NAN, NAN],
      [TINY, -744.4400719213812],
      [HUGE, 709.782712893384],
      [-TINY, NAN],
      [2.2250738585072014e-308, -708.3964185322641],
    ],
    tanh: [
      [0, 0],
      [-0, -0],
      [INF, 1],
      [-INF, -1],
      [NAN, NAN],
      [TINY, TINY],
      [-TINY, -TINY],
      [1e-310, 1e-310],
      [HUGE, 1],
      [-HUGE, -1],
      [20, 1],
      [1e-20, 1e-20],
    ],
  };
  for (const name of ["exp", "log", "tanh"] as const) {
    test.each(edges[name])(`${name}(%d) is %d in core and reference`, (x, expected) => {
      expect(core[name](x)).toBe(expected);
      expect(reference[name](x)).toBe(expected);
    });
  }
});
