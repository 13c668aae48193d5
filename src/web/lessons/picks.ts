// Parts of the page that can be chosen as an answer: a button over each, beside the question in the order of
// the page, so that mouse, keyboard and touch choose alike and the parts stay as they are.

import { find, make } from "../views/elements.ts";

const AROUND = 3; // CSS pixels, so that no frame runs through what it is around

interface Pick {
  readonly part: HTMLElement;
  readonly button: HTMLButtonElement;
}

export class Picks {
  readonly #host = find("lesson-picks");
  #picks: readonly Pick[] = [];

  /** Offers the parts that there are. `chosen` is told the place of each that is chosen, and how many there are. */
  offer(among: string, chosen: (place: number, count: number) => void): void {
    const parts = [...document.querySelectorAll<HTMLElement>(among)]
      .map((part) => part.closest("label") ?? part)
      .filter((part) => part.getClientRects().length > 0);
    const isRunning = this.#picks.length > 0;
    this.#picks = parts.map((part, place) => {
      const button = make("button", "pick");
      button.type = "button";
      button.setAttribute("aria-label", `${place + 1}: ${nameOf(part)}`);
      button.addEventListener("click", () => {
        button.classList.add("chosen");
        chosen(place, parts.length);
      });
      button.addEventListener("focus", () => {
        if (button.matches(":focus-visible")) part.scrollIntoView({ block: "center" }); // by key
      });
      return { part, button };
    });
    this.#host.replaceChildren(...this.#picks.map(({ button }) => button));
    if (isRunning) this.#place();
    else this.#follow();
  }

  clear(): void {
    this.#picks = [];
    this.#host.replaceChildren();
  }

  /** The buttons stay over their parts, wherever these go. */
  #follow(): void {
    if (this.#picks.length === 0) return;
    this.#place();
    requestAnimationFrame(() => this.#follow());
  }

  #place(): void {
    const all = this.#picks.map(({ part }) => part.getBoundingClientRect()); // read first, written then
    for (const [place, { part, button }] of this.#picks.entries()) {
      const { left, top, width, height } = all[place] as DOMRect;
      const where = `${left} ${top} ${width} ${height}`;
      if (button.dataset.where === where) continue;
      button.dataset.where = where;
      button.classList.toggle("over-bar", part.closest(".toolbar") !== null);
      Object.assign(button.style, {
        ...{ left: `${left - AROUND}px`, top: `${top - AROUND}px` },
        ...{ width: `${width + 2 * AROUND}px`, height: `${height + 2 * AROUND}px` },
      });
    }
  }
}

/** What a part is called: by its label, its heading, or what it says. */
function nameOf(part: HTMLElement): string {
  const heading = part.querySelector("figcaption, h2, dt")?.textContent;
  const text = part.getAttribute("aria-label") ?? heading ?? part.innerText;
  const inside = part.querySelector("[aria-label]")?.getAttribute("aria-label");
  return (text || inside || "this part").replaceAll(/\s+/g, " ").slice(0, 60);
}
