// One training step played letter by letter: forwards from left to right, then the error of the last
// letter from right to left, then the update. Knows neither the run nor what is drawn.

import type { Anatomy } from "../training/anatomy.ts";
import { find, setText } from "./elements.ts";
import { isCalm } from "./preferences.ts";
import { placeAt, type WalkPlace, wordsOf } from "./walk-words.ts";

const EVERY = 2600; // ms that a letter stands, long enough to read its line

export interface WalkListener {
  /** It begins: the run is to stand. */
  begun(): void;
  /** What is to be shown; undefined for all of the step. */
  show(place: WalkPlace | undefined): void;
  /** It has come to the update, which is to be done. */
  update(): void;
}

export class Walk {
  readonly #button = find<HTMLButtonElement>("walk");
  readonly #next = find<HTMLButtonElement>("walk-next");
  readonly #line = find("walk-line");
  /** What the page has in its place while nothing is played. */
  readonly #inviting = this.#line.textContent ?? "";
  readonly #listener: WalkListener;
  #anatomy: Anatomy | undefined;
  /** 0 … 2T; undefined while nothing is played. */
  #at: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(listener: WalkListener) {
    this.#listener = listener;
    this.#button.addEventListener("click", () => (this.isOn ? this.end() : this.#begin()));
    this.#next.addEventListener("click", () => this.advance());
  }

  get isOn(): boolean {
    return this.#at !== undefined;
  }

  /** The step that is shown now; another one ends what is being played. */
  show(anatomy: Anatomy | undefined): void {
    const isSame = anatomy !== undefined && anatomy.step === this.#anatomy?.step;
    this.#anatomy = anatomy;
    this.#button.disabled = anatomy === undefined;
    if (!isSame) this.end();
  }

  /** One letter on, by hand: from then on only so. */
  advance(): void {
    clearTimeout(this.#timer);
    if (this.#at !== undefined) this.#go(this.#at + 1);
  }

  end(): void {
    if (this.#at === undefined) return;
    this.#at = undefined;
    clearTimeout(this.#timer);
    this.#listener.show(undefined);
    this.#draw(this.#inviting);
  }

  #begin(): void {
    this.#listener.begun();
    this.#go(0);
    this.#next.focus(); // so that space goes on
    this.#wait();
  }

  #wait(): void {
    if (isCalm()) return;
    this.#timer = setTimeout(() => {
      if (this.#at === undefined) return;
      this.#go(this.#at + 1);
      if (this.isOn) this.#wait();
    }, EVERY);
  }

  #go(at: number): void {
    const anatomy = this.#anatomy;
    if (!anatomy) return;
    const place = placeAt(at, anatomy.shape.T);
    if (!place) {
      this.end();
      this.#listener.update();
      setText(this.#line, UPDATED);
      return;
    }
    this.#at = at;
    this.#listener.show(place);
    this.#draw(wordsOf(place, anatomy));
  }

  #draw(words: string): void {
    setText(this.#button, this.isOn ? "End" : "Play the step");
    this.#next.style.visibility = this.isOn ? "visible" : "hidden";
    setText(this.#line, words);
  }
}

const UPDATED = "Update: every weight has moved against its gradient, times the learning rate.";
