// One training step played letter by letter: forwards from left to right, then the error of the last
// letter from right to left, then the update. Knows neither the run nor what is drawn.

import type { Anatomy } from "../training/anatomy.ts";
import { find, setText } from "./elements.ts";
import { number, subscript, tokenName } from "./format.ts";
import { isCalm } from "./preferences.ts";

const EVERY = 1400; // ms that a letter stands, long enough to read its line

/** How far a step has been played: forwards to time t, or the error back to it. */
export interface WalkPlace {
  readonly phase: "forward" | "back";
  readonly t: number;
}

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
    this.#draw("");
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

/** What is shown at place `at` of a step of T letters; undefined behind its end. */
export function placeAt(at: number, T: number): WalkPlace | undefined {
  if (at < T) return { phase: "forward", t: at };
  return at < 2 * T ? { phase: "back", t: 2 * T - 1 - at } : undefined;
}

/** A place of a step in words. */
export function wordsOf({ phase, t }: WalkPlace, anatomy: Anatomy): string {
  const { shape, characters, inputs, targets, predictions, probabilities } = anatomy;
  const { losses, lastNorms, cellName } = anatomy;
  const { V, T } = shape;
  const name = (ids: Int32Array, at: number): string =>
    `“${tokenName(characters[ids[at] as number])}”`;
  if (phase === "forward") {
    const said = predictions[t] as number;
    const p = number(probabilities[t * V + said] as number);
    const read = `Forward, letter ${t + 1} of ${T}: it reads ${name(inputs, t)} into its strip and says ${name(predictions, t)} with probability ${p}.`;
    return `${read} The target is ${name(targets, t)}: loss ${number(losses[t] as number)}.`;
  }
  const size = number(lastNorms[t] as number);
  const symbol = `|∂L${subscript(T)}/\u2060∂h${subscript(t + 1)}|`; // never broken
  if (t === T - 1) {
    return `Back: the last letter's loss tells each unit of its strip which way it should have been: ${symbol} = ${size}.`;
  }
  const means = { rnn: "mean 1 − h²", gru: "mean z", lstm: "mean f" }[cellName];
  const passing = number(anatomy.passing[t + 1] as number);
  return `Back to letter ${t + 1}: the error was multiplied by ${gainOf(anatomy, t + 1)} (${means} is ${passing}); ${symbol} = ${size}.`;
}

/** What the error of the last letter is multiplied by from time t to the one before, as text. */
export function gainOf({ lastNorms }: Pick<Anatomy, "lastNorms">, t: number): string {
  const [before, own] = [lastNorms[t - 1] as number, lastNorms[t] as number];
  return own > 0 ? String(Number((before / own).toPrecision(2))).replaceAll("-", "−") : "–";
}
