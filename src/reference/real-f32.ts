// real.ts in f32, with exp, log, tanh and the sigmoid in the operations and the order of
// assembly/elementary/single.ts, where the method and the sources stand.

import { powerOfTwo } from "./elementary.ts";

export const PRECISION = "f32";
export const Reals = Float32Array;
export type Reals = Float32Array;
export type Real = number;
export const real = Math.fround;

const LOG2E = real(1.442695);
const LN2_HIGH = 0.693145751953125;
const LN2_LOW = real(1.4286068e-6);
const ROUND = 12582912;

const E0 = 0.5;
const E1 = real(0.16666667);
const E2 = real(0.041666467);
const E3 = real(0.008333298);
const E4 = real(0.0013933644);
const E5 = real(0.00019899276);

const L0 = real(0.6666666865348816);
const L1 = real(0.4000012278556824);
const L2 = real(0.2855069041252136);
const L3 = real(0.23333817720413208);

const EXP_LOWEST = -105;
const EXP_HIGHEST = 90;
const TANH_HIGHEST = 10;
const TANH_SMALL = 0.34375;
const SIGMOID_HIGHEST = 87;

/** a + x·b. */
function step(a: number, x: number, b: number): number {
  return real(a + real(x * b));
}

/** x = k·ln2 + r with |r| <= ln2/2: k. */
function reduce(x: number): number {
  return real(step(ROUND, x, LOG2E) - ROUND);
}

/** e^r - 1 for that r. */
function expm1Rest(x: number, k: number): number {
  const high = real(x - real(k * LN2_HIGH));
  const low = real(k * LN2_LOW);
  const r = real(high - low);
  const c = real(real(high - r) - low);
  const z = real(r * r);
  const first = step(step(E0, r, E1), z, step(E2, r, E3));
  const all = step(first, real(z * z), step(E4, r, E5));
  return real(r + step(c, z, all));
}

/** e^x; 0 and Infinity outside the range of f32, NaN for NaN. */
export function exp(x: number): number {
  const clamped = Math.max(Math.min(x, EXP_HIGHEST), EXP_LOWEST);
  const k = reduce(clamped);
  const y = real(1 + expm1Rest(clamped, k));
  const half = k >> 1;
  return real(real(y * powerOfTwo(half)) * powerOfTwo((k | 0) - half));
}

/** tanh(x); NaN for NaN. */
export function tanh(x: number): number {
  if (x === 0) return x; // keeps -0
  const double = 2 * Math.min(Math.abs(x), TANH_HIGHEST);
  const y = double < TANH_SMALL ? -double : double;
  const k = reduce(y);
  const scale = powerOfTwo(k | 0);
  const e = Math.abs(real(real(scale * expm1Rest(y, k)) + real(scale - 1)));
  const sign = e < TANH_SMALL ? -1 : 1;
  const d = real(2 + sign * e);
  const q = real(e / d);
  const lost = e < 2 ? real(sign * e - real(d - 2)) : 0;
  const value = real(q - real(real(q * lost) * real(0.5 - real(0.5 * sign * q))));
  return x < 0 ? -value : value;
}

/** 1 / (1 + e^-x); NaN for NaN. */
export function sigmoid(x: number): number {
  const y = -Math.min(Math.abs(x), SIGMOID_HIGHEST);
  const k = reduce(y);
  const scale = powerOfTwo(k | 0);
  const e = real(scale + real(scale * expm1Rest(y, k)));
  const d = real(1 + e);
  const q = real((x < 0 ? e : 1) / d);
  const lost = real(e - real(d - 1));
  return real(q - real(real(q * lost) * (x < 0 ? real(1 - q) : q)));
}

const words = new DataView(new ArrayBuffer(4));

/** Natural logarithm; -Infinity for 0, NaN below 0 and for NaN. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let k = -127;
  words.setFloat32(0, x);
  if (words.getUint32(0) < 0x00800000) {
    k -= 25;
    words.setFloat32(0, x * 2 ** 25);
  }
  const high = words.getUint32(0) + (0x3f800000 - 0x3f3504f3);
  k += high >> 23;
  words.setUint32(0, (high & 0x7fffff) + 0x3f3504f3);
  const f = real(words.getFloat32(0) - 1);
  const s = real(f / real(2 + f));
  const z = real(s * s);
  const series = real(z * step(L0, z, step(L1, z, step(L2, z, L3))));
  const square = real(real(0.5 * f) * f);
  const low = real(real(s * real(square + series)) + real(k * LN2_LOW));
  return real(real(k * LN2_HIGH) - real(real(square - low) - f));
}
