// What the visitor's system asks of pages: light or dark, and less motion.

const dark = matchMedia("(prefers-color-scheme: dark)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function isDark(): boolean {
  return dark.matches;
}

/** Calls `draw` when it changes. */
export function onScheme(draw: () => void): void {
  dark.addEventListener("change", draw);
}

/** Whether what changes by itself should change seldom. */
export function isCalm(): boolean {
  return calm.matches;
}
