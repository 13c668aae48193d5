// Reads the flags of a command by its table: in either spelling, by their old names, with a hint for a
// mistyped one.

import { isDecimal } from "../../outside/counts.ts";
import { type Config, DEFAULTS } from "../../settings/check.ts";
import { needsOf } from "../../settings/effects.ts";
import { UsageError } from "../errors.ts";
import { type Alias, CHAR_RNN, NANO_GPT } from "./aliases.ts";
import { KNOWN_OF_CHAR_RNN, KNOWN_OF_NANO_GPT, type KnownFlag } from "./known-flags.ts";
import { nearestOf } from "./nearest.ts";
import { type Word, wordsOf } from "./words.ts";

export interface Flag {
  /** What follows the flag in the help; absent for a switch. */
  readonly value?: string;
  readonly help: string;
  /** The setting of `Config` it gives. */
  readonly setting?: keyof Config;
  readonly standard?: string;
  /** Whether it may be given several times. */
  readonly many?: boolean;
  /** A flag without which this one has no effect. */
  readonly needs?: string;
  /** Flags beside which this one has no effect. */
  readonly without?: readonly string[];
}

export type FlagTable = Readonly<Record<string, Flag>>;

const COLUMN = 27; // of the help's second column

/** What was given: the values of each flag (a switch has ""), and what stood without one. */
export interface Given {
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly files: readonly string[];
  /** How each flag was spelled. */
  readonly spelled: ReadonlyMap<string, string>;
  /** What names with several meanings, or that choose more, were taken for; in sentences. */
  readonly notes: readonly string[];
}

/** What a name on the command line stands for. */
type Meaning =
  | { readonly name: string; readonly flag: Flag; readonly alias?: Alias }
  | { readonly known: KnownFlag };

/** @throws {UsageError} for anything the table does not have. */
export function readFlags(command: string, table: FlagTable, args: readonly string[]): Given {
  const isNanoGpt = args.some((arg) => isOfNanoGptOnly(nameIn(arg)));
  const meaningOf = (name: string) => meaning(name, table, isNanoGpt);
  const flags = new Map<string, readonly string[]>();
  const files: string[] = [];
  const spelled = new Map<string, string>();
  const chosen: { raw: string; flag: string; value: string }[] = [];
  const notes: string[] = [];
  for (const word of wordsOf(args, (name) => takesOf(meaningOf(name)))) {
    if (!("raw" in word)) {
      files.push(word.text);
      continue;
    }
    const { raw } = word;
    const meant = meaningOf(word.name);
    if (!meant) throw unknownFlag(command, raw, table);
    if ("known" in meant) {
      expectKnown(word, meant.known);
      continue;
    }
    const { name, flag, alias } = meant;
    const given = expectValue(word, flag);
    const value = alias?.convert ? alias.convert(given) : given;
    flags.set(name, [...(flag.many ? (flags.get(name) ?? []) : []), value]);
    spelled.set(name, raw);
    if (alias?.chooses) chosen.push({ raw, flag: alias.chooses[0], value: alias.chooses[1] });
    if (alias?.isAmbiguous) {
      const program =
        isNanoGpt && alias === NANO_GPT[underscored(word.name)] ? "nanoGPT" : "char-rnn";
      notes.push(`${raw} is taken as ${program}'s: --${name} ${value}.`);
    }
  }
  for (const { raw, flag, value } of chosen) {
    if (flags.has(flag)) continue;
    flags.set(flag, [value]);
    notes.push(`${raw} chooses --${flag} ${value}.`);
  }
  return { flags, files, spelled, notes };
}

/** The name of a flag in a word of the command line. */
function nameIn(arg: string): string {
  return /^--?([^=]+)/.exec(arg)?.[1] ?? "";
}

const underscored = (name: string): string => name.replaceAll("-", "_");

function isOfNanoGptOnly(name: string): boolean {
  const [own, others] = [
    { ...NANO_GPT, ...KNOWN_OF_NANO_GPT },
    { ...CHAR_RNN, ...KNOWN_OF_CHAR_RNN },
  ];
  return Object.hasOwn(own, underscored(name)) && !Object.hasOwn(others, underscored(name));
}

/** What a name stands for: the flag itself, an old name's, one that is known, or in other spelling. */
function meaning(name: string, table: FlagTable, isNanoGpt: boolean): Meaning | undefined {
  if (Object.hasOwn(table, name)) return { name, flag: table[name] as Flag };
  const old = underscored(name);
  for (const aliases of isNanoGpt ? [NANO_GPT, CHAR_RNN] : [CHAR_RNN, NANO_GPT]) {
    const alias = Object.hasOwn(aliases, old) ? aliases[old] : undefined;
    const own = alias?.flags.find((flag) => Object.hasOwn(table, flag));
    if (alias && own !== undefined) return { name: own, flag: table[own] as Flag, alias };
  }
  const hyphened = name.replaceAll("_", "-");
  if (Object.hasOwn(table, hyphened)) return { name: hyphened, flag: table[hyphened] as Flag };
  for (const known of [KNOWN_OF_CHAR_RNN, KNOWN_OF_NANO_GPT]) {
    if (Object.hasOwn(known, old)) return { known: known[old] as KnownFlag };
  }
  return undefined;
}

/** Whether what follows a flag is its value. */
function takesOf(meant: Meaning | undefined): "value" | "truth" | "nothing" | undefined {
  if (!meant) return undefined;
  if ("known" in meant) return meant.known.isSwitch ? "truth" : "value";
  return meant.flag.value ? "value" : "nothing";
}

/** The value of a flag; "" for a switch. @throws {UsageError} */
function expectValue({ raw, value, next }: Word, flag: Flag): string {
  if (!flag.value) {
    if (value === undefined) return "";
    throw new UsageError(`${raw}: expected no value, got ${JSON.stringify(value)}`);
  }
  if (value !== undefined) return value;
  throw new UsageError(`${raw}: expected ${flag.value}, got ${next ?? "nothing"}`);
}

/** @throws {UsageError} for what this version does not have. */
function expectKnown(
  { raw, value, next }: Word,
  { accepts, expected, why, isSwitch }: KnownFlag,
): void {
  const text = value ?? (isSwitch ? "True" : undefined);
  if (text !== undefined && accepts(text)) return;
  const because = why && `; ${why}`;
  throw new UsageError(
    `${raw}: expected ${expected}, got ${text || (next ?? "nothing")}${because}`,
  );
}

function unknownFlag(command: string, raw: string, table: FlagTable): UsageError {
  const name = raw.replace(/^-+/, "").replaceAll("_", "-");
  const nearest = nearestOf(name, Object.keys(table));
  const hint = nearest ? `did you mean --${nearest}?` : `see ${command} --help`;
  return new UsageError(`${raw}: expected a known flag, got this one; ${hint}`);
}

/** `given`: flags as they were spelled. @throws {UsageError} for one without effect beside the others. */
export function expectFlagEffects(table: FlagTable, given: ReadonlyMap<string, string>): void {
  for (const [name, raw] of given) {
    const { needs, without = [] } = table[name] as Flag;
    if (needs !== undefined && !given.has(needs)) {
      throw new UsageError(
        `${raw}: expected --${needs} as well, without which it has no effect, got none; give it, or leave ${raw} out`,
      );
    }
    const other = without.find((one) => given.has(one));
    if (other !== undefined) {
      throw new UsageError(
        `${raw}: expected no ${given.get(other)}, beside which it has no effect, got both; leave one out`,
      );
    }
  }
}

/** The settings among the flags, as they were spelled or as numbers; `completeConfig` checks them. */
export function settingsOf({ flags }: Given, table: FlagTable): Partial<Config> {
  const settings: Record<string, unknown> = {};
  for (const [name, { setting, value: takes }] of Object.entries(table)) {
    const value = flags.get(name)?.at(-1);
    if (setting === undefined || value === undefined) continue;
    const kind = typeof DEFAULTS[setting];
    settings[setting] =
      kind === "boolean" ? booleanOf(value, takes) : kind === "number" ? numberOf(value) : value;
  }
  return settings as Partial<Config>;
}

function booleanOf(value: string, takes: string | undefined): boolean | string {
  if (!takes) return true;
  const word = value.toLowerCase();
  return word === "true" ? true : word === "false" ? false : value;
}

/** The number a text spells in decimal, or the text itself for the check to refuse. */
export function numberOf(text: string): number | string {
  return isDecimal(text) ? Number(text) : text;
}

/** A flag's last value, or its standard. */
export function textOf({ flags }: Given, table: FlagTable, name: string): string | undefined {
  return flags.get(name)?.at(-1) ?? table[name]?.standard;
}

/** An integer flag that is no setting. @throws {UsageError} */
export function integerOf(given: Given, table: FlagTable, name: string, low: number): number {
  const text = textOf(given, table, name) ?? "";
  const value = numberOf(text);
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < low) {
    throw new UsageError(
      `${spellingOf(given, name)}: expected an integer from ${low}, got ${JSON.stringify(text)}`,
    );
  }
  return value;
}

/** A flag as it was given, with our own name where that is another. */
export function spellingOf({ spelled }: Pick<Given, "spelled">, name: string): string {
  const raw = spelled.get(name);
  if (raw === undefined) return `--${name}`;
  const isOwn = raw.replace(/^--?/, "").replaceAll("_", "-") === name;
  return isOwn ? raw : `${raw} (--${name})`;
}

/** The lines of a table for --help. */
export function flagLines(table: FlagTable, defaults: Readonly<Config> = DEFAULTS): string {
  const flagOf = (setting: string): string =>
    `--${Object.keys(table).find((name) => table[name]?.setting === setting) ?? setting}`;
  const rows = Object.entries(table).map(([name, { value, help, setting, standard }]) => {
    const shown = standard ?? (value && setting ? String(defaults[setting]) : undefined);
    const flag = `--${name}${value ? ` ${value}` : ""}`;
    const needs = setting && defaults === DEFAULTS ? needsOf(setting, flagOf) : [];
    const when = needs.length > 0 ? `; needs ${needs.join(" and ")}` : "";
    return `  ${flag.padEnd(COLUMN)}${help}${when}${shown ? ` (${shown})` : ""}`;
  });
  return rows.join("\n");
}
