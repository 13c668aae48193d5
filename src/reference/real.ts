// What a number of the reference is: f64 here. The build makes a second reference, in src/reference-f32/,
// of these same files, with real-f32.ts in this one's place; there each operation of an expression that is
// noted `(…) as Real` is rounded. In f64 there is nothing to round, and the note costs nothing: a call in its
// place cost a fifth of a step. A store into `Reals` rounds by itself.

export { exp, log, sigmoid, tanh } from "./elementary.ts";

export const PRECISION = "f64";
/** Arrays of such numbers. */
export const Reals = Float64Array;
export type Reals = Float64Array;
/** A number that is rounded to the precision. */
export type Real = number;

/** The nearest such number. */
export function real(x: number): Real {
  return x;
}
