// exp, log and tanh, our own so that every engine gives the same bits.
// Branch-free where a vector form will follow. Errors measured in test/elementary.test.ts:
// exp and log under 1 ulp, tanh under 2.
//
// exp and tanh: x = k·ln2 + r with |r| <= ln2/2 (Cody & Waite 1980), e^r by a polynomial.
// log: x = 2^k·m, log m by s = f/(2+f), f = m-1 (the algorithm of fdlibm's e_log.c, Sun 1993).
// Coefficients: Chebyshev fits computed with 50 digits, rounded to f64.

const LOG2E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 0.6931471805598903; // 42 bits: k·LN2_HIGH is exact for |k| < 2^11
const LN2_LOW: f64 = 5.497923018708371e-14; // ln2 - LN2_HIGH
const ROUND: f64 = 6755399441055744.0; // 1.5·2^52: adding it leaves the nearest integer below

// (e^r - 1 - r) / r² on |r| <= ln2/2, fit error 1.4e-18.
const E0: f64 = 0.5;
const E1: f64 = 0.1666666666666667;
const E2: f64 = 0.04166666666666667;
const E3: f64 = 0.008333333333326141;
const E4: f64 = 0.0013888888888883752;
const E5: f64 = 0.00019841269874800512;
const E6: f64 = 2.4801587325533377e-5;
const E7: f64 = 2.7557255425720897e-6;
const E8: f64 = 2.75572736613304e-7;
const E9: f64 = 2.510520638458724e-8;
const E10: f64 = 2.091467938417506e-9;

// (2·atanh(s)/s - 2) / s² in z = s², 0 <= z <= 0.0295, fit error 3e-16 after the factor z.
const L0: f64 = 0.666666666666667;
const L1: f64 = 0.39999999999899505;
const L2: f64 = 0.28571428625975515;
const L3: f64 = 0.22222211134790545;
const L4: f64 = 0.181828891255921;
const L5: f64 = 0.15331721589574307;
const L6: f64 = 0.14616449820782476;

const EXP_LOWEST: f64 = -746; // below: 0
const EXP_HIGHEST: f64 = 710; // above: Infinity
const TANH_HIGHEST: f64 = 20; // above: 1

/** e^r - 1 where r + c is the reduced argument and c the rounding error of r. */
function expm1Reduced(r: f64, c: f64): f64 {
  const z = r * r;
  const even = E0 + z * (E2 + z * (E4 + z * (E6 + z * (E8 + z * E10))));
  const odd = E1 + z * (E3 + z * (E5 + z * (E7 + z * E9)));
  return r + (z * (even + r * odd) + c);
}

/** 2^n for -1022 <= n <= 1023. */
function powerOfTwo(n: i32): f64 {
  return reinterpret<f64>((<i64>n + 1023) << 52);
}

/** e^x; 0 and Infinity outside the range of f64, NaN for NaN. */
export function exp(x: f64): f64 {
  const clamped = max(min(x, EXP_HIGHEST), EXP_LOWEST);
  const shifted = clamped * LOG2E + ROUND;
  const k = shifted - ROUND;
  const high = clamped - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const y = 1 + expm1Reduced(r, high - r - low);
  const n = <i32>reinterpret<i64>(shifted); // k, from the low bits
  const half = n >> 1; // twice, so that neither factor leaves the normal range
  return y * powerOfTwo(half) * powerOfTwo(n - half);
}

/**
 * tanh(x) = E / (E + 2), E = e^(2|x|) - 1, with the sign of x; NaN for NaN. What E + 2 loses in
 * rounding is given back to first order, with 1 / (E + 2) = (1 - q) / 2: 2.5 ulp without, 1.8 with.
 */
export function tanh(x: f64): f64 {
  const y = 2 * min(abs(x), TANH_HIGHEST);
  const shifted = y * LOG2E + ROUND;
  const k = shifted - ROUND;
  const high = y - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const scale = powerOfTwo(<i32>reinterpret<i64>(shifted));
  const e = scale * expm1Reduced(r, high - r - low) + (scale - 1);
  const d = e + 2;
  const q = e / d;
  const lost = e < 2 ? e - (d - 2) : 0; // exact below 2, not needed above
  return copysign(q - q * lost * (0.5 - 0.5 * q), x);
}

/** Natural logarithm; -Infinity for 0, NaN below 0 and for NaN. */
export function log(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  if (x == Infinity) return x;
  let k = -1023;
  let bits = reinterpret<u64>(x);
  if (bits >> 52 == 0) {
    k -= 54;
    bits = reinterpret<u64>(x * 18014398509481984.0); // subnormal: times 2^54
  }
  // High word shifted so that m lands in [√½, √2).
  const high = <u32>(bits >> 32) + (0x3ff00000 - 0x3fe6a09e);
  k += <i32>(high >> 20);
  const m = reinterpret<f64>(((<u64>((high & 0xfffff) + 0x3fe6a09e)) << 32) | (bits & 0xffffffff));
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const series = z * (L0 + z * (L1 + z * (L2 + z * (L3 + z * (L4 + z * (L5 + z * L6))))));
  const square = 0.5 * f * f;
  const kf = <f64>k;
  return kf * LN2_HIGH - (square - (s * (square + series) + kf * LN2_LOW) - f);
}
