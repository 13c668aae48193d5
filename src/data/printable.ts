// Text that can be shown anywhere.

/** The text with its control characters but line feeds and tabs spelled out, for longer texts. */
export function printableLines(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, printable);
}

/** The text with its control characters spelled out, so that no terminal obeys them. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1));
}
