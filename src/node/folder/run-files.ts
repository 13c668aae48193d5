// The folder of a run, while it is written: locked, its logs growing, its other files all of one moment.
// A run that is killed leaves the save before or the new one, never a mixture.

import { readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { LogMarks } from "../../checkpoint/training.ts";
import { quoted, shown } from "../../outside/printable.ts";
import { RunError, reasonOf } from "../errors.ts";
import { ensureFolder, moveIn, writeAside } from "./file-writing.ts";
import { FolderLock, LOCK } from "./folder-lock.ts";
import { keepState } from "./kept-states.ts";
import { isRunFile, MLFLOW_FILE, nextEventFile, RUN_FILES, type RunFile } from "./names.ts";
import { LogError, RunLog } from "./run-log.ts";
import { commit, finishSave } from "./save-journal.ts";
import { setAside } from "./set-aside.ts";

const METRICS = "metrics.jsonl";
const SAMPLES = "samples.txt";

/** Files of a run by their names. */
export type RunContents = { readonly [Name in RunFile]?: string | Uint8Array };

/** Where a stopped run's logs are, and what they held. */
export interface Kept {
  readonly folder: string;
  readonly marks: LogMarks;
}

/** A folder could not be written. */
export class FolderError extends RunError {
  /** The message without what stands in the folder, which a later save may change. */
  readonly fault: string;

  constructor(fault: string, truth: string) {
    super(`${fault}; ${truth ? `${truth}; ` : ""}choose another`);
    this.fault = fault;
  }
}

export class RunFiles {
  /** What became of an older run there, and what was not as expected, in sentences. */
  readonly notes: string[] = [];
  readonly #folder: string;
  readonly #isNew: boolean;
  #lock: FolderLock;
  readonly #logs = new Map<RunFile, RunLog>();
  #hasSaved = false;

  /**
   * Makes the folder, or sets an older run in it aside, and takes its lock. `held`: the lock, where a
   * run goes on in its own folder.
   * @throws {RunError} if it cannot be written or another run writes it.
   */
  constructor(folder: string, held?: FolderLock) {
    this.#folder = folder;
    this.#hasSaved = held !== undefined; // by the part of the run before
    const { lock, aside, isNew } = held
      ? { lock: held, aside: undefined, isNew: false }
      : attempt(folder, "", () => beginIn(folder));
    this.#lock = lock;
    this.#isNew = isNew;
    if (aside !== undefined) this.notes.push(`The run that was here is now in ${shown(aside)}.`);
    process.once("exit", this.#leave);
  }

  /** Goes on behind the logs of a stopped run. @throws {RunError} if one is another run's. */
  keep({ folder, marks }: Kept): void {
    for (const [name, mark] of Object.entries(marks)) {
      if (mark.bytes === 0 || !isRunFile(name)) continue;
      try {
        const goOn = () => RunLog.goOn(this.#folder, name, folder, mark);
        this.#logs.set(name, this.#try(this.#before, goOn));
      } catch (error) {
        if (!(error instanceof LogError)) throw error;
        if (error.isGone)
          this.notes.push(`${name} of the run was not there: a new one goes on from here.`);
        else
          throw new RunError(
            `--resume: expected the run's own ${name}, got ${error.message}; remove ${shown(join(folder, name))} to go on with a new one`,
          );
      }
    }
  }

  /** Adds lines to metrics.jsonl. @throws {RunError}, after which they are still to be written. */
  addMetrics(...lines: string[]): void {
    this.add(METRICS, lines.map((line) => `${line}\n`).join(""));
  }

  /** Adds what the model wrote to samples.txt. @throws {RunError} */
  addSample(text: string): void {
    this.add(SAMPLES, text);
  }

  /** Adds to a log, which begins where there is none. @throws {RunError}, after which it is still to be written. */
  add(name: RunFile, piece: string | Uint8Array): void {
    this.#try(this.#before, () => this.#log(name).add(piece));
  }

  /** Whether there is a log to go on behind. */
  has(name: RunFile): boolean {
    return this.#logs.has(name);
  }

  /** Takes back the lines of a log from the first on that is not kept. @throws {RunError} */
  rewind(name: RunFile, isKept: (line: string) => boolean): void {
    this.#try(this.#before, () => {
      this.#stand();
      this.#logs.get(name)?.rewind(this.#folder, isKept);
    });
  }

  /** A name for a log of events behind those that are there. `now`: ms. @throws {RunError} */
  nextEvents(now: number): RunFile {
    return this.#try(this.#before, () => nextEventFile(readdirSync(this.#folder), now));
  }

  /** Writes which run of MLflow's this one is, at once. @throws {RunError} */
  keepMlflow(text: string): void {
    this.#try(this.#before, () => {
      this.#stand();
      writeAside(this.#folder, MLFLOW_FILE, text);
      moveIn(this.#folder, MLFLOW_FILE);
    });
  }

  /** Keeps the state after `step` steps, beside the run's files. @throws {RunError} */
  keepState(step: number, bytes: Uint8Array): void {
    this.#try(this.#before, () => {
      this.#stand();
      keepState(this.#folder, step, bytes);
    });
  }

  /** What the logs hold; belongs into the state that is saved with it. @throws {RunError} */
  get marks(): LogMarks {
    return this.#try(this.#before, () => {
      this.#stand();
      return Object.fromEntries([...this.#logs].map(([name, log]) => [name, log.mark]));
    });
  }

  /**
   * Writes the logs, and files as one thing; those of an earlier save that are not among `files` or `stay` go.
   * @returns the paths of all files of the run. @throws {RunError}, which says what is there then.
   */
  save(files: RunContents, stay: readonly RunFile[] = []): string[] {
    const put = RUN_FILES.filter((name) => files[name] !== undefined);
    const kept = [...this.#logs.keys(), ...put, ...stay, MLFLOW_FILE];
    this.#try(this.#before, () => {
      this.#stand();
      for (const log of this.#logs.values()) log.save();
      for (const name of put) {
        if (statSync(join(this.#folder, name), { throwIfNoEntry: false })?.isDirectory()) {
          throw new Error(`EISDIR: ${name} is a folder`);
        }
        writeAside(this.#folder, name, files[name] as string | Uint8Array);
      }
      const moved = [...this.#logs.values()].filter((log) => !log.standsIn(this.#folder));
      const there = readdirSync(this.#folder).filter(isRunFile);
      commit(this.#folder, {
        put: [...moved.map(({ name }) => name), ...put],
        drop: there.filter((name) => !kept.includes(name)),
      });
    });
    this.#hasSaved = true;
    const after =
      "the new files are saved, some perhaps still beside their places, where --resume finds them";
    this.#try(after, () => finishSave(this.#folder));
    return [...this.#logs.keys(), ...put].map((name) => join(this.#folder, name));
  }

  /** Ends the writing: gives the lock back, and leaves no folder without a run. */
  close(): void {
    process.off("exit", this.#leave);
    for (const log of this.#logs.values()) log.close();
    this.#leave();
    this.#logs.clear();
  }

  readonly #leave = (): void => {
    try {
      if (!this.#lock.isHeld) return;
      const logs = this.#hasSaved ? [] : [...this.#logs.keys(), MLFLOW_FILE];
      for (const name of logs) rmSync(join(this.#folder, name), { force: true });
      finishSave(this.#folder);
      this.#lock.release();
      if (this.#isNew && !this.#hasSaved) rmdirSync(this.#folder);
    } catch {
      // what stays is found by the next run
    }
  };

  #log(name: RunFile): RunLog {
    const log = this.#logs.get(name) ?? RunLog.begin(this.#folder, name);
    this.#logs.set(name, log);
    return log;
  }

  /** Sees to it that the folder is there and ours. A deleted one is made again, with its logs. */
  #stand(): void {
    if (this.#lock.isHeld) return;
    this.#lock.release();
    const logs = [...this.#logs.values()];
    const isOurs = logs.some((log) => log.standsIn(this.#folder));
    this.#lock = isOurs ? new FolderLock(this.#folder) : beginIn(this.#folder).lock;
    for (const log of logs) log.restore(this.#folder);
  }

  get #before(): string {
    return this.#hasSaved
      ? "the files there are those of the save before"
      : "nothing of this run was saved";
  }

  #try<Result>(truth: string, work: () => Result): Result {
    return attempt(this.#folder, truth, work);
  }
}

/**
 * The lock of the folder of a run that goes on there, its last save finished; before it is read.
 * @throws {RunError} if it cannot be written or another run writes it.
 */
export function holdFolder(folder: string): FolderLock {
  return attempt(folder, "", () => {
    const lock = new FolderLock(folder);
    try {
      finishSave(folder);
      return lock;
    } catch (error) {
      lock.release();
      throw error;
    }
  });
}

/** `truth`: what is there after a failure. @throws {FolderError} and what `work` says itself. */
function attempt<Result>(folder: string, truth: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof RunError || error instanceof LogError) throw error;
    const fault = `--out-dir: expected a folder that can be written, got ${reasonOf(error)} for ${quoted(folder)}`;
    throw new FolderError(fault, truth);
  }
}

/** Locks a folder for a new run; an older run there moves aside. */
function beginIn(folder: string): { lock: FolderLock; aside: string | undefined; isNew: boolean } {
  const isNew = statSync(folder, { throwIfNoEntry: false }) === undefined;
  ensureFolder(folder);
  const lock = new FolderLock(folder);
  let aside: string | undefined;
  try {
    finishSave(folder);
    aside = setAside(folder);
  } catch (error) {
    lock.release();
    throw error;
  }
  if (aside === undefined) return { lock, aside, isNew };
  lock.release();
  rmSync(join(aside, LOCK), { force: true }); // it went along
  ensureFolder(folder);
  return { lock: new FolderLock(folder), aside, isNew: true };
}
