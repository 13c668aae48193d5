// A run that learns by heart: says so once validation has risen, and brings the best weights back, as a
// run that begins with them.

import { bestLeftBehind } from "../curves/summary.ts";
import type { Playground } from "./playground.ts";
import { reasonOf } from "./training/session.ts";
import { find, setText } from "./views/elements.ts";

export class Best {
  readonly #playground: Playground;
  readonly #element = find("past-best");
  readonly #said = find("past-best-said");

  constructor(playground: Playground) {
    this.#playground = playground;
    find("bring-best").addEventListener("click", () => void this.#bring());
  }

  draw(): void {
    const step = this.#step;
    this.#element.hidden = !this.#playground.facts?.hasValidation;
    this.#element.style.visibility = step === undefined ? "hidden" : "visible"; // its room stays
    const when = `Validation was best at step ${step} and has risen since`;
    setText(this.#said, step === undefined ? "" : `${when}: it learns by heart.`);
  }

  get #step(): number | undefined {
    return bestLeftBehind(this.#playground.course.history.columns);
  }

  async #bring(): Promise<void> {
    const { session, setting } = this.#playground;
    const step = this.#step;
    try {
      const model = await session.ask("save", "best");
      const why = `The weights of step ${step}, the best, with a fresh optimizer. Undo brings the run back.`;
      await this.#playground.start(setting, { model, play: false, altered: true, why });
    } catch (error) {
      this.#playground.say(`The best weights were not brought back: ${reasonOf(error)}`);
    }
  }
}
