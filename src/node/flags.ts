// Reads the flags of a command by its table: values, switches, old names, and a hint for a mistyped one.

import { parseArgs } from "node:util";
import { type Config, DEFAULTS } from "../model/config.ts";
import { ALIASES } from "./aliases.ts";
import { UsageError } from "./errors.ts";

export interface Flag {
  /** What follows the flag in the help; absent for a switch. */
  readonly value?: string;
  readonly help: string;
  /** The setting of `Config` it gives. */
  readonly setting?: keyof Config;
  readonly standard?: string;
  /** Whether it may be given several times. */
  readonly many?: boolean;
}

export type FlagTable = Readonly<Record<string, Flag>>;

const FARTHEST = 3; // edits between a mistyped flag and the one meant
const COLUMN = 27; // of the help's second column

/** What was given: the values of each flag (a switch has ""), and what stood without one. */
export interface Given {
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly files: readonly string[];
}

/** @throws {UsageError} for anything the table does not have. */
export function readFlags(command: string, table: FlagTable, args: readonly string[]): Given {
  const options = Object.fromEntries(
    [...Object.keys(table), ...Object.keys(ALIASES)].map((name) => {
      const type = table[ALIASES[name] ?? name]?.value ? "string" : "boolean";
      return [name, { type: type as "string" | "boolean" }];
    }),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const flags = new Map<string, string[]>();
  const files: string[] = [];
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      files.push(token.value);
      continue;
    }
    const { rawName, value, inlineValue } = token;
    const name = nameOf(token.name, table);
    const flag = rawName.startsWith("--") && name !== undefined ? table[name] : undefined;
    if (!flag || name === undefined) throw unknownFlag(command, rawName, table);
    if (!flag.value && value !== undefined) {
      throw new UsageError(`${rawName}: expected no value, got ${JSON.stringify(value)}`);
    }
    if (flag.value && (value === undefined || (!inlineValue && value.startsWith("--")))) {
      throw new UsageError(`${rawName}: expected ${flag.value}, got ${value ?? "nothing"}`);
    }
    const before = flag.many ? (flags.get(name) ?? []) : [];
    flags.set(name, [...before, value ?? ""]);
  }
  return { flags, files };
}

/** The flag that a name or an old name stands for, if this table has it. */
function nameOf(name: string, table: FlagTable): string | undefined {
  if (Object.hasOwn(table, name)) return name;
  const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name.replaceAll("_", "-");
  return alias !== undefined && Object.hasOwn(table, alias) ? alias : undefined;
}

function unknownFlag(command: string, rawName: string, table: FlagTable): UsageError {
  const name = rawName.replace(/^-+/, "").replaceAll("_", "-");
  const [nearest] = Object.keys(table)
    .map((flag) => ({ flag, edits: editsBetween(name, flag) }))
    .sort((a, b) => a.edits - b.edits);
  const hint =
    nearest && nearest.edits <= Math.min(FARTHEST, name.length / 2)
      ? `did you mean --${nearest.flag}?`
      : `see ${command} --help`;
  return new UsageError(`${rawName}: expected a known flag, got this one; ${hint}`);
}

/** Levenshtein's distance. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row.at(-1) as number;
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
  return value === "true" ? true : value === "false" ? false : value;
}

/** The number a text spells in decimal, or the text itself for the check to refuse. */
export function numberOf(text: string): number | string {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
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
    throw new UsageError(`--${name}: expected an integer from ${low}, got ${JSON.stringify(text)}`);
  }
  return value;
}

/** The lines of a table for --help. */
export function flagLines(table: FlagTable, defaults: Readonly<Config> = DEFAULTS): string {
  const rows = Object.entries(table).map(([name, { value, help, setting, standard }]) => {
    const shown = value && setting ? String(defaults[setting]) : standard;
    const flag = `--${name}${value ? ` ${value}` : ""}`;
    return `  ${flag.padEnd(COLUMN)}${help}${shown ? ` (${shown})` : ""}`;
  });
  return rows.join("\n");
}
