// Which text is read, and the window in it: the source, its buttons and slider, or a line to type in.

import type { Look, LookJob, RunFacts, Source } from "../training/protocol.ts";
import { find, setText } from "./elements.ts";
import { cited, count } from "./format.ts";

const WINDOW = 160; // tokens
const NARROW_WINDOW = 96;
const PREFIX = 12; // characters to begin typing with

const narrow = matchMedia("(width < 40rem)");

export class TextWindow {
  readonly #source = find<HTMLSelectElement>("reading-source");
  readonly #slider = find<HTMLInputElement>("reading-from");
  readonly #typed = find<HTMLInputElement>("reading-typed");
  readonly #moved: (isElsewhere: boolean) => void;
  #facts: RunFacts | undefined;
  #look: Look | undefined;

  /** `moved` is told whether the window is in another place. */
  constructor(moved: (isElsewhere: boolean) => void) {
    this.#moved = moved;
    this.#source.addEventListener("change", () => {
      if (this.#isTyped && !this.#typed.value) {
        this.#typed.value = this.#look?.characters.slice(0, PREFIX).join("") ?? "";
      }
      this.#slider.value = "0";
      this.#showControls();
      moved(true);
    });
    this.#slider.addEventListener("input", () => moved(true));
    this.#typed.addEventListener("input", () => moved(false));
    for (const [id, by] of [
      ["reading-back", -1],
      ["reading-on", 1],
    ] as const) {
      find(id).addEventListener("click", () => {
        this.#goTo(Number(this.#slider.value) + by * this.#length);
      });
    }
  }

  /** A run has started. @returns whether it may have another text. */
  begin(facts: RunFacts): boolean {
    const { characters, hasValidation, config } = facts;
    const isOther = this.#facts?.characters.join() !== characters.join();
    const isTyped = this.#isTyped;
    this.#facts = facts;
    if (isOther) this.#slider.value = "0";
    const [first, training] = [...this.#source.options] as [HTMLOptionElement, HTMLOptionElement];
    first.value = hasValidation ? "validation" : "training";
    setText(first, config.input ? "the pair" : `${first.value} text`);
    training.hidden = training.disabled = !hasValidation;
    if (!isTyped) this.#source.value = first.value;
    this.#showControls();
    return isOther;
  }

  /** What is to be read. */
  get wanted(): Omit<LookJob, "place"> {
    return {
      source: this.#source.value as Source,
      from: Number(this.#slider.value),
      length: narrow.matches ? NARROW_WINDOW : WINDOW,
      typed: this.#typed.value,
    };
  }

  /** Brings a character into the middle of the window. */
  bring(place: number): void {
    this.#goTo(place - Math.floor(this.#length / 2));
  }

  /** What was read. */
  show(look: Look): void {
    const { length } = look.characters;
    this.#look = look;
    const unknown = look.unknown.map((one) => `“${cited(one)}”`).join(", ");
    setText(find("reading-error"), unknown && `The model does not know ${unknown}: left out.`);
    if (look.source === "typed") return;
    this.#slider.max = String(Math.max(0, look.total - length));
    this.#slider.value = String(look.from);
    const where = `${count(look.from + 1)} to ${count(look.from + length)} of ${count(look.total)}`;
    setText(find("reading-where"), where);
  }

  get #length(): number {
    return this.#look?.characters.length ?? WINDOW;
  }

  #goTo(from: number): void {
    this.#slider.value = String(from);
    this.#moved(true);
  }

  get #isTyped(): boolean {
    return this.#source.value === "typed";
  }

  #showControls(): void {
    find("reading-window").hidden = this.#isTyped || Boolean(this.#facts?.config.input);
    find("reading-typing").hidden = !this.#isTyped;
  }
}
