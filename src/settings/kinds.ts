// What an entry of the table of settings says, and the kinds of values there are.

import type { Config } from "./config.ts";

interface Check {
  readonly expected: string;
  accepts(value: unknown): boolean;
}

/** What another setting must be for one to be read. */
export interface Need extends Check {
  readonly setting: keyof Config;
}

/** A kind of values. */
interface Kind extends Check {
  /** The names to choose from. */
  readonly choices?: readonly string[];
  /** Whether only integers will do. */
  readonly whole?: true;
}

/** How the page offers a setting. */
export interface PageEntry {
  readonly label: string;
  /** One line of what it does. */
  readonly hint: string;
  /** For which runs it is; both where absent. */
  readonly only?: "pair" | "text";
  /** The page's range of a number. */
  readonly least?: number;
  readonly most?: number;
  /** Takes effect at once; the others start again. */
  readonly live?: true;
  /** Shown with the first few. */
  readonly first?: true;
}

/** All there is to say of a setting; checks, flags, help and the page's form are made from it. */
export interface Entry<Value> extends Kind {
  readonly standard: Value;
  /** The default of a run on a text, where it is another. */
  readonly onText?: Value;
  /** What stands for its value in --help; a switch has none. */
  readonly value?: string;
  readonly help: string;
  /** Without these the setting has no effect. */
  readonly needs?: readonly Need[];
  /** Whether it only decides the first weights, and so has no effect beside those of a file. */
  readonly isOfStart?: true;
  /** Whether a value asks for what is so without any effect. */
  isIdle?(value: unknown, config: Config): boolean;
  /** Its names in char-rnn and in nanoGPT, where their values are ours. */
  readonly charRnn?: string;
  readonly nanoGpt?: string;
  /** Absent for one that the page does not offer. */
  readonly page?: PageEntry;
}

export const MOST = 1_000_000_000;

export function integer(low: number, high: number): Kind {
  return {
    expected: `an integer from ${low} to ${high}`,
    accepts: (value) => Number.isInteger(value) && Number(value) >= low && Number(value) <= high,
    whole: true,
  };
}

export function positive(): Kind {
  return {
    expected: "a finite number above 0",
    accepts: (value) => Number.isFinite(value) && Number(value) > 0,
  };
}

export function notNegative(meaning: string): Kind {
  return {
    expected: `a finite number from 0 (${meaning})`,
    accepts: (value) => Number.isFinite(value) && Number(value) >= 0,
  };
}

export function share(high: "below" | "to"): Kind {
  return {
    expected: `a number from 0 ${high} 1`,
    accepts: (value) =>
      Number.isFinite(value) &&
      Number(value) >= 0 &&
      (high === "to" ? Number(value) <= 1 : Number(value) < 1),
  };
}

export function oneOf(...choices: string[]): Kind {
  const names: unknown[] = choices;
  const expected = choices.join(", ").replace(/, ([^,]*)$/, " or $1");
  return { expected, accepts: (value) => names.includes(value), choices };
}

export function truth(): Kind {
  return {
    expected: "true or false",
    accepts: (value) => typeof value === "boolean",
    choices: ["true", "false"],
  };
}

export function words(): Kind {
  return {
    expected: "text without lone surrogates",
    accepts: (value) => typeof value === "string" && value.isWellFormed(),
  };
}

/** What a setting needs, and which of its values change nothing where that is not so. */
export function needing<Value>(
  needs: readonly Need[],
  ...idle: Value[]
): Required<Pick<Entry<Value>, "needs" | "isIdle">> {
  return { needs, isIdle: (value) => idle.includes(value as Value) };
}

export function needOf<Name extends keyof Config>(
  setting: Name,
  ...values: (Config[Name] & string)[]
): Need {
  return { setting, ...oneOf(...values) };
}

/** Settings that are read of a text only. */
export const TEXT: Need = { setting: "input", ...oneOf("") };
