// Hands out linear memory, one buffer after the other, each on a line of its own with its guard
// behind it. Nothing is ever given back.

import { rank, ranks } from "./dimensions";
import { addGuard, clearGuards, GUARD } from "./guards";
import { LANES } from "./real";

const ALIGNMENT: u64 = 64;

let end: u64 = 0; // first free byte

/** Starts anew, with a guard before the first buffer. */
export function startTaking(): void {
  end = (<u64>__heap_base + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  clearGuards();
  take(0);
}

/** Takes a buffer of `bytes` bytes. @returns its address. */
export function take(bytes: u64): usize {
  const address = <usize>end;
  end += bytes;
  addGuard(<usize>end);
  end = (end + GUARD + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  return address;
}

/** Takes a buffer of numbers, so many that it can be walked in vectors. */
export function takeNumbers(count: u64): usize {
  return take(((count + LANES - 1) & ~(<u64>LANES - 1)) << alignof<real>());
}

/** Takes a buffer of f64. */
export function takeDoubles(count: u64): usize {
  return take(((count + 1) & ~1) << 3);
}

/** A buffer of numbers for each rank. @returns the address of this rank's. */
export function takeForRank(count: u64): usize {
  const bytes = ((count << alignof<real>()) + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  return take(bytes * <u64>ranks) + <usize>(bytes * <u64>rank);
}

/** The first byte behind all that was taken. */
export function taken(): u64 {
  return end;
}
