// The way to the lessons: the invitation, what is pressed in the strip, and whether the visitor closed it. The
// lessons themselves are asked for when the first is wanted.

import type { ViewState, ViewWords } from "../view-state.ts";
import { find, setText } from "../views/elements.ts";
import type { LessonListener, LessonView } from "./lesson-view.ts";

const KEY = "ello-lessons";
const CLOSED = "closed"; // what the browser remembers
const INVITATION =
  "Eight short lessons: each sets up the network, says one thing, and asks you one question.";

const NOT_THERE = "The lessons could not be loaded. Try again once the network is there.";

export class Lessons {
  readonly #view: ViewState;
  readonly #listener: LessonListener;
  readonly #strip = find("lesson");
  readonly #choice = find<HTMLSelectElement>("lesson-choice");
  #lessons: LessonView | undefined;
  #loading: Promise<LessonView> | undefined;
  /** What was learned last, in words; in the place of the invitation. */
  #news = INVITATION;

  constructor(view: ViewState, listener: LessonListener) {
    this.#view = view;
    this.#listener = listener;
    find("lesson-next").addEventListener("click", () => this.#with((lessons) => lessons.turn(1)));
    find("lesson-back").addEventListener("click", () => this.#with((lessons) => lessons.turn(-1)));
    this.#choice.addEventListener("change", () => {
      this.#with((lessons) => lessons.choose(this.#choice.value));
    });
    find("lesson-close").addEventListener("click", () => this.#close());
    find("to-lessons").addEventListener("click", () => {
      remember("");
      if (this.#strip.hidden) this.#invite();
      this.#choice.focus();
    });
    this.#invite();
  }

  /**
   * Takes the words of an address. @returns whether it set the run.
   * @throws {ConfigError} for a lesson or a step that there is not.
   */
  async follow(words: ViewWords, hasOwnRun: boolean): Promise<boolean> {
    if (words.lesson !== undefined) return (await this.#load()).follow(words, hasOwnRun);
    if (this.#lessons?.isOn) this.#leave();
    return false;
  }

  /** The picture was made anew: what can be chosen is there again. */
  refresh(): void {
    this.#lessons?.refresh();
  }

  /** What is to be said in the place of the invitation: that something was learned; undefined: nothing. */
  tell(learned: string | undefined): void {
    const news = learned ?? INVITATION;
    if (news === this.#news) return;
    this.#news = news;
    if (!this.#lessons?.isOn) this.#invite();
  }

  #with(act: (lessons: LessonView) => void): void {
    this.#load().then(act, () => setText(find("lesson-says"), NOT_THERE));
  }

  /** All who ask meanwhile wait for one and the same, and so go on in the order in which they asked. */
  async #load(): Promise<LessonView> {
    this.#loading ??= import("./lesson-view.ts").then(({ LessonView }) => {
      this.#lessons = new LessonView(this.#view, this.#listener);
      return this.#lessons;
    });
    try {
      return await this.#loading;
    } catch (error) {
      this.#loading = undefined; // it is tried again
      throw error;
    }
  }

  #invite(): void {
    this.#strip.hidden = isClosed();
    setText(find("lesson-title"), this.#news === INVITATION ? "New here?" : "Learned");
    setText(find("lesson-says"), this.#news);
    setText(find("lesson-next"), "Start lesson 1");
    find("lesson-back").hidden = true;
    this.#choice.value = "";
  }

  #leave(): void {
    this.#lessons?.leave();
    this.#invite();
  }

  #close(): void {
    remember(CLOSED);
    this.#leave();
    this.#view.change({ lesson: undefined, step: undefined });
    find("to-lessons").focus();
  }
}

/** Whether the visitor closed the strip. A browser that keeps nothing does not know. */
function isClosed(): boolean {
  try {
    return localStorage.getItem(KEY) === CLOSED;
  } catch {
    return false;
  }
}

function remember(what: string): void {
  try {
    if (what) localStorage.setItem(KEY, what);
    else localStorage.removeItem(KEY);
  } catch {
    // it is asked again the next time
  }
}
