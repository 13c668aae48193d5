// The words of a command line as flags, their values and paths.

/** A flag, and its value if it has one. */
export interface Word {
  /** As it stands there, without the value. */
  readonly raw: string;
  readonly name: string;
  readonly value: string | undefined;
  /** What follows in place of a value. */
  readonly next: string | undefined;
}

/** What may follow a flag: a value, true or false, nothing; undefined for what is no flag. */
export type Takes = "value" | "truth" | "nothing" | undefined;

/**
 * Reads the words in order. A flag has one dash or two, and its value apart or behind "="; a value that
 * begins like a flag wants the "=". What has no dash, "-" and what follows "--" are paths.
 */
export function wordsOf(
  args: readonly string[],
  takes: (name: string) => Takes,
): (Word | { readonly text: string })[] {
  const words: (Word | { readonly text: string })[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "--") {
      words.push(...args.slice(i + 1).map((text) => ({ text })));
      break;
    }
    const [, raw, name, inline] = /^(--?([^=]+))(?:=([\s\S]*))?$/.exec(arg) ?? [];
    if (raw === undefined || name === undefined) {
      words.push({ text: arg });
      continue;
    }
    const next = args[i + 1];
    const follows =
      inline === undefined && next !== undefined && canFollow(next, takes(name), takes);
    if (follows) i++;
    words.push({ raw, name, value: inline ?? (follows ? next : undefined), next });
  }
  return words;
}

/** Whether a word can be the value of the flag before it. */
function canFollow(word: string, taken: Takes, takes: (name: string) => Takes): boolean {
  if (taken === "truth") return /^(true|false|0|1)$/i.test(word);
  if (taken !== "value" || word.startsWith("--")) return false;
  return !/^-[^=]/.test(word) || takes(word.slice(1).replace(/=.*/s, "")) === undefined;
}
