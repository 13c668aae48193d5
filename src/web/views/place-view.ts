// One character of a text: what was expected in its place, what the cells hold after it, and what is
// expected next.

import { partNames } from "../training/parts.ts";
import type { Look, Reached, RunFacts } from "../training/protocol.ts";
import { find, make, setText } from "./elements.ts";
import { number, tokenName, unitName } from "./format.ts";
import { HeatMap, roundScale } from "./heat-map.ts";
import { makeLikelyBars } from "./likely-bars.ts";

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
        ...{ rows: layers, columns: H, isGate: () => name.endsWith(" gate") },
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
    const facts = this.#facts as RunFacts;
    const here = makeLikelyBars(facts, look, { place: place - 1, target: look.characters[place] });
    find("expected-here").replaceChildren(...here);
    find("expected-next").replaceChildren(...makeLikelyBars(facts, look, { place, target }));
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

/** What a character cost. */
function saidOf(look: Look, place: number): string {
  const name = `“${tokenName(look.characters[place])}”`;
  const where = `${name}, character ${place + 1} of ${look.characters.length}`;
  if (place === 0) return `${where}: the first, before which it had read nothing.`;
  const loss = number(look.losses[place] as number);
  return `${where}: it had given it ${number(look.expected[place] as number)}, so the loss is ${loss}.`;
}
