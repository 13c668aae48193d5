// Runs made here, each by `train` in a process of its own, so that what ends one ends no other.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseJson } from "../../outside/json.ts";
import { type Config, defaultsOf, SETTINGS } from "../../settings/check.ts";
import { flagName, TABLE } from "../../settings/table.ts";
import { commandFile } from "../built-files.ts";
import { TRAINING_FILE } from "../folder/names.ts";
import { placeOf } from "../folder/save-journal.ts";
import type { Ended, Job, Jobs, Progress } from "./jobs.ts";

const RECORDS = 200; // that a child tells of in a whole run
const LONGEST_REASON = 300; // characters
const INTERRUPTED = [129, 130, 143]; // codes of a run that a signal ended and that is saved

/** What of a job decides the words of `train`. */
export interface Wanted {
  readonly run: Pick<Job["run"], "name" | "config" | "steps">;
  readonly until: number | undefined;
}

/** Where a run's folder is, and what it trains on. */
export interface Place {
  readonly folder: string;
  readonly text: readonly string[];
}

export interface ChildrenOptions extends Place {
  readonly atOnce: number;
  /** Trackers that each run logs to, as `--log` has them. */
  readonly logTo?: readonly string[];
  /** Hears what a run that came to its end has warned of; of the same words once. */
  readonly warn?: (text: string) => void;
}

/** Makes the runs of a sweep in its folder. */
export class Children implements Jobs {
  readonly atOnce: number;
  readonly #place: Place;
  readonly #words: readonly string[];
  readonly #warn: (text: string) => void;
  readonly #warned = new Set<string>();
  readonly #running = new Set<ChildProcess>();
  #isInterrupted = false;

  constructor({ atOnce, logTo = [], warn = () => {}, ...place }: ChildrenOptions) {
    this.atOnce = atOnce;
    this.#place = place;
    this.#words = logTo.flatMap((to) => ["--log", to]);
    this.#warn = warn;
  }

  async do(job: Job, hear: (progress: Progress) => void): Promise<Ended> {
    if (this.#isInterrupted) return { kind: "interrupted" };
    const threads = threadsFor(job, this.#running.size, this.atOnce);
    const words = [...trainWords(job, this.#place, threads), ...this.#words];
    const args = [...process.execArgv, commandFile(), ...words];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#running.add(child);
    try {
      return await outcomeOf(child, hear, (said) => this.#pass(said));
    } finally {
      this.#running.delete(child);
    }
  }

  #pass(said: string): void {
    if (this.#warned.has(said)) return;
    this.#warned.add(said);
    this.#warn(said);
  }

  interrupt(): void {
    this.#isInterrupted = true;
    for (const child of this.#running) child.kill("SIGTERM");
  }

  async close(): Promise<void> {
    this.interrupt();
  }
}

/** Threads of a run: one, or those that nobody else takes where few runs are left. */
function threadsFor({ waiting }: Job, running: number, atOnce: number): number {
  const sharers = Math.min(atOnce, running + waiting);
  return Math.max(1, Math.floor(availableParallelism() / Math.max(1, sharers)));
}

/** The words of `train` for a job: from its start, or where its folder stands. */
export function trainWords(
  { run, until }: Wanted,
  { folder, text }: Place,
  threads: number,
): string[] {
  const own = join(folder, run.name);
  const every = Math.max(1, Math.ceil(run.steps / RECORDS));
  return [
    "train",
    ...(isBegun(own) ? ["--resume", own] : settingWords(run.config, text)),
    ...text.flatMap((name) => ["--text", name]),
    ...["--out-dir", own, "--json", "--log-every", `${every}`],
    ...(TABLE.threads.accepts(threads) && canShare(run.config) ? ["--threads", `${threads}`] : []),
    ...(until === undefined ? [] : ["--max-steps", `${until}`]),
  ];
}

/** Whether threads have an effect on a run. */
const canShare = ({ engine, batchSize }: Config): boolean => engine === "wasm" && batchSize >= 8;

/** Whether a run can be gone on with in its folder. */
export function isBegun(folder: string): boolean {
  try {
    return existsSync(placeOf(folder, TRAINING_FILE));
  } catch {
    return false;
  }
}

/** The flags of settings that are not the defaults. */
export function settingWords(config: Config, text: readonly string[]): string[] {
  const isOnText = text.length > 0;
  const defaults = defaultsOf(isOnText);
  const given = isOnText ? ["threads", "input", "target"] : ["threads"]; // by other words, or not at all
  return SETTINGS.filter((name) => config[name] !== defaults[name] && !given.includes(name)).map(
    (name) => (TABLE[name].value ? `--${flagName(name)}=${config[name]}` : `--${flagName(name)}`),
  );
}

/** Waits for the end of a child that trains, hearing the records that it prints. */
export async function outcomeOf(
  child: ChildProcess,
  hear: (progress: Progress) => void,
  warn: (said: string) => void = () => {},
): Promise<Ended> {
  let said = "";
  let validation: number | undefined;
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  if (child.stdout) {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const record = recordIn(line);
      if (typeof record["step"] !== "number") return;
      const evaluated = Object(record["validation"])["loss"];
      if (typeof evaluated === "number") validation = evaluated;
      const loss = typeof record["loss"] === "number" ? record["loss"] : Number.NaN;
      hear({ step: record["step"] + 1, loss, validation });
    });
  }
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.on("error", (error) => {
      said = error.message;
      resolve([1, null]);
    });
    child.on("close", (...how) => resolve(how));
  });
  if (code === 0) {
    if (said.trim()) warn(said.trim());
    return { kind: "ended" };
  }
  if (INTERRUPTED.includes(code ?? 0)) return { kind: "interrupted" };
  const last = said.trim().split("\n").at(-1)?.slice(0, LONGEST_REASON);
  const reason = signal
    ? `ended by ${signal}${["SIGKILL", "SIGABRT"].includes(signal) ? ", as where memory runs out" : ""}`
    : last || `ended with code ${code}`;
  return { kind: "failed", reason };
}

function recordIn(line: string): Record<string, unknown> {
  try {
    return Object(parseJson(line));
  } catch {
    return {};
  }
}
