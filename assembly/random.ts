// Seeded generator: Philox4x32-10 (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy
// as 1, 2, 3", SC11). Counter-based: draw number n of a stream is a function of (seed, stream, n)
// alone, so its whole state is one counter. Uniform: 53 bits. Normal: Marsaglia & Bray's polar
// method (1964), one number a pair, so that no second number waits in the state.
// State stands in `generator` (layout.ts); one draw uses one block.

import { log } from "./elementary/double";
import { generator } from "./layout";
import { getWord, setWord, wordAt } from "./memory";
import { BLOCK, COUNTER, KEY, STREAM } from "./words";

const MULTIPLIER_0: u64 = 0xd2511f53;
const MULTIPLIER_1: u64 = 0xcd9e8d57;
const WEYL_0: u32 = 0x9e3779b9;
const WEYL_1: u32 = 0xbb67ae85;
const ROUNDS: i32 = 10;

/** Starts stream `stream` of a 64-bit seed at its first draw. */
export function seed(low: u32, high: u32, stream: u32): void {
  for (let i = 0; i < KEY; i++) setWord(generator, COUNTER + i, 0);
  setWord(generator, STREAM, stream);
  setWord(generator, KEY, low);
  setWord(generator, KEY + 1, high);
}

/** Encrypts a counter with a key into the four words at `to`. */
export function philox(
  to: usize,
  c0: u32,
  c1: u32,
  c2: u32,
  c3: u32,
  keyLow: u32,
  keyHigh: u32,
): void {
  let k0 = keyLow;
  let k1 = keyHigh;
  for (let round = 0; round < ROUNDS; round++) {
    const p0 = MULTIPLIER_0 * <u64>c0;
    const p1 = MULTIPLIER_1 * <u64>c2;
    c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
    c1 = <u32>p1;
    c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
    c3 = <u32>p0;
    k0 += WEYL_0;
    k1 += WEYL_1;
  }
  setWord(to, 0, c0);
  setWord(to, 1, c1);
  setWord(to, 2, c2);
  setWord(to, 3, c3);
}

/** Encrypts the generator's counter with its key into its `block`. */
export function drawBlock(): void {
  philox(
    wordAt(generator, BLOCK),
    getWord(generator, COUNTER),
    getWord(generator, COUNTER + 1),
    getWord(generator, COUNTER + 2),
    getWord(generator, COUNTER + 3),
    getWord(generator, KEY),
    getWord(generator, KEY + 1),
  );
}

/** Draws the next block. */
function next(): void {
  drawBlock();
  const low = getWord(generator, COUNTER) + 1;
  setWord(generator, COUNTER, low);
  if (low == 0) setWord(generator, COUNTER + 1, getWord(generator, COUNTER + 1) + 1);
}

/** 53 random bits of two words of the block, in [0, 1). */
function fraction(word: i32): f64 {
  const high = <f64>(getWord(generator, BLOCK + word) >> 5);
  const low = <f64>(getWord(generator, BLOCK + word + 1) >> 6);
  return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0);
}

/** Uniform draw from [0, 1). */
export function uniform(): f64 {
  next();
  return fraction(0);
}

/** Standard normal draw. */
export function normal(): f64 {
  while (true) {
    next();
    const u = 2 * fraction(0) - 1;
    const v = 2 * fraction(2) - 1;
    const s = u * u + v * v;
    if (s < 1 && s > 0) return u * sqrt((-2 * log(s)) / s);
  }
}
