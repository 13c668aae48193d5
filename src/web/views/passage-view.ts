// A text character by character: coloured, with bars below the letters, a place that is pointed at and a
// span that is selected, by mouse, finger and keys.

import type { Span } from "../../trace/spans.ts";
import { make, setText } from "./elements.ts";
import { glyph } from "./format.ts";
import { inkOn } from "./ink.ts";

export interface PassageListener {
  point(place: number, byKey: boolean): void;
  /** Undefined: of no more than one character. */
  select(span: Span | undefined): void;
}

const MOVES: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  Home: -1e9,
  End: 1e9,
};

export class PassageView {
  readonly #element: HTMLElement;
  readonly #listener: PassageListener;
  readonly #spans: HTMLElement[] = [];
  #place = 0;
  /** Where the selection began. */
  #anchor: number | undefined;
  #isDragging = false;

  constructor(element: HTMLElement, listener: PassageListener) {
    this.#element = element;
    this.#listener = listener;
    element.tabIndex = 0;
    this.#hearPointer();
    this.#hearKeys();
  }

  /** Shows these characters, in the elements that there are. */
  show(characters: readonly string[]): void {
    while (this.#spans.length < characters.length) this.#spans.push(make("span"));
    const spans = this.#spans.slice(0, characters.length);
    for (const [place, span] of spans.entries())
      setText(span, shownAs(characters[place] as string));
    if (this.#element.childElementCount !== spans.length) this.#element.replaceChildren(...spans);
  }

  /** Each character's ground; none where it has no colour. */
  colour(colours: readonly (readonly number[] | undefined)[]): void {
    for (const [place, colour] of colours.entries()) {
      const { style } = this.#spans[place] as HTMLElement;
      write(style, "background-color", colour ? `rgb(${colour.join(", ")})` : "");
      write(style, "color", colour ? inkOn(colour) : "");
    }
  }

  /** Bars below the letters, from 0 to 1. */
  bars(shares: readonly number[]): void {
    for (const [place, span] of this.#spans.entries()) {
      const share = shares[place] ?? 0;
      write(span.style, "--bar", share > 0 ? share.toFixed(3) : "");
    }
  }

  /** Marks the place, the span and places like it. */
  mark(place: number, span: Span | undefined, alike: readonly Span[]): void {
    this.#place = place;
    const isIn = (one: Span, at: number): boolean => at >= one.from && at < one.to;
    for (const [at, { classList }] of this.#spans.entries()) {
      classList.toggle("pointed", at === place);
      classList.toggle("selected", span !== undefined && isIn(span, at));
      classList.toggle(
        "alike",
        alike.some((one) => isIn(one, at)),
      );
    }
  }

  #hearPointer(): void {
    const element = this.#element;
    const placeAt = ({ clientX, clientY }: PointerEvent): number => {
      const target = document.elementFromPoint(clientX, clientY);
      return target?.parentElement === element ? this.#spans.indexOf(target as HTMLElement) : -1;
    };
    element.addEventListener("pointerdown", (event) => {
      const place = placeAt(event);
      if (place < 0) return;
      this.#isDragging = true;
      this.#anchor = place;
      this.#listener.select(undefined);
      this.#listener.point(place, false);
    });
    element.addEventListener("pointermove", (event) => {
      const place = placeAt(event);
      if (place < 0 || place === this.#place) return;
      if (this.#isDragging) this.#select(place);
      this.#listener.point(place, false);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      addEventListener(end, () => {
        this.#isDragging = false;
      });
    }
  }

  #hearKeys(): void {
    const element = this.#element;
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#listener.select(undefined);
      const move = MOVES[event.key];
      if (move === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      const last = element.childElementCount - 1;
      const place = Math.max(0, Math.min(last, this.#place + move));
      if (!event.shiftKey) this.#anchor = undefined;
      else {
        this.#anchor ??= this.#place;
        this.#select(place);
      }
      this.#listener.point(place, true);
      element.children[place]?.scrollIntoView({ block: "nearest" });
    });
  }

  /** From the anchor to a place, both included. */
  #select(place: number): void {
    const anchor = this.#anchor ?? place;
    const span = { from: Math.min(anchor, place), to: Math.max(anchor, place) + 1 };
    this.#listener.select(span.to - span.from > 1 ? span : undefined);
  }
}

/** A character where it can be seen and pointed at, with the line's end that it makes. */
function shownAs(character: string): string {
  if (character === "\n") return "↵\n";
  return character === " " ? " " : glyph(character);
}

/** Writes a property where it differs. */
function write(style: CSSStyleDeclaration, name: string, value: string): void {
  if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
}
