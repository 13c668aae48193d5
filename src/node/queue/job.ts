// What travels to a worker: a run as pure data, and its check on arrival. Nothing in it names a file or a
// program; its name is that of a folder inside the worker's own.

import { isSha256 } from "../../model/chain.ts";
import { isCount } from "../../outside/counts.ts";
import { quoted } from "../../outside/printable.ts";
import { type Config, completeConfig, defaultsOf, SETTINGS } from "../../settings/check.ts";
import { expectEffectsOfChanges } from "../../settings/effects.ts";
import { lineOf } from "../errors.ts";
import { flagOf } from "../flags/train-flags.ts";

const FORMAT = "ello-job-1";
const LARGEST_JOB = 2 ** 18; // characters
const MOST_FILES = 10_000; // of a text

export interface QueuedText {
  /** Of the bytes of all files, one after the other; of a pair, as its receipt has it. */
  readonly sha256: string;
  /** Bytes of each file; empty for a pair. */
  readonly files: readonly number[];
}

export interface RunJob {
  readonly format: typeof FORMAT;
  /** The sweep that asks for it. */
  readonly sweep: string;
  readonly name: string;
  readonly config: Config;
  readonly text: QueuedText;
  /** Steps in all. */
  readonly steps: number;
  /** The step after which it stops for now; null for its end. */
  readonly until: number | null;
  /** Whether its models are to come back. */
  readonly models: boolean;
}

/** A job that is none; the message says why. */
export class JobError extends Error {
  override readonly name = "JobError";
}

const FIELDS = ["format", "sweep", "name", "config", "text", "steps", "until", "models"];

/** A job that can be sent: as it will arrive. @throws {JobError} for what would not arrive as it is. */
export function jobOf(job: Omit<RunJob, "format">): RunJob {
  const arrived = readJob(JSON.parse(JSON.stringify({ format: FORMAT, ...job })));
  const lost = SETTINGS.find((name) => !Object.is(arrived.config[name], job.config[name]));
  expect(lost === undefined, `config.${lost}`, "a value that JSON has", job.config[lost ?? "seed"]);
  return arrived;
}

/** Checks a job from outside. @throws {JobError} */
export function readJob(value: unknown): RunJob {
  const isObject = Object(value) === value && !Array.isArray(value);
  expect(isObject, "job", "an object", value);
  const job = value as Record<string, unknown>;
  expect(
    JSON.stringify(job).length <= LARGEST_JOB,
    "job",
    `at most ${LARGEST_JOB} characters`,
    "more",
  );
  expect(job["format"] === FORMAT, "format", FORMAT, job["format"]);
  const strange = Object.keys(job).find((name) => !FIELDS.includes(name));
  expect(strange === undefined, "job", `fields of ${FIELDS.join(", ")}`, strange);
  const { sweep, name, steps, until, models } = job;
  expect(isWord(sweep, /^[\w-]{1,60}$/), "sweep", "letters, digits, - and _", sweep);
  expect(isWord(name, /^[\w=,-][\w=,.-]{0,159}$/), "name", "the name of a folder", name);
  expect(isCount(steps) && steps > 0, "steps", "an integer from 1", steps);
  expect(
    until === null || (isCount(until) && until > 0),
    "until",
    "an integer from 1, or null",
    until,
  );
  expect(typeof models === "boolean", "models", "true or false", models);
  const text = textIn(job["text"]);
  return { ...(value as RunJob), text, config: configIn(job["config"], text) };
}

function textIn(value: unknown): QueuedText {
  const { sha256, files, ...rest } = Object(value) as Record<string, unknown>;
  expect(isSha256(sha256), "text.sha256", "64 hexadecimal digits", sha256);
  const areFiles = Array.isArray(files) && files.length <= MOST_FILES && files.every(isCount);
  expect(areFiles, "text.files", `at most ${MOST_FILES} lengths`, files);
  expect(Object.keys(rest).length === 0, "text", "sha256 and files", Object.keys(rest)[0]);
  return { sha256, files } as QueuedText;
}

function configIn(value: unknown, { files }: QueuedText): Config {
  const given = Object(value) as Record<string, unknown>;
  const missing = SETTINGS.find((name) => !Object.hasOwn(given, name));
  expect(missing === undefined, "config", "all settings", `none of ${missing}`);
  try {
    const config = completeConfig(given as Partial<Config>, defaultsOf(files.length > 0));
    expectEffectsOfChanges(config, config);
    expect(
      (config.input === "") === files.length > 0,
      "config.input",
      "a text or a pair",
      config.input,
    );
    return config;
  } catch (error) {
    if (error instanceof JobError) throw error;
    throw new JobError(`config: ${lineOf(error, flagOf)}`);
  }
}

const isWord = (value: unknown, pattern: RegExp): boolean =>
  typeof value === "string" && pattern.test(value);

function expect(fits: boolean, field: string, expected: string, got: unknown): asserts fits {
  if (!fits) throw new JobError(`${field}: expected ${expected}, got ${quoted(got)}`);
}
