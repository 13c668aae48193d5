// exp, log and tanh of the core and the reference, against decimal.js with 34 digits.

import { Decimal } from "decimal.js";
import { beforeAll, describe, expect, test } from "vitest";
import * as reference from "../../src/reference/elementary.ts";
import { type CoreExports, instantiateCore } from "../../src/wasm/instantiate.ts";
import { coreBytes, Numbers } from "../support.ts";

const Precise = Decimal.clone({ precision: 34 });
const POINTS = 100_000;

type Name = "exp" | "log" | "tanh";
const LIMIT: Record<Name, number> = { exp: 1, log: 1, tanh: 2 }; // ulp, the promise of the core

const bits = new DataView(new ArrayBuffer(8));

/** The exact value of an f64 to 34 digits; `new Decimal(x)` would round x to 17 first. */
function exact(x: number): Decimal {
  bits.setFloat64(0, x);
  const word = bits.getBigUint64(0);
  const exponent = Number((word >> 52n) & 0x7ffn);
  const mantissa = (word & 0xfffffffffffffn) | (exponent ? 1n << 52n : 0n);
  const value = new Precise(mantissa.toString()).times(Precise.pow(2, (exponent || 1) - 1075));
  return x < 0 ? value.neg() : value;
}

/** Distance of two neighbouring f64 at x. */
function ulp(x: number): number {
  bits.setFloat64(0, Math.abs(x));
  const exponent = bits.getUint16(0) >>> 4;
  return 2 ** (Math.max(exponent, 1) - 1075);
}

const ORACLE: Record<Name, (x: Decimal) => Decimal> = {
  exp: (x) => x.exp(),
  log: (x) => x.ln(),
  tanh: (x) => {
    if (x.abs().lt("1e-8")) return x.minus(x.pow(3).div(3)); // next term below 1e-40
    const e = x.times(2).exp();
    return e.minus(1).div(e.plus(1));
  },
};

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

describe.each(["exp", "log", "tanh"] as const)("%s", (name) => {
  test(`is within ${LIMIT[name]} ulp on ${POINTS} points, the same bits in core and reference`, () => {
    let worst = 0;
    let worstAt = 0;
    for (const x of pointsOf(name)) {
      const value = core[name](x);
      if (!Object.is(value, reference[name](x)))
        expect(value, `${name}(${x})`).toBe(reference[name](x));
      const precise = ORACLE[name](exact(x));
      const error = exact(value).minus(precise).abs().div(ulp(precise.toNumber())).toNumber();
      if (!(error <= worst)) [worst, worstAt] = [error, x];
    }
    console.log(`${name}: largest error ${worst.toFixed(3)} ulp, at ${worstAt}`);
    expect(worst).toBeLessThanOrEqual(LIMIT[name]);
  });
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
