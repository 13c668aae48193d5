// What the numbers of a model are: f64, or f32, half as large and twice as many in a vector.

import { DataError } from "../outside/errors.ts";
import type { Precision } from "../settings/config.ts";
import type { Network } from "./cells.ts";

export type { Precision };

/** An array of numbers of either precision. */
export type Reals = Float64Array | Float32Array;

export function precisionOf({ precision = "f64" }: Network): Precision {
  return precision;
}

/** The kind of array that holds numbers of a precision. */
export function realsOf(network: Network): Float64ArrayConstructor | Float32ArrayConstructor {
  return precisionOf(network) === "f64" ? Float64Array : Float32Array;
}

/** Rounds a number to a precision. */
export function roundingOf(network: Network): (x: number) => number {
  return precisionOf(network) === "f64" ? Number : Math.fround;
}

/** The numbers as f64, which holds those of either precision: the array itself, or a copy. */
export function asDoubles(numbers: Reals): Float64Array {
  return numbers instanceof Float64Array ? numbers : Float64Array.from(numbers);
}

/** @throws {DataError} unless a shape's numbers are of this precision, the only one there is here. */
export function expectPrecision(shape: Network, precision: Precision): void {
  if (precisionOf(shape) === precision) return;
  throw new DataError(
    `precision: expected ${precision}, got ${precisionOf(shape)}; make the engine of that precision`,
  );
}
