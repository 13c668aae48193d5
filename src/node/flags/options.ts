// What the flags of `train` ask for.

import { quoted, shown } from "../../outside/printable.ts";
import {
  type Config,
  ConfigError,
  completeConfig,
  DEFAULTS,
  defaultsOf,
  SETTINGS,
} from "../../settings/check.ts";
import { expectEffects, expectEffectsOfChanges, withoutIdle } from "../../settings/effects.ts";
import { RunError, reasonOf, UsageError } from "../errors.ts";
import { runFolderOf } from "../folder/resumed-folder.ts";
import { type Foreign, foreignOf } from "../model/model-file.ts";
import { namedTexts } from "../model/text-files.ts";
import { readJson } from "../read-file.ts";
import { type LogTo, logToOf } from "../trackers/log-flag.ts";
import {
  expectFlagEffects,
  type Given,
  integerOf,
  numberOf,
  readFlags,
  settingsOf,
  spellingOf,
} from "./flags.ts";
import { flagOf, TRAIN_FLAGS } from "./train-flags.ts";

/** What the command line asks for. */
export interface TrainOptions {
  /** Complete; of a run that is resumed, only what was given. */
  readonly config: Config;
  /** Settings that were given, by flag or file. */
  readonly given: Partial<Config>;
  /** Those of them that a person wrote: not what a receipt holds. */
  readonly explicit: Partial<Config>;
  /** Files, folders or "-"; empty for a pair of texts. */
  readonly text: readonly string[];
  readonly resume: string | undefined;
  readonly initFrom: string | undefined;
  /** What is said of the file that it starts from. */
  readonly foreign: Foreign;
  readonly outDir: string;
  /** Step of the run after which to stop. */
  readonly maxSteps: number | undefined;
  readonly maxMinutes: number | undefined;
  readonly checkpointEvery: number;
  /** States to keep along the way. */
  readonly keepStates: number;
  readonly logEvery: number;
  /** Trackers beside the run's own logs. */
  readonly logTo: LogTo;
  readonly curves: "png" | "svg";
  /** Whether 256-bit vectors are asked for. */
  readonly wide: boolean;
  readonly quiet: boolean;
  readonly json: boolean;
  /** What flags were taken for, in sentences. */
  readonly notes: readonly string[];
}

interface ConfigFile {
  readonly settings: Partial<Config>;
  readonly text: readonly string[];
  /** Whether the settings are a receipt's, which are all there are. */
  readonly isWhole: boolean;
}

/** @returns undefined for --help. @throws {UsageError} @throws {ConfigError} @throws {RunError} */
export async function parseTrainOptions(
  args: readonly string[],
): Promise<TrainOptions | undefined> {
  const read = readFlags("train", TRAIN_FLAGS, args);
  const { flags } = read;
  if (flags.has("help")) return undefined;
  const value = (name: string) => flags.get(name)?.at(-1);
  const paths = ["out-dir", "init-from", "resume", "config", "text"];
  const unnamed = paths.find((name) => flags.get(name)?.includes(""));
  if (unnamed !== undefined || read.files.includes("")) {
    throw new UsageError(`--${unnamed ?? "text"}: expected a path, got ""`);
  }
  const curves = value("curves") ?? "png";
  if (curves !== "png" && curves !== "svg") {
    throw new UsageError(`--curves: expected png or svg, got ${JSON.stringify(curves)}`);
  }
  const file = await readConfig(value("config"));
  const named = [...(flags.get("text") ?? []), ...read.files];
  if (named.length === 0 && file.text.includes("-")) throw unreadAgain("--config");
  const text = named.length > 0 ? named : file.text;
  const { resume, initFrom } = await beginningOf(read);
  expectEffectsOfFlags(read, file, initFrom);
  const json = flags.has("json");
  return {
    ...settingsFor(read, file, text.length > 0, resume !== undefined),
    text,
    resume,
    initFrom,
    foreign: await foreignOf(read),
    outDir: value("out-dir") ?? resume ?? "out",
    ...limitsOf(read),
    checkpointEvery: integerOf(read, TRAIN_FLAGS, "checkpoint-every", 0),
    keepStates: integerOf(read, TRAIN_FLAGS, "keep-states", 0),
    logEvery: json && !flags.has("log-every") ? 1 : integerOf(read, TRAIN_FLAGS, "log-every", 1),
    logTo: logToOf(flags.get("log") ?? []),
    curves,
    wide: flags.has("wide"),
    quiet: flags.has("quiet"),
    json,
    notes: read.notes,
  };
}

/** What a run begins with. nanoGPT's --init_from also says whether it resumes or starts anew. */
async function beginningOf({ flags }: Given): Promise<Pick<TrainOptions, "resume" | "initFrom">> {
  const value = (name: string) => flags.get(name)?.at(-1);
  const initFrom = value("init-from");
  const goesOn = initFrom === "resume" ? (value("out-dir") ?? "out") : undefined;
  const resume = value("resume") ?? goesOn;
  return {
    resume: resume === undefined ? undefined : await runFolderOf(resume),
    initFrom: initFrom === "resume" || initFrom === "scratch" ? undefined : initFrom,
  };
}

/** @throws {UsageError} for a flag, or a setting of a plain --config, that others leave without effect. */
function expectEffectsOfFlags(read: Given, file: ConfigFile, initFrom: string | undefined): void {
  const given = new Map(read.spelled);
  for (const [name, { setting }] of Object.entries(TRAIN_FLAGS)) {
    const isInFile = setting !== undefined && !file.isWhole && file.settings[setting] !== undefined;
    if (isInFile && !given.has(name)) given.set(name, `--${name}`);
  }
  if (initFrom === undefined && !given.has("resume")) given.delete("init-from");
  expectFlagEffects(TRAIN_FLAGS, given);
}

/** The settings, checked; those of a whole configuration give way to flags that take their effect. */
function settingsFor(
  read: Given,
  file: ConfigFile,
  isOnText: boolean,
  isResumed: boolean,
): Pick<TrainOptions, "config" | "given" | "explicit"> {
  const flags = settingsOf(read, TRAIN_FLAGS);
  // Before there were cells, a receipt had none: the tanh that it was, whatever the default is now.
  const given = { ...(file.isWhole && { cell: DEFAULTS.cell }), ...file.settings, ...flags };
  const explicit = file.isWhole ? flags : given;
  if (isOnText) refusePair(given);
  const defaults = defaultsOf(isOnText);
  try {
    const config = completeConfig(given, defaults);
    if (isResumed) return { config, given, explicit }; // judged beside the run's own settings
    if (file.isWhole) {
      expectEffectsOfChanges(file.settings, completeConfig(file.settings, defaults));
    }
    expectEffects(explicit, config);
    return { config: withoutIdle(config, defaults), given, explicit };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const nameOf = (setting: string) => spellingOf(read, flagOf(setting).slice("--".length));
    throw new UsageError(error.messageAs(nameOf));
  }
}

function limitsOf(read: Given): Pick<TrainOptions, "maxSteps" | "maxMinutes"> {
  const maxSteps = read.flags.has("max-steps")
    ? integerOf(read, TRAIN_FLAGS, "max-steps", 1)
    : undefined;
  const text = read.flags.get("max-minutes")?.at(-1);
  if (text === undefined) return { maxSteps, maxMinutes: undefined };
  const maxMinutes = numberOf(text);
  if (typeof maxMinutes === "number" && maxMinutes > 0) return { maxSteps, maxMinutes };
  throw new UsageError(`--max-minutes: expected a number above 0, got ${JSON.stringify(text)}`);
}

/** For the text of a run that came from standard input. `flag`: what asked for it again. */
export function unreadAgain(flag: string): UsageError {
  return new UsageError(
    `${flag}: expected a text that can be read again, got the run's own, which came from standard input; give the same text with --text FILE, or again with --text -`,
  );
}

/** @throws {UsageError} for a text and a pair at once. */
function refusePair({ input, target }: Partial<Config>): void {
  if (input || target) {
    throw new UsageError("--text: expected either a text or --input and --target, got both");
  }
}

/** Settings of a JSON file, or those and the texts of a receipt. @throws {UsageError} @throws {RunError} */
async function readConfig(path: string | undefined): Promise<ConfigFile> {
  if (path === undefined) return { settings: {}, text: [], isWhole: false };
  let value: unknown;
  try {
    value = await readJson(path);
  } catch (error) {
    throw new RunError(
      `--config: expected a JSON file of settings, got ${reasonOf(error)} for ${quoted(path)}`,
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError(`--config: expected an object of settings, got ${typeof value}`);
  }
  const { config, text: names = [], ...rest } = value as Record<string, unknown>;
  const settings = config === undefined ? rest : Object(config);
  const strange = Object.keys(settings).find((name) => !SETTINGS.includes(name as keyof Config));
  if (strange !== undefined) {
    throw new UsageError(`--config: expected settings, got ${shown(strange)}; see train --help`);
  }
  const text = await namedTexts(names, "--config");
  if (!text) {
    throw new UsageError("--config: expected text to be a list of files, got something else");
  }
  return { settings, text, isWhole: config !== undefined };
}
