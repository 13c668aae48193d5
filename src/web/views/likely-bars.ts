// The likeliest tokens after a place, as bars.

import type { RunFacts } from "../training/protocol.ts";
import { TOP } from "../training/protocol.ts";
import { make, makeToken } from "./elements.ts";

interface Likeliest {
  readonly topIds: Int32Array;
  readonly topProbabilities: Float64Array;
}

/** A bar for each of the likeliest tokens after `place`, that of `target` marked; empty ones before the first. */
export function makeLikelyBars(
  { shape, characters }: RunFacts,
  { topIds, topProbabilities }: Likeliest,
  { place, target }: { readonly place: number; readonly target?: string | undefined },
): HTMLElement[] {
  return Array.from({ length: Math.min(TOP, shape.V) }, (_, i) => {
    if (place < 0) return make("div", "bar", "–");
    const probability = topProbabilities[place * TOP + i] as number;
    const character = characters[topIds[place * TOP + i] as number];
    const fill = make("span", "fill");
    fill.style.setProperty("--share", probability.toFixed(4));
    const value = make("span", "value", probability.toFixed(2));
    const kind = target !== undefined && character === target ? "bar target" : "bar";
    return make("div", kind, makeToken("token", character), fill, value);
  });
}
