// The chain of a receipt: a cell for each link, or for several of a long one, green once it is equal.

import type { Link } from "../../model/chain.ts";
import { make } from "./elements.ts";
import { steps } from "./format.ts";

const MOST_CELLS = 120;

export class ChainView {
  readonly #element: HTMLElement;
  #cells: readonly HTMLElement[] = [];
  #links = 0;
  #equal = 0;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  show(links: readonly Link[]): void {
    this.#links = links.length;
    const count = Math.min(links.length, MOST_CELLS);
    this.#cells = Array.from({ length: count }, (_, cell) => {
      const last = links[this.#lastOf(cell, count)] as Link;
      const one = make("span", "link");
      one.title = `after ${steps(last.step)}: ${last.sha256.slice(0, 12)}…`;
      return one;
    });
    this.#element.replaceChildren(...this.#cells);
    this.#element.hidden = false;
    this.equal(0);
  }

  /** So many of the first links are equal. */
  equal(count: number): void {
    this.#equal = count;
    for (const [cell, element] of this.#cells.entries()) {
      element.classList.toggle("equal", this.#lastOf(cell, this.#cells.length) < count);
    }
    this.#tell("");
  }

  differs(link: number): void {
    const cell = this.#cells.findIndex((_, i) => this.#lastOf(i, this.#cells.length) >= link);
    this.#cells[cell]?.classList.add("different");
    this.#tell(`, link ${link + 1} different`);
  }

  /** The last link that a cell stands for. */
  #lastOf(cell: number, cells: number): number {
    return Math.ceil(((cell + 1) * this.#links) / cells) - 1;
  }

  #tell(more: string): void {
    this.#element.setAttribute("aria-label", `${this.#equal} of ${this.#links} links equal${more}`);
  }
}
