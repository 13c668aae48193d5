// The lessons in the strip above the picture: goes through their steps, asks, and says what an answer was worth.

import { quoted } from "../../outside/printable.ts";
import { ConfigError } from "../../settings/check.ts";
import type { Anatomy } from "../training/anatomy.ts";
import type { ViewState, ViewWords } from "../view-state.ts";
import { find, setText, unfold } from "../views/elements.ts";
import { isCalm } from "../views/preferences.ts";
import type { LessonStep } from "./lesson.ts";
import { LESSONS } from "./lessons.ts";
import { Picks } from "./picks.ts";

const MARGIN = 16; // CSS pixels around what is brought into sight
const BAR = 72; // of the toolbar below its buttons, where the strip is at the bottom

export interface LessonListener {
  /** Sets the run of a step; settles when it is there and drawn. */
  set(step: LessonStep): Promise<void>;
  /** The step of training that is shown number by number, if one is. */
  anatomy(): Anatomy | undefined;
}

export class LessonView {
  readonly #view: ViewState;
  readonly #listener: LessonListener;
  readonly #strip = find("lesson");
  readonly #choice = find<HTMLSelectElement>("lesson-choice");
  readonly #back = find<HTMLButtonElement>("lesson-back");
  readonly #next = find<HTMLButtonElement>("lesson-next");
  readonly #picks = new Picks();
  /** Places among the lessons, and among the steps of that; undefined for the invitation. */
  #at: { lesson: number; step: number } | undefined;
  /** Whether its run is there: before, what can be chosen is of the step before. */
  #isThere = false;
  #slider: { element: HTMLInputElement; hear: () => void } | undefined;

  constructor(view: ViewState, listener: LessonListener) {
    this.#view = view;
    this.#listener = listener;
    // The settings stand below it.
    const tell = (): void =>
      document.body.style.setProperty("--strip", `${this.#strip.offsetHeight}px`);
    new ResizeObserver(tell).observe(this.#strip);
  }

  /** Whether a lesson is on. */
  get isOn(): boolean {
    return this.#at !== undefined;
  }

  choose(name: string): void {
    const lesson = LESSONS.findIndex((one) => one.name === name);
    if (lesson >= 0) this.#go(lesson, 0);
  }

  /**
   * Takes the words of an address. @returns whether it set the run.
   * @throws {ConfigError} for a lesson or a step that there is not.
   */
  follow({ lesson, step = 1 }: ViewWords, hasOwnRun: boolean): boolean {
    if (lesson === undefined) return false;
    const place = LESSONS.findIndex(({ name }) => name === lesson);
    const count = LESSONS[place]?.steps.length;
    if (count === undefined) {
      const names = LESSONS.map(({ name }) => name).join(", ");
      throw new ConfigError("lesson", `expected ${names}, got ${quoted(lesson)}`);
    }
    if (step > count) throw new ConfigError("step", `expected 1 to ${count}, got ${step}`);
    this.#show(place, step - 1);
    this.#isThere = hasOwnRun;
    if (!hasOwnRun) void this.#set();
    return !hasOwnRun;
  }

  /** The picture was made anew: what can be chosen is there again. */
  refresh(): void {
    if (!this.#at || !this.#isThere || this.#strip.dataset.answered) return;
    this.#ask();
    if (this.#step?.press) this.#uncover(); // its runs begin some time after it was pressed
  }

  get #step(): LessonStep | undefined {
    return this.#at && LESSONS[this.#at.lesson]?.steps[this.#at.step];
  }

  /** On by a step, or back; from the invitation to the first lesson. */
  turn(by: 1 | -1): void {
    if (!this.#at) {
      this.#go(0, 0);
      return;
    }
    const { lesson, step } = this.#at;
    const count = LESSONS[lesson]?.steps.length ?? 0;
    if (step + by >= 0 && step + by < count) this.#go(lesson, step + by);
    else if (by > 0) this.#go((lesson + 1) % LESSONS.length, 0);
    else if (lesson > 0) this.#go(lesson - 1, (LESSONS[lesson - 1]?.steps.length ?? 1) - 1);
  }

  #go(lesson: number, step: number): void {
    this.#show(lesson, step);
    void this.#set();
  }

  async #set(): Promise<void> {
    const step = this.#step;
    if (!step || !this.#at) return;
    const { name } = LESSONS[this.#at.lesson] as { name: string };
    this.#view.imply(step.run);
    this.#view.change({ lesson: name, step: this.#at.step + 1 });
    await this.#listener.set(step);
    if (step !== this.#step) return;
    this.#isThere = true;
    this.refresh();
    this.#uncover();
  }

  #show(lesson: number, step: number): void {
    const own = LESSONS[lesson]?.steps[step];
    if (!own) return;
    const { title, steps } = LESSONS[lesson] as (typeof LESSONS)[number];
    this.#at = { lesson, step };
    this.#isThere = false;
    this.#strip.hidden = false;
    this.#forget();
    document.body.classList.add("in-lesson");
    setText(find("lesson-title"), `${title} · ${step + 1} of ${steps.length}`);
    this.#choice.value = LESSONS[lesson]?.name ?? "";
    setText(find("lesson-says"), own.says);
    setText(find("lesson-asks"), own.asks);
    this.#back.hidden = false;
    this.#back.disabled = lesson === 0 && step === 0;
    const isLast = step === steps.length - 1;
    setText(
      this.#next,
      isLast ? (lesson === LESSONS.length - 1 ? "To lesson 1" : "Next lesson") : "Next",
    );
    this.#light(own.lit);
    if ("slider" in own.answer) this.#ask(); // it is there whatever the run
  }

  /** Offers what can be chosen, and lights what the step speaks of, wherever it is by now. */
  #ask(): void {
    const step = this.#step;
    if (!step) return;
    this.#light(step.lit);
    const { answer } = step;
    if ("among" in answer) {
      this.#picks.offer(answer.among, (place, count) => {
        const isRight = answer.right(this.#listener.anatomy(), count).includes(place);
        const chosen = document.querySelectorAll(answer.among)[place];
        this.#judge(isRight);
        if (isRight && chosen) this.#uncover(chosen);
      });
      return;
    }
    if (this.#slider) return;
    const element = document.querySelector<HTMLInputElement>(answer.slider);
    if (!element) return;
    const hear = (): void => this.#judge(answer.accepts(Number(element.value)));
    element.addEventListener("input", hear);
    this.#slider = { element, hear };
  }

  #judge(isRight: boolean): void {
    const step = this.#step;
    if (!step) return;
    const answer = find("lesson-answer");
    answer.classList.toggle("right", isRight);
    const isAgain = answer.textContent?.startsWith("Not yet") ?? false;
    const wrong = isAgain ? "Still not" : "Not yet";
    setText(answer, isRight ? `Right. ${step.because}` : `${wrong}. ${step.hint}`);
    if (!isRight) return;
    this.#strip.dataset.answered = "yes";
    const hadFocus = find("lesson-picks").contains(document.activeElement);
    this.#picks.clear();
    if (hadFocus) this.#next.focus();
  }

  /** Marks what is spoken of. */
  #light(lit: string): void {
    for (const element of document.querySelectorAll(".lit")) element.classList.remove("lit");
    for (const element of document.querySelectorAll(lit)) {
      element.classList.add("lit");
      unfold(element);
    }
  }

  /** Brings what is spoken of and can be chosen into sight, where the strip leaves room; if that is too little, less. */
  #uncover(...chosen: Element[]): void {
    const lit = [...document.querySelectorAll(".lit")];
    const answer = this.#step?.answer;
    const parts = answer && "among" in answer ? document.querySelectorAll(answer.among) : [];
    const inNetwork = lit.filter((one) => one.closest("#network"));
    const strip = this.#strip.getBoundingClientRect();
    const isBelow = getComputedStyle(this.#strip).position === "fixed";
    const above = isBelow ? find("play").getBoundingClientRect().bottom + BAR : strip.bottom;
    const below = isBelow ? strip.top : innerHeight;
    const wanted = chosen.length > 0 ? [chosen] : [[...lit, ...parts], [...parts], inNetwork, lit];
    const spans = wanted.flatMap((elements) => spanOf(elements) ?? []);
    const span = spans.find(({ top, bottom }) => bottom - top <= below - above) ?? spans.at(-1);
    if (!span || (span.top >= above && span.bottom <= below)) return;
    const isLarge = span.bottom - span.top > below - above;
    if (isLarge && chosen.length > 0) return; // it was seen when it was chosen
    const isUp = isLarge || span.top < above;
    const by = isUp ? span.top - above - MARGIN : span.bottom - below + MARGIN;
    scrollBy({ top: by, behavior: isCalm() ? "instant" : "smooth" });
  }

  /** What was asked before is over. */
  #forget(): void {
    this.#picks.clear();
    this.#slider?.element.removeEventListener("input", this.#slider.hear);
    this.#slider = undefined;
    delete this.#strip.dataset.answered;
    setText(find("lesson-answer"), "");
    find("lesson-answer").classList.remove("right");
  }

  leave(): void {
    this.#at = undefined;
    this.#forget();
    this.#light(":not(*)");
    document.body.classList.remove("in-lesson");
    setText(find("lesson-asks"), "");
    this.#view.imply(undefined);
  }
}

/** From where to where elements reach, of those that are shown; undefined if none is. */
function spanOf(elements: readonly Element[]): { top: number; bottom: number } | undefined {
  const all = elements.map((one) => one.getBoundingClientRect()).filter(({ height }) => height > 0);
  if (all.length === 0) return undefined;
  const top = Math.min(...all.map((rect) => rect.top));
  return { top, bottom: Math.max(...all.map((rect) => rect.bottom)) };
}
