// Reads on behind a window to find where units are on together as they are in a span of it.

import { cellOf } from "../../engine/cells.ts";
import type { Engine } from "../../engine/engine.ts";
import { type Held, ON, placesOf, type Span } from "../../trace/spans.ts";

const NOWHERE: Span = { from: -1, to: -1 };

/** What is looked for: units, and the largest size that each has in the window. */
export interface Wanted {
  readonly held: readonly Held[];
  readonly largest: readonly number[];
}

/** The spans of `ahead`, which follows `read`, in which those are on. `engine`: T 1, B 1, of those weights. */
export function placesAhead(
  engine: Engine,
  read: Int32Array,
  ahead: Int32Array,
  { held, largest }: Wanted,
): Span[] {
  const { H } = engine.shape;
  const { parts } = cellOf(engine.shape);
  const signs = new Int8Array(held.length * ahead.length);
  engine.state.fill(0);
  for (let i = 0; i < read.length + ahead.length; i++) {
    const at = i - read.length;
    engine.inputs[0] = (at < 0 ? read[i] : ahead[at]) as number;
    engine.evaluate(i > 0);
    for (const [k, { unit }] of held.entries()) {
      const value = engine.state[Math.floor(unit / H) * parts * H + (unit % H)] as number;
      const isOn = at >= 0 && Math.abs(value) > ON * (largest[k] as number);
      if (isOn) signs[k * ahead.length + at] = Math.sign(value);
    }
  }
  const rows = held.map(({ sign }, unit) => ({ unit, sign }));
  return placesOf(signs, ahead.length, rows, NOWHERE);
}
