// What `sweep` is asked for, by flags or by a file.

import { quoted, shown } from "../../outside/printable.ts";
import { type Config, SETTINGS } from "../../settings/check.ts";
import { axesOf, readGrid, SweepError } from "../../sweep/axes.ts";
import { gridPoints, randomPoints } from "../../sweep/points.ts";
import { usageOf } from "../caller.ts";
import { RunError, reasonOf, UsageError } from "../errors.ts";
import {
  expectFlagEffects,
  type FlagTable,
  flagLines,
  type Given,
  integerOf,
  readFlags,
  settingsOf,
  spellingOf,
} from "../flags/flags.ts";
import { TRAIN_FLAGS } from "../flags/train-flags.ts";
import { namedTexts } from "../model/text-files.ts";
import { QUEUE_FLAGS, type QueueAsked, queueOf } from "../queue/asked.ts";
import { readJson } from "../read-file.ts";
import { logToOf } from "../trackers/log-flag.ts";
import type { Asked } from "./plan.ts";

/** What the command line asks for. */
export interface SweepOptions {
  /** Undefined to go on with what stands in the folder. */
  readonly asked: Asked | undefined;
  readonly folder: string;
  /** Runs at once; undefined for as many as pay. */
  readonly atOnce: number | undefined;
  /** Trackers that each run logs to. */
  readonly logTo: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  /** Where others make the runs; undefined to make them here. */
  readonly queue: QueueAsked | undefined;
}

/** What `plan` is asked for: a sweep, or a run as one without axes. */
export interface PlanOptions extends Pick<SweepOptions, "atOnce" | "json"> {
  readonly asked: Asked;
}

const OWN: FlagTable = {
  text: { value: "FILE", many: true, help: "train on a file, or a folder of .txt" },
  grid: {
    value: "AXES",
    many: true,
    help: 'what varies: "hiddenSize=64,128 seed=1..3"; see below',
  },
  samples: { value: "N", help: "draw N points of the axes, not all their combinations" },
  "sample-seed": { value: "N", standard: "1", help: "of that draw", needs: "samples" },
  halving: { value: "N", help: "at each rung one in N goes on, by validation; see below" },
  jobs: { value: "N", help: "runs at once; as many as there are cores, and memory" },
  "out-dir": { value: "DIR", standard: "sweep", help: "where the runs and the summary go" },
  log: {
    ...{ value: "TO", many: true, without: ["queue"] },
    help: "each run logs also to csv, tensorboard or mlflow=URL",
  },
  ...QUEUE_FLAGS,
  quiet: { help: "print nothing but errors", without: ["json"] },
  json: { help: "print one JSON object for each run that has ended and nothing else" },
  help: { help: "print this and exit" },
};

const FLAGS: FlagTable = {
  ...OWN,
  ...Object.fromEntries(Object.entries(TRAIN_FLAGS).filter(([, { setting }]) => setting)),
};

// What may be asked for anew where a sweep is gone on with.
const IN_ANY = ["out-dir", "jobs", "log", "json", "quiet", ...Object.keys(QUEUE_FLAGS)];
const NOT_OF_PLAN = ["out-dir", "quiet", "log", ...Object.keys(QUEUE_FLAGS)];

/** What `plan` takes beside: it makes nothing, and so has no folder. */
const PLAN_FLAGS: FlagTable = Object.fromEntries(
  Object.entries({
    ...FLAGS,
    json: { help: "print one JSON object for each run and nothing else" },
  }).filter(([name]) => !NOT_OF_PLAN.includes(name)),
);

const FILE_FIELDS = ["text", "settings", "grid", "samples", "sampleSeed", "halving"];

/** @returns undefined for --help. @throws {UsageError} @throws {RunError} @throws {ConfigError} */
export async function parseSweepOptions(
  args: readonly string[],
): Promise<SweepOptions | undefined> {
  const given = readFlags("sweep", FLAGS, args);
  if (given.flags.has("help")) return undefined;
  expectFlagEffects(FLAGS, given.spelled);
  const count = (name: string, low: number) =>
    given.flags.has(name) ? integerOf(given, FLAGS, name, low) : undefined;
  const folder = given.flags.get("out-dir")?.at(-1) ?? "sweep";
  const queue = queueOf(given);
  if (folder === "") throw new UsageError('--out-dir: expected a path, got ""');
  return {
    asked: queue?.isWatch ? undefined : await askedFor(given, count),
    queue,
    folder,
    atOnce: count("jobs", 1),
    logTo: logWords(given),
    json: given.flags.has("json"),
    quiet: given.flags.has("quiet"),
  };
}

/** The same for `plan`, which takes one run too. @returns undefined for --help. */
export async function parsePlanOptions(args: readonly string[]): Promise<PlanOptions | undefined> {
  const given = readFlags("plan", PLAN_FLAGS, args);
  if (given.flags.has("help")) return undefined;
  expectFlagEffects(PLAN_FLAGS, given.spelled);
  const count = (name: string, low: number) =>
    given.flags.has(name) ? integerOf(given, PLAN_FLAGS, name, low) : undefined;
  const isSweep = given.flags.has("grid") || given.files.some((name) => name.endsWith(".json"));
  const alone = isSweep ? undefined : ["samples", "halving"].find((name) => given.flags.has(name));
  if (alone !== undefined) throw withoutGrid(spellingOf(given, alone));
  const asked = isSweep ? await askedFor(given, count) : undefined;
  const text = [...(given.flags.get("text") ?? []), ...given.files];
  expectFiles(text);
  const base = settingsOf(given, PLAN_FLAGS);
  return {
    asked: asked ?? { axes: [], points: [{}], base, text, halving: undefined },
    atOnce: count("jobs", 1),
    json: given.flags.has("json"),
  };
}

/** Where each run logs to, checked before any is made. @throws {UsageError} */
function logWords({ flags }: Given): readonly string[] {
  const words = flags.get("log") ?? [];
  logToOf(words);
  return words;
}

type Count = (name: string, low: number) => number | undefined;

async function askedFor(given: Given, count: Count): Promise<Asked | undefined> {
  const [path, ...more] = given.files;
  if (more.length > 0) {
    throw new UsageError(
      `sweep: expected one file of a sweep, got ${given.files.length}; texts are given with --text`,
    );
  }
  const file = path === undefined ? undefined : await readSweepFile(path);
  const grids = given.flags.get("grid") ?? [];
  const text = given.flags.get("text") ?? file?.text ?? [];
  if (!file && grids.length === 0) {
    const others = [...given.spelled].find(([name]) => !IN_ANY.includes(name));
    if (!others) return undefined;
    throw withoutGrid(others[1]);
  }
  expectFiles(text);
  const axes = named(grids.length > 0 ? "--grid" : shown(path ?? ""), () =>
    grids.length > 0 ? readGrid(grids.join(" ")) : axesOf(file?.grid ?? []),
  );
  const base = { ...file?.settings, ...settingsOf(given, FLAGS) };
  const both = axes.find(({ name }) => base[name] !== undefined);
  if (both) {
    throw new UsageError(
      `sweep: expected ${both.name} either to vary or to be the same in all runs, got both; leave one out`,
    );
  }
  const samples = count("samples", 1) ?? file?.samples;
  const seed = count("sample-seed", 0) ?? file?.sampleSeed ?? 1;
  const points = named(samples === undefined ? "--grid" : "--samples", () =>
    samples === undefined ? gridPoints(axes) : randomPoints(axes, samples, seed),
  );
  const halving = count("halving", 2) ?? file?.halving;
  return {
    axes: axes.map(({ name }) => name),
    points,
    base: base as Partial<Config>,
    text,
    halving,
  };
}

/** For a flag that says something of a sweep, where there is none. */
function withoutGrid(raw: string): UsageError {
  return new UsageError(
    `${raw}: expected --grid or a file of a sweep as well, got neither; say what varies: --grid "hiddenSize=64,128"`,
  );
}

/** @throws {UsageError} for a text that cannot be read again and again. */
function expectFiles(text: readonly string[]): void {
  if (text.includes("-") || text.includes("")) {
    throw new UsageError(
      "--text: expected files or folders, which every run can read, got standard input or no name",
    );
  }
}

/** Names where an error of a sweep's own comes from. */
function named<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SweepError) throw new UsageError(`${name}: ${error.message}`);
    throw error;
  }
}

interface SweepFile {
  readonly text?: readonly string[] | undefined;
  readonly settings?: Partial<Config>;
  readonly grid: readonly (readonly [string, unknown])[];
  readonly samples?: number;
  readonly sampleSeed?: number;
  readonly halving?: number;
}

/** @throws {UsageError} @throws {RunError} */
async function readSweepFile(path: string): Promise<SweepFile> {
  let value: unknown;
  try {
    value = await readJson(path);
  } catch (error) {
    throw new RunError(
      `sweep: expected a JSON file of a sweep, got ${reasonOf(error)} for ${quoted(path)}`,
    );
  }
  const expect = (fits: boolean, what: string, got: unknown): void => {
    if (!fits)
      throw new UsageError(
        `${shown(path)}: expected ${what}, got ${quoted(JSON.stringify(got) ?? "nothing")}`,
      );
  };
  const isObject = (one: unknown) => Object(one) === one && !Array.isArray(one);
  expect(isObject(value), "an object", value);
  const { text, settings, grid, ...rest } = value as Record<string, unknown>;
  const strange = Object.keys(value as object).find((name) => !FILE_FIELDS.includes(name));
  expect(strange === undefined, `fields of ${FILE_FIELDS.join(", ")}`, strange);
  expect(isObject(grid), "grid to be an object of settings with their values", grid);
  expect(settings === undefined || isObject(settings), "settings to be an object", settings);
  const unknown = Object.keys(Object(settings)).find(
    (name) => !SETTINGS.includes(name as keyof Config),
  );
  expect(unknown === undefined, "settings that there are", unknown);
  for (const [name, low] of [
    ["samples", 1],
    ["sampleSeed", 0],
    ["halving", 2],
  ] as const) {
    const got = rest[name];
    const fits = got === undefined || (Number.isSafeInteger(got) && Number(got) >= low);
    expect(fits, `${name} to be an integer from ${low}`, got);
  }
  const names = text === undefined ? undefined : await namedTexts([text].flat(), shown(path));
  expect(text === undefined || names !== undefined, "text to be a file or a list of them", text);
  return {
    ...(rest as Pick<SweepFile, "samples" | "sampleSeed" | "halving">),
    ...(settings !== undefined && { settings: settings as Partial<Config> }),
    ...(names && { text: names }),
    grid: Object.entries(grid as object),
  };
}

/** The axes of a sweep in words, for its help. */
export const sweepHelp = (): string => `Usage: ${usageOf("sweep")} [flags] [SWEEP.json]

Trains a network for every combination of settings, as many at once as there are cores, each in a process of its
own; or, with --samples, for some drawn at random. Without --grid it goes on with the sweep in --out-dir, and with
the same command too: what is done is not done again.

${flagLines(OWN)}

and the settings of train, such as --epochs 3, for all runs. AXES are settings with what they are to be:
  cell=gru,lstm                     these
  seed=1..3                         1, 2, 3
  learningRate=1e-3..1e-2:log:4     4 values, evenly by their logarithm (:lin: evenly)
  learningRate=1e-3..1e-2:log       any between, with --samples
A seed among them is folded: mean and spread over the seeds. With --samples, each point has every seed.
--halving 3 lets a third go on from each rung; rungs are after 1/3, 1/9, … of a run's steps, at an evaluation. A run
waits at a rung until it is certain that it is among the best third, so what is stopped never depends on timing.
SWEEP.json has the same: { "text": ["names.txt"], "settings": { "epochs": 3 }, "grid": { "cell": ["gru", "lstm"],
"seed": "1..3" }, "halving": 3 }, "samples", "sampleSeed".
\`plan\` with the same words says how long it takes, before it is made.
With --queue, hosts on which "ello worker --queue URL" runs make them; the text goes there once. Ctrl-C takes back
what none has begun; the same command goes on. "sweep --watch --queue URL" follows from anywhere.
In --out-dir: a folder for each run, as train leaves it, summary.json, summary.csv, sweep.html, plan.json.
`;

/** The help of `plan`. */
export const planHelp = (): string => `Usage: ${usageOf("plan")} [flags] [FILE … | SWEEP.json]

Says what a run or a sweep takes, before it is made: time, memory, disk. Takes the settings of train and the flags of
sweep; the speed is measured here, some real steps of each shape on its text.

${flagLines(Object.fromEntries(Object.entries(PLAN_FLAGS).filter(([name]) => Object.hasOwn(OWN, name))))}
`;
