// The page large, for a room (P), and small, for a frame in another page: which of the two the address asks for, what
// changes it, and the way from the frame to the whole page. What is then shown is the style sheet's business.

import type { ViewState } from "../view-state.ts";
import { find, setText } from "./elements.ts";
import { isForPage } from "./keys.ts";

export class Presentation {
  readonly #view: ViewState;
  readonly #button = find<HTMLButtonElement>("presentation");

  /** `resized` is called when everything has another size. */
  constructor(view: ViewState, resized: () => void) {
    this.#view = view;
    this.#button.addEventListener("click", () => this.#toggle());
    document.addEventListener("keydown", (event) => {
      const isKey = event.key === "p" || event.key === "P";
      const isEscape = event.key === "Escape" && view.words.present === true;
      if (!(isKey || isEscape) || event.repeat || view.words.embed || !isForPage(event)) return;
      event.preventDefault();
      this.#toggle();
    });
    const link = find<HTMLAnchorElement>("open-whole");
    const { classList } = document.body;
    view.listen(({ present = false, embed = false }) => {
      const isLarge = present && !embed;
      const isOther = classList.contains("present") !== isLarge;
      classList.toggle("present", isLarge);
      classList.toggle("embed", embed);
      setText(this.#button, isLarge ? "Leave" : "Present");
      this.#button.title = isLarge ? "P or Escape" : "P: large, for a room";
      link.href = view.linkWith({ embed: undefined });
      if (isOther) resized();
    });
  }

  #toggle(): void {
    this.#view.change({ present: this.#view.words.present ? undefined : true });
  }
}
