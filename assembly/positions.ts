// Activations of a span of times as panels over positions, for the weight gradients. The layouts are drawn
// in panel.ts.

import { B } from "./dimensions";
import { at, getVector, rowOf, setVector, transpose } from "./memory";
import { LANES, PANEL, roundDown } from "./real";

/**
 * Units `from` … `to` - 1 of the rows of `times` times, [B][units] each and `step` bytes apart, to panels
 * over positions, [units/4][…][4], `stride` elements from panel to panel; `panels` is where the first
 * position stands in panel 0. `from` begins a panel.
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
    packTime(rows + <usize>t * step, units, from, to, at(panels, PANEL * t * B), stride);
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
  for (let i = from; i < to; i += PANEL) {
    let panel = at(panels, (i / PANEL) * stride);
    let row = at(rows, i);
    for (let t = 0; t < times; t++) {
      setVector(panel, 0, getVector(row, 0));
      setVector(panel, LANES, getVector(row, LANES));
      panel = at(panel, PANEL);
      row += step;
    }
  }
}

/** A block of rows, [PANEL units][PANEL rows], to [rows][units]. */
function transposeBlock(block: usize, to: usize): void {
  transpose(block, at(block, PANEL), at(block, 2 * PANEL), at(block, 3 * PANEL), to);
  if (PANEL == 4) return;
  const rest = at(block, 4 * PANEL);
  transpose(rest, at(rest, PANEL), at(rest, 2 * PANEL), at(rest, 3 * PANEL), at(to, 4));
}

/** `packTimes` for one time. */
function packTime(rows: usize, units: i32, from: i32, to: i32, panels: usize, stride: i32): void {
  const blocked = roundDown(B);
  for (let i = from; i < to; i += PANEL) {
    let panel = at(panels, (i / PANEL) * stride);
    for (let b = 0; b < blocked; b += PANEL) {
      const block = at(rowOf(rows, b, units), PANEL * i);
      transposeBlock(block, panel);
      panel = at(panel, PANEL * PANEL);
    }
    for (let b = blocked; b < B; b++) {
      const row = rowOf(rows, b, units);
      setVector(panel, 0, getVector(row, i));
      setVector(panel, LANES, getVector(row, i + LANES));
      panel = at(panel, PANEL);
    }
  }
}
