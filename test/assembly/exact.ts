// exp, log, tanh and the sigmoid of an f64 to 45 digits and more, in whole numbers: what the elementary functions
// are measured against. Some twenty times quicker than decimals, which check them in turn.

const BITS = 200n; // behind the point
const ONE = 1n << BITS;
const HALVINGS = 10n;

/** mantissa · 2^exponent. */
export interface Exact {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const view = new DataView(new ArrayBuffer(8));

/** A finite f64 as it is. */
export function exactOf(x: number): Exact {
  view.setFloat64(0, x);
  const word = view.getBigUint64(0);
  const exponent = Number((word >> 52n) & 0x7ffn);
  const mantissa = (word & 0xfffffffffffffn) | (exponent ? 1n << 52n : 0n);
  return { mantissa: x < 0 ? -mantissa : mantissa, exponent: (exponent || 1) - 1075 };
}

/** How far `x` is from the exact value, in distances of neighbouring f64 there. */
export function ulpsFrom(x: number, exact: Exact): number {
  const own = exactOf(x);
  const low = Math.min(own.exponent, exact.exponent);
  const difference =
    shift(own.mantissa, own.exponent - low) - shift(exact.mantissa, exact.exponent - low);
  const { length } = magnitude(exact.mantissa).toString(2);
  const ulp = Math.max(exact.exponent + length - 53, -1074); // its power of two
  // To 2^-40 ulp, which is what a number can tell.
  return Number(shift(magnitude(difference), low - ulp + 40)) / 2 ** 40;
}

export const EXACT = { exp, log, tanh, sigmoid };

function exp(x: number): Exact {
  return expOf(fixed(exactOf(x)));
}

/** 1 / (1 + e^-x). */
function sigmoid(x: number): Exact {
  const { mantissa, exponent } = exp(-x);
  const [one, e] =
    exponent < 0 ? [1n << BigInt(-exponent), mantissa] : [1n, mantissa << BigInt(exponent)];
  const digits = Number(BITS) + (one + e).toString(2).length;
  return { mantissa: (one << BigInt(digits)) / (one + e), exponent: -digits };
}

function log(x: number): Exact {
  const { mantissa, exponent } = exactOf(x);
  const { length } = mantissa.toString(2);
  const part = shift(mantissa, Number(BITS) + 1 - length); // 1 to 2
  // From a guess, whatever it is good for, a step of Halley's: ln p = g + 2 artanh((p - e^g) / (p + e^g)).
  const guess = fixed(exactOf(Math.log(Number(part >> (BITS - 52n)) / 2 ** 52)));
  const power = fixed(expOf(guess));
  const t = ((part - power) << BITS) / (part + power);
  const ln = guess + 2n * t + (2n * ((t * t * t) >> (2n * BITS))) / 3n;
  return { mantissa: ln + BigInt(exponent + length - 1) * LN2, exponent: -Number(BITS) };
}

function tanh(x: number): Exact {
  const { mantissa, exponent } = exactOf(x);
  if (Math.abs(x) < 2 ** -30) {
    const cube = shift((mantissa ** 3n) << BITS, 2 * exponent); // the next term is below 2^-120 of it
    return { mantissa: (mantissa << BITS) - cube / 3n, exponent: exponent - Number(BITS) };
  }
  const power = fixed(expOf(2n * fixed({ mantissa, exponent })));
  return { mantissa: ((power - ONE) << BITS) / (power + ONE), exponent: -Number(BITS) };
}

/** e^x = 2^k e^r, and e^r = (e^(r / 2^n))^(2^n) by Taylor's series. */
function expOf(x: bigint): Exact {
  const k = x / LN2;
  const r = (x - k * LN2) >> HALVINGS;
  let sum = ONE;
  let term = ONE;
  for (let i = 1n; term !== 0n; i++) {
    term = ((term * r) >> BITS) / i;
    sum += term;
  }
  for (let i = 0; i < HALVINGS; i++) sum = (sum * sum) >> BITS;
  return { mantissa: sum, exponent: Number(k - BITS) };
}

/** ln 2 = Σ 1 / (k 2^k). */
const LN2 = Array.from(
  { length: Number(BITS) },
  (_, i) => (ONE >> BigInt(i + 1)) / BigInt(i + 1),
).reduce((sum, term) => sum + term);

/** In units of 2^-BITS, what is smaller cut off. */
function fixed({ mantissa, exponent }: Exact): bigint {
  return shift(mantissa, exponent + Number(BITS));
}

function shift(value: bigint, by: number): bigint {
  return by >= 0 ? value << BigInt(by) : value >> BigInt(-by);
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}
