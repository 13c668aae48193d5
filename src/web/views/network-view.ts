// The network unrolled over the characters it reads: input, gates, state, probabilities, what it
// predicts, the loss there, and how much of the error comes back to each time step.

import type { Anatomy } from "../training/anatomy.ts";
import { find, setText } from "./elements.ts";
import { number, powerOfTen, tokenName } from "./format.ts";
import type { Place } from "./formula.ts";
import { GATES } from "./gates.ts";
import { type Range, rangeOf, shareOf } from "./powers.ts";
import { type Column, makeColumn, type Size } from "./time-step.ts";
import { gainOf, type WalkPlace } from "./walk-words.ts";

const MANY = 6; // time steps, beyond which they take the width of the text beside them

export class NetworkView {
  readonly #host: HTMLElement;
  readonly #columns: readonly Column[];

  constructor(host: HTMLElement, anatomy: Anatomy, point: (place: Place | undefined) => void) {
    const times = Array.from({ length: anatomy.shape.T }, (_, t) => t);
    this.#host = host;
    host.style.setProperty("--times", String(times.length));
    host.style.setProperty("--tokens", String(anatomy.shape.V));
    host.classList.toggle("long", times.length > MANY);
    for (const cell of Object.keys(GATES)) host.classList.toggle(cell, cell === anatomy.cellName);
    this.#columns = times.map((t) => makeColumn(anatomy, t, point));
    host.replaceChildren(...this.#columns.map(({ element }) => element));
    this.walk(undefined, anatomy);
  }

  /** Shows a step as far as it has been played; undefined shows all of it. */
  walk(place: WalkPlace | undefined, anatomy: Anatomy): void {
    const isBack = place?.phase === "back";
    const t = place?.t ?? 0;
    this.#host.classList.toggle("walking", place !== undefined);
    // What goes back is of the last letter's loss alone.
    this.#showErrors(anatomy, place ? anatomy.lastErrors : anatomy.dState);
    for (const [own, { element, arrow }] of this.#columns.entries()) {
      const read = isBack || own < t ? "read" : own === t ? "now" : "ahead";
      mark(element, "walk", place && read);
      mark(element, "error", isBack && own >= t ? (own === t ? "now" : "sent") : undefined);
      const isPassed = isBack && own > t;
      arrow?.classList.toggle("back", isPassed);
      if (arrow) setText(arrow, isPassed ? `× ${gainOf(anatomy, own)}` : "Whh");
    }
  }

  show(anatomy: Anatomy): void {
    const { shape, hidden, cells, probabilities } = anatomy;
    const { predictions, targets, characters, losses, stateNorms, lastNorms, passing } = anatomy;
    const { H, V } = shape;
    const gates = GATES[anatomy.cellName];
    const range = rangeOf([...stateNorms, ...lastNorms]);
    setText(find("bars-range"), `${powerOfTen(range.low)} to ${powerOfTen(range.high)}`);
    this.#showErrors(anatomy, anatomy.dState);
    for (const [t, column] of this.#columns.entries()) {
      const after = (rows: Float64Array) => rows.subarray((t + 1) * H, (t + 2) * H);
      const parts = cells.length > 0 ? [after(cells), after(hidden)] : [after(hidden)];
      column.state.show(beside(parts), 1);
      column.gates?.show(beside(gates.map(({ slot }) => slotOf(anatomy, t, slot))), 1);
      for (const [v, { fill, value }] of column.bars.entries()) {
        const p = probabilities[t * V + v] as number;
        fill.style.setProperty("--share", p.toFixed(4));
        setText(value, p.toFixed(2));
      }
      const isRight = predictions[t] === targets[t];
      setText(column.predicted, tokenName(characters[predictions[t] as number]));
      column.predicted.classList.toggle("right", isRight);
      column.predicted.setAttribute("aria-description", isRight ? "right" : "wrong");
      setText(column.loss, number(losses[t] as number));
      showSize(column.norm, stateNorms[t] as number, range);
      showSize(column.lastNorm, lastNorms[t] as number, range);
      setText(column.passing, (passing[t] as number).toFixed(2));
      setText(column.gain, t > 0 ? `← × ${gainOf(anatomy, t)}` : "");
    }
  }

  /** The thin strips, [T][H]: one scale for all letters, so that what fades is seen to. */
  #showErrors({ shape: { H } }: Anatomy, errors: Float64Array): void {
    const largest = errors.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [t, { error }] of this.#columns.entries()) {
      error.show(errors.subarray(t * H, (t + 1) * H), largest || 1);
    }
  }

  /** Marks the probabilities of another run, [T][V], on the bars; undefined: none. */
  pin(probabilities: Float64Array | undefined): void {
    for (const [t, { bars }] of this.#columns.entries()) {
      for (const [v, { mark }] of bars.entries()) {
        mark.hidden = probabilities === undefined;
        mark.style.setProperty("--share", (probabilities?.[t * bars.length + v] ?? 0).toFixed(4));
      }
    }
  }

  redraw(): void {
    for (const { gates, state, error } of this.#columns) {
      for (const map of [gates, state, error]) map?.redraw();
    }
  }
}

/** Notes something of an element for the style sheet. */
function mark({ dataset }: HTMLElement, name: string, value: string | undefined): void {
  if (value) dataset[name] = value;
  else delete dataset[name];
}

/** [H] the values of a slot at a time. */
function slotOf({ shape, cell, slots }: Anatomy, t: number, slot: number): Float64Array {
  const from = (t * cell.slots + slot) * shape.H;
  return slots.subarray(from, from + shape.H);
}

/** Columns as the rows of a map. */
function beside(columns: readonly Float64Array[]): Float64Array {
  const [first = new Float64Array()] = columns;
  const out = new Float64Array(first.length * columns.length);
  for (const [place, column] of columns.entries()) {
    for (const [row, value] of column.entries()) out[row * columns.length + place] = value;
  }
  return out;
}

function showSize({ text, fill }: Size, value: number, range: Range): void {
  setText(text, number(value));
  fill.style.setProperty("--share", shareOf(value, range).toFixed(4));
}
