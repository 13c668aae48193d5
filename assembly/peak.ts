// The kernel alone, for the benchmark.

import { B, Hq, spanTimes } from "./dimensions";
import { dSlotPanels, hiddenPanels, scratch } from "./layout";
import { at, clear } from "./memory";
import { TILE, wideTiles } from "./panel";
import { PANEL } from "./real";

// Panels whose addresses are closer than 448 bytes modulo 4096 cost the kernel alone 15 to 40 % (Zen 4;
// in a whole step it makes no difference), so its peak is taken with each half a kilobyte off the one before.
const APART: i32 = 512 / sizeof<real>();

/** Runs the kernel `calls` times on the same panels of a span. @returns the operations done. */
export function runKernel(calls: i32): f64 {
  const depth = spanTimes * B;
  const panel = at(hiddenPanels, APART);
  const beside = Hq > PANEL ? at(panel, PANEL * depth + APART) : panel;
  clear(scratch, 2 * TILE);
  for (let i = 0; i < calls; i++)
    wideTiles(dSlotPanels, panel, beside, scratch, at(scratch, TILE), PANEL, depth);
  return 4 * <f64>TILE * <f64>depth * <f64>calls;
}
