// A seed as the generator's 64-bit key.

/** Low and high 32-bit words of an integer from 0 to 2^53 - 1. */
export function splitSeed(seed: number): [low: number, high: number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32)];
}
