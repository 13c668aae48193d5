// What the visitor's system asks of pages: light or dark, and less motion; and whether they are put on paper.

const paper = matchMedia("print");
const dark = matchMedia("(prefers-color-scheme: dark)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Paper is white. */
export function isDark(): boolean {
  return dark.matches && !paper.matches;
}

/** Calls `draw` when it changes, and where all is laid out for paper or again for the screen. */
export function onScheme(draw: () => void): void {
  dark.addEventListener("change", draw);
  paper.addEventListener("change", draw);
}

/** Whether what changes by itself should change seldom. */
export function isCalm(): boolean {
  return calm.matches;
}
