// Lets a run go on as fast as it can, as if the visitor had chosen so: what is to be seen of some runs comes
// after thousands of steps.

import { find } from "./views/elements.ts";

export function goAtFullSpeed(): void {
  const speed = find<HTMLSelectElement>("speed");
  speed.value = "Infinity";
  speed.dispatchEvent(new Event("change", { bubbles: true }));
}
