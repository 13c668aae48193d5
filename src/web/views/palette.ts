// The colours of values from -1 to 1 as whole pixels, looked up: for pictures of thousands of cells that
// are drawn while a run goes on.

import { colourOf } from "./heat-map.ts";

const STEPS = 255; // to either side of zero
const OPAQUE = 255;

/** A pixel of these channels, as an image has it: memory holds the red one first. */
function pixelOf([red, green, blue]: readonly [number, number, number]): number {
  const bytes = Uint8ClampedArray.of(red, green, blue, OPAQUE);
  return new Uint32Array(bytes.buffer)[0] as number;
}

/** The colours of the scheme that there is. */
export function palette(): (value: number) => number {
  const pixels = Uint32Array.from({ length: 2 * STEPS + 1 }, (_, i) =>
    pixelOf(colourOf((i - STEPS) / STEPS)),
  );
  return (value) => pixels[Math.round(Math.max(-1, Math.min(1, value)) * STEPS) + STEPS] as number;
}
