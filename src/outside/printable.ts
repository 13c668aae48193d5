// Text that can be shown anywhere, whoever wrote it.

// Controls (C0, DEL, C1), what separates lines, what turns the direction of writing, half characters.
const UNSHOWN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\p{Cs}]/gu;
const SHORT: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
};
const LONGEST = 80; // characters of something quoted

/** The text with its control characters but line feeds and tabs spelled out, for longer texts. */
export function printableLines(text: string): string {
  return text.replaceAll(UNSHOWN, (one) => (one === "\n" || one === "\t" ? one : spelled(one)));
}

/** The text with its control characters spelled out, so that no terminal obeys them. */
export function printable(text: string): string {
  return text.replaceAll(UNSHOWN, spelled);
}

/** An integer with its thousands apart, as in 12,345. */
export function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

/** A name or a text from outside as it stands in a message: printable, its middle left out if long. */
export function shown(text: string, longest = LONGEST): string {
  return cut(printable(cut(text, longest)), longest);
}

/** A value from outside as JSON that can stand in a message. */
export function quoted(value: unknown, longest = LONGEST): string {
  // What is cut away is not written out first: a value may be as large as its file.
  const brief = JSON.stringify(value, (_key, part) =>
    typeof part === "string"
      ? cut(part, longest)
      : Array.isArray(part) && part.length > longest
        ? part.slice(0, longest)
        : part,
  );
  return shown(brief ?? "nothing", longest);
}

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const head = Math.ceil((longest - 1) * 0.6);
  return `${text.slice(0, head)}…${text.slice(head + 1 - longest)}`.toWellFormed();
}

function spelled(one: string): string {
  return SHORT[one] ?? `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
