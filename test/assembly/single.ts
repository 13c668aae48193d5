// How far the f32 functions are from the exact ones. f64's own, of the platform, are within some 1e-16 of
// these, a billionth of what an f32 can tell; they too are checked, in elementary.test.ts and by exact.ts.

import { instantiateCore } from "../../src/wasm/instantiate.ts";
import { coreBytes } from "../support.ts";

export const SINGLE = {
  exp: { limit: 1, exact: Math.exp },
  log: { limit: 1, exact: Math.log },
  tanh: { limit: 2, exact: Math.tanh },
  // Below -87 it is that of -87: what is lost is under 2e-38.
  sigmoid: { limit: 2, exact: (x: number) => 1 / (1 + Math.exp(-Math.max(x, -87))) },
} as const;
export type SingleName = keyof typeof SINGLE;
export const SINGLE_NAMES = Object.keys(SINGLE) as SingleName[];

const LARGEST = 2 ** 128; // what would follow the largest f32

/** Distance of `value`, an f32, from the exact value, in distances of neighbouring f32 there. */
export function ulpsOf(value: number, exact: number): number {
  if (Number.isNaN(exact)) return Number.isNaN(value) ? 0 : Number.POSITIVE_INFINITY;
  const nearest = Math.fround(exact);
  if (!Number.isFinite(nearest) || !Number.isFinite(value)) {
    const own = Math.min(Math.max(value, -LARGEST), LARGEST);
    return Math.abs(own - Math.min(Math.max(exact, -LARGEST), LARGEST)) / 2 ** 104;
  }
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(exact))), -126);
  return Math.abs(value - exact) / 2 ** (exponent - 23);
}

/** The f32 core's functions. */
export async function singleCore(): Promise<Record<SingleName, (x: number) => number>> {
  return instantiateCore(await coreBytes("f32-release"));
}
