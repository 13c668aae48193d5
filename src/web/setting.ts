// What the page is set to: a text and a configuration; as a link, as Node's command line, checked.

import { quoted, shown } from "../outside/printable.ts";
import { shellWord } from "../outside/shell.ts";
import {
  type Config,
  ConfigError,
  completeConfig,
  DEFAULTS,
  defaultsOf,
  SETTINGS,
} from "../settings/check.ts";
import { expectEffectsOfChanges, withoutIdle } from "../settings/effects.ts";
import { flagName } from "../settings/table.ts";
import { TASK_PREFIX } from "../tasks/tasks.ts";
import { FIELDS, type Field } from "./fields.ts";
import { SAMPLES, type Sample } from "./texts.ts";

/** A text that the visitor brought. It never leaves the machine, so a link only says that there was one. */
export interface OwnText {
  /** Of its file. */
  readonly name: string;
  readonly bytes: Blob;
}

export interface Setting {
  /** A sample, a text of the visitor's, or none: then input and target of `config` are the text. */
  readonly text?: Sample | OwnText | undefined;
  /** Settings that differ from the defaults of a pair or of a text. */
  readonly changes: Partial<Config>;
}

export const HELLO: Setting = { changes: {} };
export const OWN = "own"; // in a link
/** In the place of a text that is still to be brought. */
export const NO_TEXT: OwnText = { name: "", bytes: new Blob() };

/** The settings that a setting of this text starts from: the usual, but those of a task. */
export function defaultsFor(text: Setting["text"]): Readonly<Config> {
  const usual = defaultsOf(text !== undefined);
  return isSample(text) ? { ...usual, ...text.defaults } : usual;
}

/** @throws {ConfigError} for a value that does not fit, or not the page. */
export function configOf({ text, changes }: Setting): Config {
  const config = completeConfig(changes, defaultsFor(text));
  if (text) return config;
  checkPair(config);
  return config;
}

/** @throws {ConfigError} for two texts that are no pair, or that a field cannot show. */
function checkPair({ input, target }: Config): void {
  for (const [name, text] of Object.entries({ input, target })) {
    if (/\p{Cc}/u.test(text)) {
      throw new ConfigError(name, "expected text on one line, got a control character");
    }
  }
  const [read, written] = [[...input], [...target]];
  if (read.length === 0) throw new ConfigError("input", "expected at least 1 character, got none");
  if (read.length !== written.length) {
    throw new ConfigError(
      "target",
      `expected as many characters as are read, ${read.length}, got ${written.length}`,
    );
  }
  if (new Set([...read, ...written]).size < 2) {
    throw new ConfigError(
      "input",
      "expected at least 2 different characters in the two texts, got 1",
    );
  }
}

/** The same setting with only what differs from the defaults. @throws {ConfigError}, also for what has no effect. */
export function settingOf(text: Setting["text"], config: Partial<Config>): Setting {
  const defaults = defaultsFor(text);
  const different = Object.entries(config).filter(
    ([name, value]) => defaults[name as keyof Config] !== value,
  );
  const setting = { text, changes: Object.fromEntries(different) as Partial<Config> };
  for (const [name, value] of Object.entries(setting.changes)) {
    const field = FIELDS.find((one) => one.name === name);
    if (!field)
      throw new ConfigError(name, "expected a setting of the page, got one of Node's only");
    if (typeof value === "number") checkRange(field, value, String(value));
  }
  expectEffectsOfChanges(setting.changes, configOf(setting));
  return setting;
}

/** @throws {ConfigError} for a number outside what the page offers. */
function checkRange({ name, least = 0, most, whole }: Field, value: number, got: string): void {
  if (most === undefined) return;
  const fits = value >= least && value <= most && (!whole || Number.isInteger(value));
  if (fits) return;
  const kind = whole ? "a whole number" : "a number";
  throw new ConfigError(
    name,
    `expected ${kind} from ${least} to ${most}, got ${shown(got) || "nothing"}`,
  );
}

/** The setting with some values changed; what has no effect beside them is as by default. @throws {ConfigError} */
export function changed(setting: Setting, change: Partial<Config>): Setting {
  const { text } = setting;
  return settingOf(text, withoutIdle({ ...configOf(setting), ...change }, defaultsFor(text)));
}

/** Those settings of a configuration whose fields are wanted. */
export function pick(
  config: Partial<Config>,
  isWanted: (field: Field) => boolean,
): Partial<Config> {
  const names = FIELDS.filter(isWanted).map(({ name }) => name as string);
  return Object.fromEntries(Object.entries(config).filter(([name]) => names.includes(name)));
}

export function isSample(text: Setting["text"]): text is Sample {
  return text !== undefined && "paths" in text;
}

/** The files of a setting's text as Node finds them, if it has one. */
export function textNames({ text }: Setting): readonly string[] | undefined {
  return text && (isSample(text) ? text.paths : [ownPath(text.name)]);
}

/** The path of a visitor's file; as it stands, its name might mean standard input or a task. */
function ownPath(name: string): string {
  return name === "-" || name.startsWith(TASK_PREFIX) ? `./${name}` : name;
}

/** The bytes of a setting's text, if it has one. @throws {RangeError} where it cannot be read. */
export async function blobOf({ text }: Setting): Promise<Blob | undefined> {
  if (!text) return undefined;
  return "bytes" in text ? text.bytes : new Blob([await text.text()]);
}

/** As the part of a link after #; empty for the default. */
export function toHash({ text, changes }: Setting): string {
  const parameters = new URLSearchParams();
  if (text) parameters.set("text", isSample(text) ? text.name : OWN);
  for (const [name, value] of Object.entries(changes)) parameters.set(name, String(value));
  return parameters.toString();
}

/**
 * Reads such a part of a link; `needsOwn` where the text is the visitor's to bring. `isLenient`: what
 * has no effect is left out.
 * @throws {ConfigError} for what it does not know, or has no effect.
 */
export function fromHash(hash: string, isLenient = false): { setting: Setting; needsOwn: boolean } {
  const settingWith = (of: Setting["text"], values: Partial<Config>): Setting =>
    isLenient
      ? changed({ text: of, changes: {} }, values)
      : settingOf(of, { ...defaultsFor(of), ...values });
  const changes: Record<string, unknown> = {};
  let text: Setting["text"];
  let needsOwn = false;
  for (const [name, value] of new URLSearchParams(hash.replace(/^#/, ""))) {
    if (name === "text") {
      text = SAMPLES.find((sample) => sample.name === value);
      needsOwn = value === OWN;
      if (!text && !needsOwn) {
        const names = SAMPLES.map((sample) => sample.name).join(", ");
        throw new ConfigError("text", `expected ${names}, got ${quoted(value)}`);
      }
    } else changes[name] = parse(name, value);
  }
  if (needsOwn) {
    return { setting: { changes: settingWith(NO_TEXT, changes).changes }, needsOwn };
  }
  return { setting: settingWith(text, changes), needsOwn };
}

/** The value of a setting from text, of the kind its default has. @throws {ConfigError} */
export function parse(name: string, value: string): unknown {
  if (!SETTINGS.includes(name as keyof Config)) {
    throw new ConfigError(shown(name), "expected a setting, got this name");
  }
  const standard = DEFAULTS[name as keyof Config];
  if (typeof standard === "number") {
    const text = value.trim();
    const parsed = text === "" ? Number.NaN : Number(text);
    const field = FIELDS.find((one) => one.name === name);
    if (field) checkRange(field, parsed, text);
    return parsed;
  }
  if (typeof standard === "boolean")
    return value === "true" ? true : value === "false" ? false : value;
  return value;
}

/** The command that trains the same in a checkout. */
export function nodeCommand(setting: Setting): string {
  const { text, changes } = setting;
  const flags: string[] = [];
  const add = (flag: string, value: string): void => {
    const word = shellWord(value);
    flags.push(value.startsWith("-") ? `--${flag}=${word}` : `--${flag} ${word}`);
  };
  for (const path of textNames(setting) ?? []) add("text", path);
  // Node starts from the usual settings, also on a task.
  const asked = isSample(text) ? { ...text.defaults, ...changes } : changes;
  const usual = defaultsOf(text !== undefined);
  for (const [name, value] of Object.entries(asked)) {
    if (usual[name as keyof Config] === value) continue;
    add(flagName(name), String(value));
  }
  return flags.length === 0 ? "npm run train" : `npm run train -- ${flags.join(" ")}`;
}
