// What a link says of how the page is shown, in words beside the setting: read, checked, written back into the
// address. Knows no view and does nothing by itself: whoever shows something of it listens.

import { quoted } from "../outside/printable.ts";
import { ConfigError } from "../settings/check.ts";

/** Steps a second that can be chosen; in a link the last is `full`. */
export const SPEEDS: readonly number[] = [1, 10, 20, 60, 500, Number.POSITIVE_INFINITY];
export const STANDARD_SPEED = 20;
const FULL = "full";
const ONE_CHANGE = 1000; // ms within which settings are one, as while a slider is moved

/** The words; what is not there is as it is by itself. */
export interface ViewWords {
  /** Large, for a room. */
  readonly present?: true;
  /** Small, for a frame in another page. */
  readonly embed?: true;
  /** Steps a second. */
  readonly speed?: number;
  /** A lesson's name; which there are is known to the lessons. */
  readonly lesson?: string;
  /** Of the lesson, from 1. */
  readonly step?: number;
}

/** Words to have in place of those there are; undefined for none. */
export type ViewChange = { readonly [Name in keyof ViewWords]: ViewWords[Name] | undefined };

/** How a word is read and written. */
interface Word<Value> {
  /** @returns undefined for what is not one. */
  read(text: string): Value | undefined;
  readonly expected: string;
  /** Empty for a word that stands alone. */
  write(value: Value): string;
}

const alone: Word<true> = {
  read: (text) => (text === "" ? true : undefined),
  expected: "the word alone",
  write: () => "",
};

/** In the order that they have in an address. */
const WORDS: { readonly [Name in keyof ViewWords]-?: Word<NonNullable<ViewWords[Name]>> } = {
  present: alone,
  embed: alone,
  speed: {
    read: (text) => SPEEDS.find((speed) => speedWord(speed) === text),
    expected: SPEEDS.map(speedWord).join(", "),
    write: speedWord,
  },
  lesson: {
    read: (text) => (/^[a-z][a-z0-9-]{0,39}$/.test(text) ? text : undefined),
    expected: "a lesson's name, as vanishing",
    write: (name) => name,
  },
  step: {
    read: (text) => (/^[1-9]\d?$/.test(text) ? Number(text) : undefined),
    expected: "a whole number from 1 to 99",
    write: String,
  },
};
const NAMES = Object.keys(WORDS) as (keyof ViewWords)[];

function speedWord(speed: number): string {
  return Number.isFinite(speed) ? String(speed) : FULL;
}

/**
 * Parts an address behind its #: the words of the view, and the rest, which is a setting's (`fromHash`).
 * @throws {ConfigError} for a word that is known and not understood.
 */
export function readAddress(hash: string): { words: ViewWords; rest: string } {
  const words: Record<string, unknown> = {};
  const rest: string[] = [];
  for (const part of hash.replace(/^#/, "").split("&")) {
    const [[name, text] = ["", ""]] = new URLSearchParams(part);
    if (!NAMES.includes(name as keyof ViewWords)) {
      if (part !== "") rest.push(part);
      continue;
    }
    const word = WORDS[name as keyof ViewWords] as Word<unknown>;
    words[name] = word.read(text);
    if (words[name] === undefined) {
      throw new ConfigError(name, `expected ${word.expected}, got ${quoted(text)}`);
    }
  }
  return { words, rest: rest.join("&") };
}

/** Both in one, as they stand behind the #; empty where there is nothing to say. */
export function writeAddress(words: ViewChange, rest: string): string {
  const parts = NAMES.flatMap((name) => {
    const value = words[name];
    if (value === undefined) return [];
    const text = (WORDS[name] as Word<unknown>).write(value);
    return text === "" ? [name] : [`${name}=${text}`];
  });
  return [...parts, ...(rest === "" ? [] : [rest])].join("&");
}

/** The page's address: a setting, and beside it the words, which stay whatever is set. */
export class ViewState {
  #words: ViewWords = {};
  #rest = "";
  /** Whether the page has written a setting yet: the first is what its own address says. */
  #isWritten = false;
  /** When one was added that Back undoes. */
  #addedAt = Number.NEGATIVE_INFINITY;
  /** The setting that a lesson's words stand for, which is not written beside them. */
  #implied: string | undefined;
  readonly #listeners: ((words: ViewWords) => void)[] = [];

  /**
   * With the page's own address, so that it is shown as it will be, and what is chosen before the address was
   * followed does not take it away; `follow` says what is wrong.
   */
  constructor() {
    try {
      const { words, rest } = readAddress(location.hash);
      this.#words = words;
      this.#rest = rest;
    } catch {
      // none
    }
  }

  get words(): ViewWords {
    return this.#words;
  }

  /** Calls `show` with the words there are, and whenever these or the setting beside them may have changed. */
  listen(show: (words: ViewWords) => void): void {
    this.#listeners.push(show);
    show(this.#words);
  }

  /**
   * Takes what an address says; of one that is not understood, nothing. @returns the part that is a setting's,
   * and whether it is the one that was there before.
   * @throws {ConfigError} for a word that is not understood.
   */
  follow(hash: string): { rest: string; isSame: boolean } {
    const before = this.#rest;
    try {
      const { words, rest } = readAddress(hash);
      this.#words = words;
      this.#rest = rest;
      return { rest, isSame: rest === before };
    } catch (error) {
      this.#words = {};
      this.#rest = "";
      throw error;
    } finally {
      this.#tell();
    }
  }

  /** A link to this page with some of the words changed. */
  linkWith(change: ViewChange): string {
    const words = { ...this.#words, ...change };
    const isImplied = words.lesson !== undefined && this.#rest === this.#implied;
    const hash = writeAddress(words, isImplied ? "" : this.#rest);
    return hash ? `#${hash}` : location.pathname + location.search;
  }

  /** The setting, as `toHash` has it, that goes without saying while a lesson is on; undefined for none. */
  imply(rest: string | undefined): void {
    this.#implied = rest;
  }

  /** Changes some of the words. */
  change(change: ViewChange): void {
    this.#words = { ...this.#words, ...change } as ViewWords;
    this.#write();
  }

  /** Writes a setting, as `toHash` has it, beside the words: one more that Back undoes, if it is another. */
  writeSetting(rest: string): void {
    const now = performance.now();
    const isOther = this.#isWritten && rest !== this.#rest;
    const isNew = isOther && now - this.#addedAt > ONE_CHANGE;
    if (isNew) this.#addedAt = now;
    this.#rest = rest;
    this.#isWritten = true;
    this.#write(isNew);
  }

  /** `isNew`: beside the address there was, and not in its place. */
  #write(isNew = false): void {
    if (isNew) history.pushState(null, "", this.linkWith({}));
    else history.replaceState(null, "", this.linkWith({}));
    this.#tell();
  }

  #tell(): void {
    for (const show of this.#listeners) show(this.#words);
  }
}
