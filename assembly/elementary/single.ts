// exp, log, tanh and the sigmoid in f32, in the manner of double.ts. Errors over all inputs, measured by
// test/campaigns/single.campaign.ts: exp and log under 1 ulp, tanh and (from -87 on) sigmoid under 2.
//
// Coefficients: Chebyshev fits, rounded to f32.

const TABLE: usize = memory.data<f32>([
  // (e^r - 1 - r) / r² in powers of r on |r| <= ln2/2, fit error 4e-9
  0.5,
  0.16666667,
  0.041666467,
  0.008333298,
  0.0013933644,
  0.00019899276,
  1.442695, // log2(e)
  0.693145751953125, // ln2 to 15 bits: k times it is exact for |k| < 2^9
  1.4286068e-6, // the rest of ln2
  12582912.0, // 1.5·2^23: adding it leaves the nearest integer in the low bits
  -105, // e^x is 0 below
  90, // e^x is Infinity above
  10, // tanh is 1 above
  0.34375, // of 2|x|: tanh is taken another way below; not over ln2/2, so that k is 0 there
  0.5,
  1,
  2,
  -0.0,
  87, // the sigmoid of what is below -87 is that of -87, 2e-38
]);
const E: i32 = 0;
const LOG2E: i32 = 6;
const LN2_HIGH: i32 = 7;
const LN2_LOW: i32 = 8;
const ROUND: i32 = 9;
const EXP_LOWEST: i32 = 10;
const EXP_HIGHEST: i32 = 11;
const TANH_HIGHEST: i32 = 12;
const TANH_SMALL: i32 = 13;
const HALF: i32 = 14;
const ONE: i32 = 15;
const TWO: i32 = 16;
const SIGN: i32 = 17;
const SIGMOID_HIGHEST: i32 = 18;

// (2·atanh(s)/s - 2) / s² in z = s², 0 <= z <= 0.0295, fit error 3e-8 before the factor z.
const L0: f32 = 0.6666666865348816;
const L1: f32 = 0.4000012278556824;
const L2: f32 = 0.2855069041252136;
const L3: f32 = 0.23333817720413208;

const LN2_TO_15_BITS: f32 = 0.693145751953125;
const LN2_REST: f32 = 1.428606765330187e-6;

/** A number of the table in all lanes. */
function constant(index: i32): v128 {
  return v128.load32_splat(TABLE + ((<usize>index) << 2));
}

/** a + x·b, lane by lane. */
function step(a: v128, x: v128, b: v128): v128 {
  return f32x4.add(a, f32x4.mul(x, b));
}

/** Coefficients n and n + 1: E_n + r·E_{n+1}. */
function terms(n: i32, r: v128): v128 {
  return step(constant(E + n), r, constant(E + n + 1));
}

/** e^r - 1 where r + c is the reduced argument and c the rounding error of r; Estrin's scheme. */
function expm1Reduced(r: v128, c: v128): v128 {
  const z = f32x4.mul(r, r);
  const low = step(terms(0, r), z, terms(2, r));
  const all = step(low, f32x4.mul(z, z), terms(4, r));
  return f32x4.add(r, step(c, z, all));
}

/** 2^n for n in the low bits of all lanes, above which 1.5·2^23 or half of its bits may stand; -126 <= n <= 127. */
function powersOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** Functions of the four lanes of a vector. */
// biome-ignore lint/complexity/noStaticOnlyClass: only methods can be told to be inlined
export class Single {
  /** k + ROUND for x = k·ln2 + r with |r| <= ln2/2: its low bits are k. */
  @inline
  private static shift(x: v128): v128 {
    return step(constant(ROUND), x, constant(LOG2E));
  }

  /** e^r - 1 for that r. */
  @inline
  private static expm1Rest(x: v128, shifted: v128): v128 {
    const k = f32x4.sub(shifted, constant(ROUND));
    const high = f32x4.sub(x, f32x4.mul(k, constant(LN2_HIGH)));
    const low = f32x4.mul(k, constant(LN2_LOW));
    const r = f32x4.sub(high, low);
    return expm1Reduced(r, f32x4.sub(f32x4.sub(high, r), low));
  }

  /** e^x of all lanes; 0 and Infinity outside the range of f32, NaN for NaN. */
  @inline
  static exp(x: v128): v128 {
    const clamped = f32x4.pmax(f32x4.pmin(x, constant(EXP_HIGHEST)), constant(EXP_LOWEST));
    const shifted = Single.shift(clamped);
    const y = f32x4.add(constant(ONE), Single.expm1Rest(clamped, shifted));
    // Times 2^k in two steps, so that neither factor leaves the normal range.
    const half = i32x4.shr_s(shifted, 1);
    return f32x4.mul(f32x4.mul(y, powersOfTwo(half)), powersOfTwo(i32x4.sub(shifted, half)));
  }

  /**
   * E = e^(2|x|) - 1 with the sign of x, of all lanes: the first half of tanh. Where 2|x| < TANH_SMALL it is
   * 1 - e^(-2|x|), which is under TANH_SMALL too: of E, which is coarse where tanh is fine, come 2.09 ulp.
   */
  @inline
  static tanhBegin(x: v128): v128 {
    const magnitude = f32x4.pmin(f32x4.abs(x), constant(TANH_HIGHEST));
    const double = f32x4.add(magnitude, magnitude);
    const isSmall = f32x4.lt(double, constant(TANH_SMALL));
    const y = v128.xor(double, v128.and(isSmall, constant(SIGN)));
    const shifted = Single.shift(y);
    const scale = powersOfTwo(shifted);
    const p = f32x4.mul(scale, Single.expm1Rest(y, shifted));
    return v128.bitselect(x, f32x4.add(p, f32x4.sub(scale, constant(ONE))), constant(SIGN));
  }

  /** tanh(x) = E / (2 + E), or of the small E / (2 - E), with the sign of E; NaN for NaN. */
  @inline
  static tanhEnd(signed: v128): v128 {
    const e = f32x4.abs(signed);
    const two = constant(TWO);
    const flip = v128.and(f32x4.lt(e, constant(TANH_SMALL)), constant(SIGN));
    const term = v128.xor(e, flip);
    const d = f32x4.add(two, term);
    const q = f32x4.div(e, d);
    const lost = v128.and(f32x4.lt(e, two), f32x4.sub(term, f32x4.sub(d, two)));
    const inverse = f32x4.sub(constant(HALF), f32x4.mul(constant(HALF), v128.xor(q, flip)));
    const value = f32x4.sub(q, f32x4.mul(f32x4.mul(q, lost), inverse));
    return v128.bitselect(signed, value, constant(SIGN));
  }

  /** e^-|x| with the sign of x, of all lanes: the first half of the sigmoid. */
  @inline
  static sigmoidBegin(x: v128): v128 {
    const y = v128.xor(f32x4.pmin(f32x4.abs(x), constant(SIGMOID_HIGHEST)), constant(SIGN));
    const shifted = Single.shift(y);
    const scale = powersOfTwo(shifted);
    const p = f32x4.mul(scale, Single.expm1Rest(y, shifted));
    return v128.bitselect(x, f32x4.add(scale, p), constant(SIGN));
  }

  /**
   * The sigmoid 1 / (1 + e^-x) from `sigmoidBegin`: 1 / (1 + e) above zero, e / (1 + e) below. What 1 + e
   * loses in rounding is given back to first order: 2.03 ulp without.
   */
  @inline
  static sigmoidEnd(signed: v128): v128 {
    const e = f32x4.abs(signed);
    const one = constant(ONE);
    const isBelow = i32x4.shr_s(signed, 31);
    const d = f32x4.add(one, e);
    const q = f32x4.div(v128.bitselect(e, one, isBelow), d);
    const lost = f32x4.sub(e, f32x4.sub(d, one));
    const inverse = v128.bitselect(f32x4.sub(one, q), q, isBelow);
    return f32x4.sub(q, f32x4.mul(f32x4.mul(q, lost), inverse));
  }
}

/** Natural logarithm; -Infinity for 0, NaN below 0 and for NaN. */
export function log(x: f32): f32 {
  if (!(x > 0)) return x == 0 ? -(<f32>Infinity) : <f32>NaN;
  if (x == <f32>Infinity) return x;
  let k = -127;
  let bits = reinterpret<u32>(x);
  if (bits >> 23 == 0) {
    k -= 25;
    bits = reinterpret<u32>(x * <f32>33554432.0); // subnormal: times 2^25
  }
  // Shifted so that m lands in [√½, √2).
  const high = bits + (0x3f800000 - 0x3f3504f3);
  k += <i32>(high >> 23);
  const m = reinterpret<f32>((high & 0x7fffff) + 0x3f3504f3);
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const series = z * (L0 + z * (L1 + z * (L2 + z * L3)));
  const square = <f32>0.5 * f * f;
  const kf = <f32>k;
  return kf * LN2_TO_15_BITS - (square - (s * (square + series) + kf * LN2_REST) - f);
}
