// Activations of a span of times as panels over positions, for the weight gradients. The layouts are drawn
// in panel.ts.

import { B } from "./dimensions";
import { at, getPair, rowOf, setPair, transpose } from "./memory";

/**
 * Units `from` … `to` - 1 of the rows of `times` times, [B][units] each and `step` bytes apart, to panels
 * over positions, [units/4][…][4], `stride` elements from panel to panel; `panels` is where the first
 * position stands in panel 0. `from` is a multiple of four.
 */
export function packTimes(
  rows: usize,
  step: usize,
  times: i32,
  units: i32,
  from: i32,
  to: i32,
  panels: usize,
  stride: i32,
): void {
  if (B == 1) {
    packSingle(rows, step, times, from, to, panels, stride);
    return;
  }
  for (let t = 0; t < times; t++)
    packTime(rows + <usize>t * step, units, from, to, at(panels, 4 * t * B), stride);
}

/** `packTimes` where a time is one row. */
function packSingle(
  rows: usize,
  step: usize,
  times: i32,
  from: i32,
  to: i32,
  panels: usize,
  stride: i32,
): void {
  for (let i = from; i < to; i += 4) {
    let panel = at(panels, (i >> 2) * stride);
    let row = at(rows, i);
    for (let t = 0; t < times; t++) {
      setPair(panel, 0, getPair(row, 0));
      setPair(panel, 2, getPair(row, 2));
      panel = at(panel, 4);
      row += step;
    }
  }
}

/** The same for one time. */
function packTime(rows: usize, units: i32, from: i32, to: i32, panels: usize, stride: i32): void {
  const blocked = B & ~3;
  for (let i = from; i < to; i += 4) {
    let panel = at(panels, (i >> 2) * stride);
    for (let b = 0; b < blocked; b += 4) {
      const block = at(rowOf(rows, b, units), 4 * i);
      transpose(block, at(block, 4), at(block, 8), at(block, 12), panel);
      panel = at(panel, 16);
    }
    for (let b = blocked; b < B; b++) {
      const row = rowOf(rows, b, units);
      setPair(panel, 0, getPair(row, i));
      setPair(panel, 2, getPair(row, i + 2));
      panel = at(panel, 4);
    }
  }
}
