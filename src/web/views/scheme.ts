// Light or dark, as the visitor's system has it.

const dark = matchMedia("(prefers-color-scheme: dark)");

export function isDark(): boolean {
  return dark.matches;
}

/** Calls `draw` when it changes. */
export function onScheme(draw: () => void): void {
  dark.addEventListener("change", draw);
}
