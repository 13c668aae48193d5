// Pins a run, so that the next one is seen beside it, and starts the classic contrasts: each pins the run that
// there is and starts the other.

import { goAtFullSpeed } from "../full-speed.ts";
import type { Playground } from "../playground.ts";
import { isSample, type Setting } from "../setting.ts";
import type { RunListener } from "../starting.ts";
import type { RunFacts } from "../training/protocol.ts";
import { find, setText } from "../views/elements.ts";
import { steps } from "../views/format.ts";
import {
  CONTRASTS,
  type Comparing,
  type Contrast,
  contrastFor,
  differenceOf,
  type Pinned,
} from "./pinned.ts";

const HINT = "A pinned run stays in the curves, the bars and the writing beside the next one.";

export class Pins implements RunListener {
  readonly #playground: Playground;
  readonly #views: readonly Comparing[];
  readonly #button = find<HTMLButtonElement>("pin");
  #pinned: Pinned | undefined;
  /** The second run of a contrast, while the first, of this setting, goes on. */
  #next: { after: Setting; setting: Setting } | undefined;

  constructor(playground: Playground, views: readonly Comparing[]) {
    this.#playground = playground;
    this.#views = views;
    this.#button.addEventListener("click", () => {
      if (this.#pinned) this.#show(undefined);
      else void this.#pin();
    });
    for (const contrast of CONTRASTS) {
      find(`contrast-${contrast}`).addEventListener("click", () => void this.#contrast(contrast));
    }
    this.#show(undefined);
  }

  begin(_facts: RunFacts, setting: Setting): void {
    if (setting !== this.#next?.after) this.#next = undefined;
    if (this.#pinned) this.#show(this.#pinned);
  }

  changed(): void {
    if (this.#pinned) this.#show(this.#pinned);
  }

  /** At its end, the first run of a contrast makes room for the second. */
  snapshot(_bytes: Uint8Array, step: number): void {
    const { setting, facts } = this.#playground;
    if (!this.#next || !facts || setting !== this.#next.after) return;
    if (step >= facts.steps) void this.#begin(this.#next.setting);
  }

  /** Keeps the run that there is, as it stands. @returns whether it has any steps. */
  async #pin(): Promise<boolean> {
    const { setting, course } = this.#playground;
    const { step } = course;
    if (step === 0) {
      this.#playground.say("There is nothing to pin yet: this run has not taken a step.");
      return false;
    }
    const kept = await Promise.all(this.#views.map((view) => view.keep()));
    if (setting !== this.#playground.setting) return false; // another has begun meanwhile
    this.#show(Object.assign({ setting, step, name: "", otherName: "" }, ...kept));
    return true;
  }

  #show(pinned: Pinned | undefined): void {
    const [name, otherName] = pinned
      ? differenceOf(pinned.setting, this.#playground.setting)
      : ["", ""];
    this.#pinned = pinned && { ...pinned, name, otherName };
    for (const view of this.#views) view.pin(this.#pinned);
    setText(this.#button, pinned ? "Unpin" : "Pin this run");
    const note = pinned ? `Pinned: ${name}, after ${steps(pinned.step)}. Now: ${otherName}.` : HINT;
    setText(find("pinned-note"), note);
  }

  async #contrast(contrast: Contrast): Promise<void> {
    const { setting, course } = this.#playground;
    const { first, second } = contrastFor(contrast, setting);
    const isLong = isSample(first.text) && first.text.defaults !== undefined;
    if (isLong) goAtFullSpeed();
    if (first === setting && course.step > 0) {
      await this.#begin(second);
      return;
    }
    this.#next = { after: first, setting: second };
    await this.#start(
      first,
      `First ${differenceOf(first, second).join("; at its end, ")}, beside it.`,
    );
  }

  /** Pins the run that there is and starts another. */
  async #begin(setting: Setting): Promise<void> {
    this.#next = undefined;
    await this.#playground.pause();
    if (await this.#pin()) await this.#start(setting, "");
  }

  async #start(setting: Setting, why: string): Promise<void> {
    try {
      await this.#playground.start(setting, { play: true, why });
    } catch {
      this.#next = undefined; // why it could not be was said
    }
  }
}
