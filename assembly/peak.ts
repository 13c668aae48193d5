// The kernel alone, for the benchmark.

import { B, spanTimes } from "./dimensions";
import { dSlotPanels, hiddenPanels, scratch } from "./layout";
import { at } from "./memory";
import { TILE, tile } from "./panel";

const QUAD: i32 = 4;
// Panels whose addresses are closer than 448 bytes modulo 4096 cost the kernel alone 15 % (Zen 4;
// in a whole step it makes no difference), so its peak is taken with one half a kilobyte off.
const APART: i32 = 64;

/** Runs the kernel `calls` times on the same two panels of a span. @returns the operations done. */
export function runKernel(calls: i32): f64 {
  const depth = spanTimes * B;
  const panel = at(hiddenPanels, APART);
  memory.fill(scratch, 0, at(0, TILE));
  for (let i = 0; i < calls; i++) tile(dSlotPanels, panel, scratch, QUAD, depth);
  return 2 * <f64>TILE * <f64>depth * <f64>calls;
}
