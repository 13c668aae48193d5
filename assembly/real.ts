// What a number of the core is: f64, or f32 where the build defines `real` so (src/node/build-core.js). A
// vector holds LANES of them, and a panel (panel.ts) is two vectors wide.

/** Bytes of a number. */
export const REAL: i32 = sizeof<real>();
/** Numbers of a vector. */
export const LANES: i32 = 16 / REAL;
/** Rows of a panel, 4 or 8: what layouts are rounded up to, and units of work that ranks share. */
export const PANEL: i32 = 2 * LANES;

/** The multiple of a vector's numbers before. */
export function wholeVectors(n: i32): i32 {
  return n & ~(LANES - 1);
}

/** The next multiple of a panel's rows. */
export function roundUp(n: i32): i32 {
  return (n + PANEL - 1) & ~(PANEL - 1);
}

/** The multiple of a panel's rows before. */
export function roundDown(n: i32): i32 {
  return n & ~(PANEL - 1);
}
