// The units of a selected span and the other places where they are on, found and put into words.

import { type Held, placesOf, type Span, signsOf, unitsOf } from "../../trace/spans.ts";
import type { Look } from "../training/protocol.ts";
import { cited, unitName } from "./format.ts";

const MOST_NAMED = 12; // units

export interface Alike {
  readonly held: readonly Held[];
  readonly places: readonly Span[];
  readonly words: string;
}

const NOTHING: Alike = {
  held: [],
  places: [],
  words:
    "Drag over the text, or use shift and the arrow keys, to find the units that are on just there.",
};

export function alike(
  look: Look | undefined,
  span: Span | undefined,
  { H, layers = 1 }: { readonly H: number; readonly layers?: number },
): Alike {
  if (!look || !span) return NOTHING;
  const { length } = look.characters;
  const signs = signsOf(look.states, length);
  const held = unitsOf(signs, length, span);
  const places = placesOf(signs, length, held, span);
  const text = `“${cited(look.characters.slice(span.from, span.to).join(""))}”`;
  if (held.length === 0) {
    return { held, places, words: `No unit is on throughout ${text} and off beside it.` };
  }
  const named = held
    .slice(0, MOST_NAMED)
    .map(({ unit, sign }) => `${unitName(unit, H, layers)} (${sign > 0 ? "+" : "−"})`);
  const more = held.length - named.length;
  const list = `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const others = places.length === 1 ? "1 other place" : `${places.length} other places`;
  const them = held.length === 1 ? "It is on" : "They are on together";
  const words = `On throughout ${text} and off beside it: ${list}. ${them} at ${others} here, underlined.`;
  return { held, places, words };
}
