// What a number of the core is: f64, or f32 in the builds that define `real` so (asconfig.json). A vector
// holds LANES of them, and a panel (panel.ts) is two vectors wide.

/** Bytes of a number. */
export const REAL: i32 = sizeof<real>();
/** Numbers of a vector. */
export const LANES: i32 = 16 / REAL;
/** Rows of a panel, 4 or 8: what layouts are rounded up to, and units of work that ranks share. */
export const PANEL: i32 = 2 * LANES;

/** The next multiple of a panel's rows. */
export function roundUp(n: i32): i32 {
  return (n + PANEL - 1) & ~(PANEL - 1);
}

/** The multiple of a panel's rows before. */
export function roundDown(n: i32): i32 {
  return n & ~(PANEL - 1);
}
