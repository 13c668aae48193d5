// One unit along a text, large: a bar for each character, up for positive and down for negative.

import type { Look } from "../training/protocol.ts";
import { palette } from "./palette.ts";

const HALF = 24; // pixels of a bar of 1
const HEIGHT = 2 * HALF + 1;

/** Draws a unit into a canvas; nothing where there is none. A column is a character. */
export function drawTrack(
  canvas: HTMLElement,
  { characters: { length }, states }: Look,
  unit: number | undefined,
  place: number,
): void {
  if (!(canvas instanceof HTMLCanvasElement) || length === 0) return;
  if (canvas.width !== length) canvas.width = length;
  if (canvas.height !== HEIGHT) canvas.height = HEIGHT;
  const image = new ImageData(length, HEIGHT);
  const pixels = new Uint32Array(image.data.buffer);
  const colour = palette();
  for (let at = 0; at < length; at++) {
    const value = unit === undefined ? 0 : (states[unit * length + at] as number);
    const end = HALF - Math.round(value * HALF);
    for (let y = 0; y < HEIGHT; y++) {
      const isBar = y >= Math.min(HALF, end) && y <= Math.max(HALF, end);
      if (isBar && unit !== undefined) pixels[y * length + at] = colour(value);
      else if (at === place) pixels[y * length + at] = colour(0);
    }
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}
