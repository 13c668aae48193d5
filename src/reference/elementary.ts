// exp, log, tanh and the sigmoid in the operations and the order of assembly/elementary/double.ts, where the method
// and the sources stand. Math.exp and the like differ from engine to engine, so they are not used.

const LOG2E = 1.4426950408889634;
const LN2_HIGH = 0.6931471805598903;
const LN2_LOW = 5.497923018708371e-14;
const ROUND = 6755399441055744;

const E0 = 0.5;
const E1 = 0.1666666666666667;
const E2 = 0.04166666666666667;
const E3 = 0.008333333333326141;
const E4 = 0.0013888888888883752;
const E5 = 0.00019841269874800512;
const E6 = 2.4801587325533377e-5;
const E7 = 2.7557255425720897e-6;
const E8 = 2.75572736613304e-7;
const E9 = 2.510520638458724e-8;
const E10 = 2.091467938417506e-9;

const L0 = 0.666666666666667;
const L1 = 0.39999999999899505;
const L2 = 0.28571428625975515;
const L3 = 0.22222211134790545;
const L4 = 0.181828891255921;
const L5 = 0.15331721589574307;
const L6 = 0.14616449820782476;

const EXP_LOWEST = -746;
const EXP_HIGHEST = 710;
const TANH_HIGHEST = 20;
const SIGMOID_HIGHEST = 708;

// 2^n, n from POWER_LOWEST, by exact doubling: covers both factors of exp and the scales of the others.
const POWER_LOWEST = -1022;
const POWERS = new Float64Array(1538);
POWERS[-POWER_LOWEST] = 1;
for (let i = -POWER_LOWEST; i > 0; i--) POWERS[i - 1] = (POWERS[i] as number) / 2;
for (let i = -POWER_LOWEST; i < POWERS.length - 1; i++) POWERS[i + 1] = (POWERS[i] as number) * 2;

/** 2^n, exactly, -1022 <= n <= 515. */
export function powerOfTwo(n: number): number {
  return POWERS[n - POWER_LOWEST] as number;
}

function expm1Reduced(r: number, c: number): number {
  const z = r * r;
  const zz = z * z;
  const low = E0 + r * E1 + z * (E2 + r * E3);
  const middle = E4 + r * E5 + z * (E6 + r * E7);
  const high = E8 + r * E9 + z * E10;
  return r + (c + z * (low + zz * (middle + zz * high)));
}

/** e^x; 0 and Infinity outside the range of f64, NaN for NaN. */
export function exp(x: number): number {
  const clamped = Math.max(Math.min(x, EXP_HIGHEST), EXP_LOWEST);
  const k = clamped * LOG2E + ROUND - ROUND;
  const high = clamped - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const y = 1 + expm1Reduced(r, high - r - low);
  const half = k >> 1;
  return y * powerOfTwo(half) * powerOfTwo((k | 0) - half);
}

/** tanh(x); NaN for NaN. */
export function tanh(x: number): number {
  if (x === 0) return x; // keeps -0
  const y = 2 * Math.min(Math.abs(x), TANH_HIGHEST);
  const k = y * LOG2E + ROUND - ROUND;
  const high = y - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const scale = powerOfTwo(k | 0);
  const e = scale * expm1Reduced(r, high - r - low) + (scale - 1);
  const d = e + 2;
  const q = e / d;
  const lost = e < 2 ? e - (d - 2) : 0;
  const value = q - q * lost * (0.5 - 0.5 * q);
  return x < 0 ? -value : value;
}

/** 1 / (1 + e^-x); NaN for NaN. */
export function sigmoid(x: number): number {
  const y = -Math.min(Math.abs(x), SIGMOID_HIGHEST);
  const k = y * LOG2E + ROUND - ROUND;
  const high = y - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const scale = powerOfTwo(k | 0);
  const e = scale + scale * expm1Reduced(r, high - r - low);
  const q = 1 / (1 + e);
  return x < 0 ? e * q : q;
}

/** Natural logarithm; -Infinity for 0, NaN below 0 and for NaN. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let k = -1023;
  const words = new DataView(new ArrayBuffer(8));
  words.setFloat64(0, x);
  if (words.getUint32(0) < 0x00100000) {
    k -= 54;
    words.setFloat64(0, x * 2 ** 54);
  }
  const high = words.getUint32(0) + (0x3ff00000 - 0x3fe6a09e);
  k += high >> 20;
  words.setUint32(0, (high & 0xfffff) + 0x3fe6a09e);
  const f = words.getFloat64(0) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const series = z * (L0 + z * (L1 + z * (L2 + z * (L3 + z * (L4 + z * (L5 + z * L6))))));
  const square = 0.5 * f * f;
  return k * LN2_HIGH - (square - (s * (square + series) + k * LN2_LOW) - f);
}
