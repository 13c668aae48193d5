// The generator of assembly/random.ts in plain TypeScript: Philox4x32-10, uniform and normal draws.

import { splitSeed } from "../engine/seed.ts";
import { log } from "./elementary.ts";

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** High 32 bits of the 64-bit product of two unsigned words. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (carry >>> 16)) >>> 0;
}

/** Encrypts a counter, four words, with a key, two, into the four words of `to`. */
export function philox(counter: Uint32Array, key: Uint32Array, to: Uint32Array): void {
  let [c0, c1, c2, c3] = counter as unknown as [number, number, number, number];
  let [k0, k1] = key as unknown as [number, number];
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  to[0] = c0;
  to[1] = c1;
  to[2] = c2;
  to[3] = c3;
}

export class Generator {
  /** Four words: the draw's number (low, high), the stream, 0. */
  readonly counter = new Uint32Array(4);
  /** The seed. */
  readonly key = new Uint32Array(2);
  /** The last block drawn. */
  readonly block = new Uint32Array(4);

  /** Starts stream `stream` of `seed` (0 … 2^53 - 1) at its first draw. */
  constructor(seed = 0, stream = 0) {
    this.key.set(splitSeed(seed));
    this.counter[2] = stream;
  }

  /** Encrypts the counter with the key into `block`. */
  drawBlock(): void {
    philox(this.counter, this.key, this.block);
  }

  /** Uniform draw from [0, 1), 53 bits. */
  uniform(): number {
    this.#next();
    return this.#fraction(0);
  }

  /** Standard normal draw. */
  normal(): number {
    for (;;) {
      this.#next();
      const u = 2 * this.#fraction(0) - 1;
      const v = 2 * this.#fraction(2) - 1;
      const s = u * u + v * v;
      if (s < 1 && s > 0) return u * Math.sqrt((-2 * log(s)) / s);
    }
  }

  #next(): void {
    this.drawBlock();
    const { counter } = this;
    const low = ((counter[0] as number) + 1) >>> 0;
    counter[0] = low;
    if (low === 0) counter[1] = (counter[1] as number) + 1;
  }

  #fraction(word: 0 | 2): number {
    const high = (this.block[word] as number) >>> 5;
    const low = (this.block[word + 1] as number) >>> 6;
    return (high * 67108864 + low) * (1 / 9007199254740992);
  }
}
