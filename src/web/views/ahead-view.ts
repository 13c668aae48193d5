// Where, behind the window, the units of a span are on together again: a button for each of the first
// places, which brings the window there.

import type { Found } from "../training/protocol.ts";
import { find, make, setText } from "./elements.ts";
import { count, glyph } from "./format.ts";

/** Shows what was found; nothing where nothing was looked for. */
export function showAhead(found: Found | undefined, go: (from: number) => void): void {
  const times = found?.count === 1 ? "once" : `${count(found?.count ?? 0)} times`;
  const many = found && found.count > found.places.length ? "; the first:" : ".";
  const said = found && `In the ${count(found.read)} characters behind the window: ${times}${many}`;
  setText(find("ahead-said"), found && found.read > 0 ? (said ?? "") : "");
  const buttons = (found?.places ?? []).map(({ from, before, text, after }) => {
    const shown = (part: string): string => [...part].map(spaced).join("");
    const button = make("button", "plain", shown(before), make("b", "", shown(text)), shown(after));
    button.type = "button";
    button.addEventListener("click", () => go(from));
    return button;
  });
  find("ahead").replaceChildren(...buttons);
}

function spaced(character: string): string {
  return character === "\n" ? "↵" : character === " " ? " " : glyph(character);
}
