// Lets a run go on as fast as it can, as if the visitor had chosen so: what is to be seen of some runs comes
// after thousands of steps.

import { STANDARD_SPEED } from "./view-state.ts";
import { find } from "./views/elements.ts";

export function goAtFullSpeed(): void {
  choose("Infinity");
}

/** Back to what it is by itself, where it was full. */
export function goAtUsualSpeed(): void {
  if (find<HTMLSelectElement>("speed").value === "Infinity") choose(String(STANDARD_SPEED));
}

function choose(speed: string): void {
  const list = find<HTMLSelectElement>("speed");
  list.value = speed;
  list.dispatchEvent(new Event("change", { bubbles: true }));
}
