// How far back a network remembers, for a text that is a task: the share of right answers by how many
// characters ago what decides them was seen.

import type { Comparing, Kept, Pinned } from "../compare/pinned.ts";
import { isSample, type Setting } from "../setting.ts";
import type { RunListener } from "../starting.ts";
import type { Answers, RunFacts } from "../training/protocol.ts";
import { WorkerShare } from "../worker-share.ts";
import { find, make, setText } from "./elements.ts";
import { steps, tokenName } from "./format.ts";

const EVERY = 500; // ms, at least
const MOST_BARS = 8;
const EXAMPLE = 24; // characters of an example, at most

/** Answers whose distances are close to each other. */
export interface Group {
  readonly from: number;
  readonly to: number;
  readonly asked: number;
  readonly right: number;
}

/** Answers by their distance, in a few groups, each as wide as the others. */
export function groupsOf({ asked, right }: Answers): Group[] {
  const first = asked.findIndex((count) => count > 0);
  if (first < 0) return [];
  const last = asked.findLastIndex((count) => count > 0);
  const width = Math.ceil((last - first + 1) / MOST_BARS);
  const groups: Group[] = [];
  for (let from = first; from <= last; from += width) {
    const sum = (counts: Int32Array) =>
      counts.subarray(from, from + width).reduce((total, count) => total + count, 0);
    const to = Math.min(last, from + width - 1);
    groups.push({ from, to, asked: sum(asked), right: sum(right) });
  }
  return groups;
}

interface Bar {
  readonly element: HTMLElement;
  readonly fill: HTMLElement;
  readonly mark: HTMLElement;
  readonly value: HTMLElement;
  readonly label: HTMLElement;
}

export class DistancesView implements RunListener, Comparing {
  readonly #panel = find("distances-panel");
  readonly #said = find("distances-said");
  readonly #ask: () => Promise<Answers | undefined>;
  readonly #bars: readonly Bar[];
  #facts: RunFacts | undefined;
  #answers: Answers | undefined;
  #pinned: Answers | undefined;
  #asking: Promise<void> | undefined;
  readonly #share = new WorkerShare(EVERY);

  constructor(ask: () => Promise<Answers | undefined>) {
    this.#ask = ask;
    this.#bars = Array.from({ length: MOST_BARS }, makeBar);
    find("distances").replaceChildren(...this.#bars.map(({ element }) => element));
  }

  begin(facts: RunFacts, { text }: Setting): void {
    this.#facts = facts;
    this.#answers = undefined;
    const about = isSample(text) ? text.about : undefined;
    this.#panel.hidden = about === undefined;
    if (!isSample(text) || about === undefined) return;
    setText(find("task-about"), about);
    void text.text().then((all) => {
      if (facts !== this.#facts) return; // it is of the run before
      const lines = all.slice(0, 1000).split("\n", 20);
      const example = lines.find((line) => line.length > 12 && line.length <= EXAMPLE) ?? "";
      setText(find("task-example"), [...example].map(tokenName).join(""));
    });
    this.#draw();
    void this.#read();
  }

  progress(): void {
    if (this.#share.isDue) void this.#read();
  }

  /** Where a run pauses or ends; and every few seconds. */
  snapshot(_bytes: Uint8Array, step: number): void {
    if (this.#answers?.step !== step) void this.#read();
  }

  async keep(): Promise<Kept> {
    await this.#asking;
    await this.#read();
    return this.#answers ? { answers: this.#answers } : {};
  }

  /** Shows the answers of another run beside, if it was on the same task. */
  pin(pinned: Pinned | undefined): void {
    this.#pinned = pinned?.answers;
    this.#draw();
  }

  async #read(): Promise<void> {
    if (this.#panel.hidden || this.#asking) return;
    const facts = this.#facts;
    this.#asking = this.#share.take(this.#ask).then(
      (answers) => {
        if (facts !== this.#facts) return;
        this.#answers = answers;
        this.#draw();
      },
      () => {}, // the worker was lost, of which others speak
    );
    await this.#asking;
    this.#asking = undefined;
  }

  #draw(): void {
    const groups = this.#answers ? groupsOf(this.#answers) : [];
    const others = this.#pinned ? groupsOf(this.#pinned) : [];
    for (const [i, { element, fill, mark, value, label }] of this.#bars.entries()) {
      const { from, to, asked, right } = groups[i] ?? { from: 0, to: 0, asked: 0, right: 0 };
      const share = asked > 0 ? right / asked : 0;
      element.style.visibility = asked > 0 ? "visible" : "hidden";
      fill.style.setProperty("--share", share.toFixed(4));
      setText(value, `${Math.round(100 * share)}`);
      setText(label, from === to ? `${from}` : `${from}–${to}`);
      const other = others.find((group) => group.from === from && group.to === to);
      mark.hidden = !other || other.asked === 0;
      if (other) mark.style.setProperty("--share", (other.right / other.asked).toFixed(4));
    }
    setText(this.#said, this.#words());
  }

  #words(): string {
    const { hasValidation } = this.#facts ?? {};
    if (hasValidation === false)
      return "No part of the text is kept for validation: nothing to ask.";
    if (!this.#answers) return "…";
    const other = this.#pinned ? `; the pinned run ${percentOf(this.#pinned)}` : "";
    return `After ${steps(this.#answers.step)}, ${percentOf(this.#answers)} of the answers in the validation text are right${other}.`;
  }
}

function percentOf({ asked, right }: Answers): string {
  const sum = (counts: Int32Array) => counts.reduce((total, count) => total + count, 0);
  return `${Math.round((100 * sum(right)) / Math.max(1, sum(asked)))} %`;
}

function makeBar(): Bar {
  const fill = make("span", "fill");
  const mark = make("span", "mark");
  const value = make("span", "value");
  const label = make("span", "label");
  const element = make("div", "distance", value, make("div", "column", fill, mark), label);
  return { element, fill, mark, value, label };
}
