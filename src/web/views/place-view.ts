// One character of a text: what was expected in its place, what the cells hold after it, and what is
// expected next.

import { partNames } from "../training/parts.ts";
import type { Look, Reached, RunFacts } from "../training/protocol.ts";
import { TOP } from "../training/protocol.ts";
import { find, make, makeToken, setText } from "./elements.ts";
import { number, tokenName } from "./format.ts";
import { HeatMap, roundScale } from "./heat-map.ts";

export class PlaceView {
  readonly #strips = find("place-strips");
  readonly #value = find("strip-value");
  #facts: RunFacts | undefined;
  #maps: HeatMap[] = [];
  #reached: Reached | undefined;
  /** The cell of a strip that is pointed at. */
  #pointed: { readonly part: number; readonly unit: number } | undefined;

  /** A run has started: strips for the parts of its cells. */
  begin(facts: RunFacts): void {
    const { H, layers = 1 } = facts.shape;
    this.#facts = facts;
    this.#reached = this.#pointed = undefined;
    this.#strips.replaceChildren();
    this.#maps = partNames(facts.shape).map((name, part) => {
      const map = new HeatMap({
        label: `${name}, after the character`,
        ...{ rows: layers, columns: H },
        point: (cell) => {
          this.#pointed = cell && { part, unit: cell.row * H + cell.column };
          this.#showValue();
        },
      });
      this.#strips.append(make("div", "strip", make("span", "small", name), map.element));
      return map;
    });
    this.#showValue();
  }

  /** The bars of a place. */
  show(look: Look, place: number): void {
    const name = `“${tokenName(look.characters[place])}”`;
    const target = look.characters[place + 1];
    setText(find("expected-here-title"), `In place of ${name} it expected`);
    setText(find("expected-next-title"), `After ${name} it expects`);
    this.#showBars("expected-here", look, place - 1, look.characters[place]);
    this.#showBars("expected-next", look, place, target);
    setText(find("place-said"), saidOf(look, place));
  }

  /** The strips of a place. */
  showCells(reached: Reached): void {
    this.#reached = reached;
    for (const [part, { name, values }] of reached.parts.entries()) {
      this.#maps[part]?.show(values, name.startsWith("c,") ? roundScale(values) : 1);
    }
    this.#showValue();
  }

  /** After the colour scheme has changed. */
  redraw(): void {
    for (const map of this.#maps) map.redraw();
  }

  #showBars(id: string, look: Look, place: number, target: string | undefined): void {
    const rows = Array.from({ length: Math.min(TOP, this.#facts?.shape.V ?? 0) }, (_, i) => {
      if (place < 0) return make("div", "bar", "–");
      const probability = look.topProbabilities[place * TOP + i] as number;
      const character = this.#facts?.characters[look.topIds[place * TOP + i] as number];
      const fill = make("span", "fill");
      fill.style.setProperty("--share", probability.toFixed(4));
      const value = make("span", "value", probability.toFixed(2));
      const kind = character === target ? "bar target" : "bar";
      return make("div", kind, makeToken("token", character), fill, value);
    });
    find(id).replaceChildren(...rows);
  }

  #showValue(): void {
    const { H = 1, layers = 1 } = this.#facts?.shape ?? {};
    const part = this.#pointed && this.#reached?.parts[this.#pointed.part];
    const unit = this.#pointed?.unit ?? 0;
    const value = part?.values[unit] ?? 0;
    const scaled = part?.name.startsWith("c,") ? `; full colour is ${roundScale(part.values)}` : "";
    const said = part && `${part.name}, ${unitName(unit, H, layers)}: ${number(value)}${scaled}`;
    setText(this.#value, said ?? "Point at a strip to read its numbers.");
  }
}

/** A unit in words; units are numbered through all layers. */
export function unitName(unit: number, H: number, layers: number): string {
  return `${layers > 1 ? `layer ${Math.floor(unit / H)}, ` : ""}unit ${unit % H}`;
}

/** What a character cost. */
function saidOf(look: Look, place: number): string {
  const name = `“${tokenName(look.characters[place])}”`;
  const where = `${name}, character ${place + 1} of ${look.characters.length}`;
  if (place === 0) return `${where}: the first, before which it had read nothing.`;
  const loss = number(look.losses[place] as number);
  return `${where}: it had given it ${number(look.expected[place] as number)}, so the loss is ${loss}.`;
}
