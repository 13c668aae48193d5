// What the model writes: every few seconds while it learns, with the likeliest next characters of
// each place, coloured by what a unit holds there if one is chosen.

import type { Comparing, Kept, Pinned } from "../compare/pinned.ts";
import type { RunFacts, WriteJob, Written } from "../training/protocol.ts";
import { reasonOf } from "../training/session.ts";
import { WorkerShare } from "../worker-share.ts";
import { find, make, setText } from "./elements.ts";
import { cited, steps, tokenName, unitName } from "./format.ts";
import { colourOf } from "./heat-map.ts";
import { inkOn } from "./ink.ts";
import { makeLikelyBars } from "./likely-bars.ts";

const EVERY = 3000; // ms
const MOST = 1000; // characters, which a page lays out and colours without a pause

export class WritingView implements Comparing {
  readonly #text = find("written");
  readonly #detail = find("next-characters");
  readonly #error = find("writing-error");
  readonly #unit = find<HTMLSelectElement>("unit");
  readonly #write: (job: WriteJob) => Promise<Written>;
  #facts: RunFacts | undefined;
  #written: Written | undefined;
  #place = 0;
  #isPointedAt = false;
  #writing = false;
  /** Whether what is asked for has changed while it was being written. */
  #isStale = false;
  readonly #share = new WorkerShare(EVERY);
  #underWay = Promise.resolve();

  constructor(write: (job: WriteJob) => Promise<Written>) {
    this.#write = write;
    for (const id of ["prime", "length", "temperature", "writing-seed"]) {
      find(id).addEventListener("input", () => void this.write());
    }
    const temperature = find<HTMLInputElement>("temperature");
    temperature.addEventListener("input", () => {
      setText(find("temperature-value"), Number(temperature.value).toFixed(2));
    });
    find("write").addEventListener("click", () => void this.write());
    this.#unit.addEventListener("change", () => this.#colour());
    this.#text.tabIndex = 0;
    const point = ({ target }: PointerEvent): void => {
      const place = this.#spans.indexOf(target as HTMLElement);
      if (place >= 0) this.#point(place);
    };
    this.#text.addEventListener("pointerdown", point);
    this.#text.addEventListener("pointermove", point);
    this.#text.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType !== "touch") this.#leave();
    });
    this.#text.addEventListener("blur", () => this.#leave());
    this.#text.addEventListener("focus", () => this.#point(this.#place));
    this.#text.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 }[event.key];
      if (move === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      this.#point(Math.max(0, Math.min(this.#spans.length - 1, this.#place + move)));
      this.#text.children[this.#place]?.scrollIntoView({ block: "nearest" });
    });
  }

  /** A run has started. */
  begin(facts: RunFacts): void {
    this.#facts = facts;
    const chosen = this.#unit.value;
    this.#unit.replaceChildren(new Option("none", ""));
    const { H, layers = 1 } = facts.shape;
    for (let unit = 0; unit < layers * H; unit++) {
      this.#unit.append(new Option(unitName(unit, H, layers), String(unit)));
    }
    this.#unit.value = Number(chosen) < layers * H ? chosen : "";
    this.#share.reset();
    this.#written = undefined;
    this.#place = 0;
    this.#isStale = this.#writing; // it is of the run before
    this.#text.replaceChildren();
    setText(find("written-when"), "");
  }

  /** Writes anew if the last text is some seconds old. */
  refresh(): void {
    if (this.#share.isDue) void this.write();
  }

  /** Writes anew if the last text is not of the step that the run stands at. */
  settle(step: number): void {
    if (!this.#writing && this.#written?.step !== step) void this.write();
  }

  /** Writes; where that is under way, once more behind it. Settles when all is written. */
  write(): Promise<void> {
    this.#isStale = this.#writing;
    if (!this.#writing) this.#underWay = this.#writeOnce();
    return this.#underWay;
  }

  async #writeOnce(): Promise<void> {
    if (!this.#facts) return;
    this.#writing = true;
    try {
      const facts = this.#facts;
      const written = await this.#share.take(async () => this.#write(this.#job()));
      if (facts === this.#facts) this.#show(written);
      setText(this.#error, "");
    } catch (error) {
      setText(this.#error, reasonOf(error));
    } finally {
      this.#writing = false;
    }
    if (this.#isStale) await this.write();
  }

  async keep(): Promise<Kept> {
    await this.write();
    return this.#written ? { written: this.#written } : {};
  }

  /** Shows what another run wrote beside, each under its name. */
  pin(pinned: Pinned | undefined): void {
    const { written, name = "", otherName = "" } = pinned ?? {};
    find("pinned-writing").hidden = find("written-name").hidden = written === undefined;
    setText(find("written-name"), otherName);
    setText(find("pinned-name"), `Pinned: ${name}`);
    setText(find("pinned-written"), written?.characters.join("") ?? "");
    setText(find("pinned-when"), written ? `after ${steps(written.step)}` : "");
  }

  /** After the colour scheme has changed. */
  redraw(): void {
    this.#colour();
  }

  get #spans(): HTMLElement[] {
    return [...this.#text.children] as HTMLElement[];
  }

  #job(): WriteJob {
    const number = (id: string): number => {
      const { value } = find<HTMLInputElement>(id);
      return value.trim() === "" ? Number.NaN : Number(value);
    };
    const [length, temperature, seed] = [
      number("length"),
      number("temperature"),
      number("writing-seed"),
    ];
    if (!Number.isInteger(length) || length < 1 || length > MOST) {
      const got = cited(find<HTMLInputElement>("length").value) || "nothing";
      throw new Error(`length: expected a whole number from 1 to ${MOST}, got ${got}`);
    }
    return { prime: find<HTMLInputElement>("prime").value, length, temperature, seed };
  }

  #show(written: Written): void {
    this.#written = written;
    const spans = written.characters.map((character) => make("span", "", character));
    this.#text.replaceChildren(...spans);
    setText(find("written-plain"), written.characters.join(""));
    setText(find("written-when"), `after ${steps(written.step)}`);
    this.#colour();
    if (this.#isPointedAt) this.#point(Math.min(this.#place, spans.length - 1));
  }

  /** Each character by what the chosen unit holds after it. */
  #colour(): void {
    const written = this.#written;
    if (!written || !this.#facts) return;
    const { H, layers = 1 } = this.#facts.shape;
    const isChosen = this.#unit.value !== "";
    const unit = Number(this.#unit.value);
    this.#text.classList.toggle("coloured", isChosen);
    for (const [place, span] of this.#spans.entries()) {
      const colour = colourOf(written.states[place * layers * H + unit] ?? 0);
      span.style.background = isChosen ? `rgb(${colour.join(" ")})` : "";
      span.style.color = isChosen ? inkOn(colour) : "";
    }
  }

  /** Shows the likeliest tokens after the one at `place`. */
  #point(place: number): void {
    const written = this.#written;
    if (!written || !this.#facts) return;
    for (const span of this.#text.querySelectorAll(".pointed")) span.classList.remove("pointed");
    this.#place = place;
    this.#isPointedAt = true;
    this.#text.children[place]?.classList.add("pointed");
    const rows = makeLikelyBars(this.#facts, written, { place });
    const heading = `After “${tokenName(written.characters[place])}” it expects`;
    this.#detail.replaceChildren(make("p", "small", heading), ...rows);
  }

  #leave(): void {
    this.#isPointedAt = false;
    for (const span of this.#text.querySelectorAll(".pointed")) span.classList.remove("pointed");
  }
}
