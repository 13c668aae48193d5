// exp, log, tanh and the sigmoid in f64, our own so that every engine gives the same bits.
// exp, tanh and sigmoid take two numbers at once and have no branch; inline, since V8 joins two such pairs
// to 256 bits only where no call stands between them (docs/design.md). Errors measured in
// test/assembly/elementary.test.ts: exp and log under 1 ulp, tanh under 2, sigmoid under 3.
//
// exp, tanh, sigmoid: x = k·ln2 + r with |r| <= ln2/2 (Cody & Waite 1980), e^r by a polynomial.
// log: x = 2^k·m, log m by s = f/(2+f), f = m-1 (the algorithm of fdlibm's e_log.c, Sun 1993).
// Coefficients: Chebyshev fits computed with 50 digits, rounded to f64.

// What the pairs use stands in memory: V8 builds a vector constant anew, from several instructions,
// at each use (a fifth slower, measured).
const TABLE: usize = memory.data<f64>([
  // (e^r - 1 - r) / r² in powers of r on |r| <= ln2/2, fit error 1.4e-18
  0.5,
  0.1666666666666667,
  0.04166666666666667,
  0.008333333333326141,
  0.0013888888888883752,
  0.00019841269874800512,
  2.4801587325533377e-5,
  2.7557255425720897e-6,
  2.75572736613304e-7,
  2.510520638458724e-8,
  2.091467938417506e-9,
  1.4426950408889634, // log2(e)
  0.6931471805598903, // ln2 to 42 bits: k times it is exact for |k| < 2^11
  5.497923018708371e-14, // the rest of ln2
  6755399441055744.0, // 1.5·2^52: adding it leaves the nearest integer in the low bits
  -746, // e^x is 0 below
  710, // e^x is Infinity above
  20, // tanh is 1 above
  0.5,
  1,
  2,
  -0.0,
  708, // the sigmoid of what is below -708 is that of -708, 3e-308
]);
const E: i32 = 0;
const LOG2E: i32 = 11;
const LN2_HIGH: i32 = 12;
const LN2_LOW: i32 = 13;
const ROUND: i32 = 14;
const EXP_LOWEST: i32 = 15;
const EXP_HIGHEST: i32 = 16;
const TANH_HIGHEST: i32 = 17;
const HALF: i32 = 18;
const ONE: i32 = 19;
const TWO: i32 = 20;
const SIGN: i32 = 21;
const SIGMOID_HIGHEST: i32 = 22;

// (2·atanh(s)/s - 2) / s² in z = s², 0 <= z <= 0.0295, fit error 3e-16 after the factor z.
const L0: f64 = 0.666666666666667;
const L1: f64 = 0.39999999999899505;
const L2: f64 = 0.28571428625975515;
const L3: f64 = 0.22222211134790545;
const L4: f64 = 0.181828891255921;
const L5: f64 = 0.15331721589574307;
const L6: f64 = 0.14616449820782476;

const LN2_TO_42_BITS: f64 = 0.6931471805598903;
const LN2_REST: f64 = 5.497923018708371e-14;

/** A number of the table in both lanes. */
function constant(index: i32): v128 {
  return v128.load64_splat(TABLE + ((<usize>index) << 3));
}

/** a + x·b, lane by lane. */
function step(a: v128, x: v128, b: v128): v128 {
  return f64x2.add(a, f64x2.mul(x, b));
}

/** Coefficients n and n + 1: E_n + r·E_{n+1}. */
function terms(n: i32, r: v128): v128 {
  return step(constant(E + n), r, constant(E + n + 1));
}

/** e^r - 1 where r + c is the reduced argument and c the rounding error of r; Estrin's scheme. */
function expm1Reduced(r: v128, c: v128): v128 {
  const z = f64x2.mul(r, r);
  const zz = f64x2.mul(z, z);
  const low = step(terms(0, r), z, terms(2, r));
  const middle = step(terms(4, r), z, terms(6, r));
  const high = step(terms(8, r), z, constant(E + 10));
  return f64x2.add(r, step(c, z, step(low, zz, step(middle, zz, high))));
}

/** 2^n for n in the low words of both lanes, -1022 <= n <= 1023. */
function powersOfTwo(n: v128): v128 {
  return i64x2.shl(i32x4.add(n, i32x4.splat(1023)), 52);
}

/** Functions of the two lanes of a vector; a class, since TypeScript knows no decorated functions. */
// biome-ignore lint/complexity/noStaticOnlyClass: only methods can be told to be inlined
export class Double {
  /** k + ROUND for x = k·ln2 + r with |r| <= ln2/2: its low word is k. */
  @inline
  private static shift(x: v128): v128 {
    return step(constant(ROUND), x, constant(LOG2E));
  }

  /** e^r - 1 for that r. */
  @inline
  private static expm1Rest(x: v128, shifted: v128): v128 {
    const k = f64x2.sub(shifted, constant(ROUND));
    const high = f64x2.sub(x, f64x2.mul(k, constant(LN2_HIGH)));
    const low = f64x2.mul(k, constant(LN2_LOW));
    const r = f64x2.sub(high, low);
    return expm1Reduced(r, f64x2.sub(f64x2.sub(high, r), low));
  }

  /** e^x of both lanes; 0 and Infinity outside the range of f64, NaN for NaN. */
  @inline
  static exp(x: v128): v128 {
    const clamped = f64x2.pmax(f64x2.pmin(x, constant(EXP_HIGHEST)), constant(EXP_LOWEST));
    const shifted = Double.shift(clamped);
    const y = f64x2.add(constant(ONE), Double.expm1Rest(clamped, shifted));
    // Times 2^k in two steps, so that neither factor leaves the normal range.
    const half = i32x4.shr_s(shifted, 1);
    return f64x2.mul(f64x2.mul(y, powersOfTwo(half)), powersOfTwo(i32x4.sub(shifted, half)));
  }

  /** E = e^(2|x|) - 1 with the sign of x, of both lanes: the first half of tanh. */
  @inline
  static tanhBegin(x: v128): v128 {
    const magnitude = f64x2.pmin(f64x2.abs(x), constant(TANH_HIGHEST));
    const y = f64x2.add(magnitude, magnitude);
    const shifted = Double.shift(y);
    const scale = powersOfTwo(shifted);
    const p = f64x2.mul(scale, Double.expm1Rest(y, shifted));
    return v128.bitselect(x, f64x2.add(p, f64x2.sub(scale, constant(ONE))), constant(SIGN));
  }

  /**
   * tanh(x) = E / (E + 2), with the sign of E; NaN for NaN. What E + 2 loses in rounding is given back
   * to first order, with 1 / (E + 2) = (1 - q) / 2: 2.5 ulp without, 1.8 with. It is exact for E < 2
   * and not needed above.
   */
  @inline
  static tanhEnd(signed: v128): v128 {
    const e = f64x2.abs(signed);
    const two = constant(TWO);
    const d = f64x2.add(e, two);
    const q = f64x2.div(e, d);
    const lost = v128.and(f64x2.lt(e, two), f64x2.sub(e, f64x2.sub(d, two)));
    const inverse = f64x2.sub(constant(HALF), f64x2.mul(constant(HALF), q));
    const value = f64x2.sub(q, f64x2.mul(f64x2.mul(q, lost), inverse));
    return v128.bitselect(signed, value, constant(SIGN));
  }

  /** e^-|x| with the sign of x, of both lanes: the first half of the sigmoid. */
  @inline
  static sigmoidBegin(x: v128): v128 {
    // The sign by its bit: of f64x2.neg V8 gets 256 bits wrong (docs/design.md).
    const y = v128.xor(f64x2.pmin(f64x2.abs(x), constant(SIGMOID_HIGHEST)), constant(SIGN));
    const shifted = Double.shift(y);
    const scale = powersOfTwo(shifted);
    const p = f64x2.mul(scale, Double.expm1Rest(y, shifted));
    return v128.bitselect(x, f64x2.add(scale, p), constant(SIGN));
  }

  /** The sigmoid 1 / (1 + e^-x) from `sigmoidBegin`: 1 / (1 + e) above zero, e / (1 + e) below. */
  @inline
  static sigmoidEnd(signed: v128): v128 {
    const e = f64x2.abs(signed);
    const q = f64x2.div(constant(ONE), f64x2.add(constant(ONE), e));
    return v128.bitselect(f64x2.mul(e, q), q, i64x2.shr_s(signed, 63));
  }
}

/** e^x. */
export function exp(x: f64): f64 {
  return f64x2.extract_lane(Double.exp(f64x2.splat(x)), 0);
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
  return kf * LN2_TO_42_BITS - (square - (s * (square + series) + kf * LN2_REST) - f);
}
