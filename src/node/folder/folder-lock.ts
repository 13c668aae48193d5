// The lock of a run's folder: a file that names the process that writes there. Node has no lock of the
// kernel's, so whoever finds one asks whether its holder lives; a killed holder's is taken over.

import { randomUUID } from "node:crypto";
import {
  closeSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  utimesSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { quoted, shown } from "../../outside/printable.ts";
import { RunError } from "../errors.ts";
import { readJsonNow } from "../read-file.ts";

/** The lock's name in its folder. */
export const LOCK = ".lock";

const BEAT = 5_000; // ms between signs of life
const WITHOUT_LINKS = ["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EMLINK"];
const SILENCE = 120_000; // ms without one after which a holder that cannot be asked counts as gone

interface Holder {
  readonly token: string;
  readonly pid: number;
  /** When the process began, as its kernel counts; with the number it names one process. */
  readonly started: string;
  /** Where its number means something: the boot and the process namespace. */
  readonly place: string;
  readonly host: string;
}

export class FolderLock {
  readonly #path: string;
  readonly #token = randomUUID();
  readonly #beat: ReturnType<typeof setInterval>;

  /** Takes the lock of a folder that is there. @throws {RunError} if another process has it. */
  constructor(folder: string) {
    this.#path = join(folder, LOCK);
    while (!this.#create()) removeDead(folder, this.#token);
    this.#beat = setInterval(() => this.#touch(), BEAT).unref();
  }

  /** Whether it is still there and ours: a folder can be deleted, a silent holder's lock taken over. */
  get isHeld(): boolean {
    return holderAt(this.#path)?.token === this.#token;
  }

  release(): void {
    clearInterval(this.#beat);
    if (this.isHeld) rmSync(this.#path, { force: true });
  }

  /** @returns false if there is one. */
  #create(): boolean {
    const aside = `${this.#path}.${this.#token}`;
    try {
      write(aside, this.#token);
      linkSync(aside, this.#path); // so that a lock is never seen without its holder
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      // ENOENT: a holder has swept it away, or the folder is gone, which is then said.
      if (code === "EEXIST" || (code === "ENOENT" && statOf(this.#path))) return false;
      if (!WITHOUT_LINKS.includes(code)) throw error;
      if (!this.#createPlainly()) return false;
    } finally {
      rmSync(aside, { force: true });
    }
    sweep(dirname(this.#path), this.#token);
    return true;
  }

  /** The same where files cannot have two names. */
  #createPlainly(): boolean {
    try {
      write(this.#path, this.#token);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      rmSync(this.#path, { force: true });
      throw error;
    }
  }

  #touch(): void {
    try {
      if (this.isHeld) utimesSync(this.#path, new Date(), new Date());
    } catch {
      // the next save notices
    }
  }
}

/** Writes a new file that names this process. */
function write(path: string, token: string): void {
  const file = openSync(path, "wx");
  const { pid } = process;
  const holder: Holder = {
    ...{ token, pid, started: startOf(pid) },
    ...{ place: placeOfProcesses(), host: hostname() },
  };
  try {
    writeSync(file, JSON.stringify(holder));
  } finally {
    closeSync(file);
  }
}

/** Removes what killed processes have left of their locks. */
function sweep(folder: string, token: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.startsWith(`${LOCK}.`) && holderAt(path)?.token !== token)
      rmSync(path, { force: true });
  }
}

/** @throws {RunError} if a living process has the folder's lock. */
export function expectFree(folder: string): void {
  const path = join(folder, LOCK);
  const stat = statOf(path);
  if (!stat) return;
  const holder = stat.isFile() ? holderAt(path) : undefined;
  if (stat.isFile() && !isAlive(holder, stat.mtimeMs)) return;
  const who = holder ? `process ${holder.pid} on ${shown(`${holder.host}`)}` : "another process";
  throw new RunError(
    `--out-dir: expected a folder that no other run writes, got ${quoted(folder)}, in use by ${who}; wait for its end or choose another folder`,
  );
}

/** Of a link itself; undefined also for what cannot be looked at, which is said when it is written. */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

/** Removes the lock of a holder that is gone. @throws {RunError} if it lives. */
function removeDead(folder: string, token: string): void {
  const path = join(folder, LOCK);
  const judged = holderAt(path)?.token;
  expectFree(folder);
  // Whoever renames it first has it; a new holder's lock that came between is put back.
  const aside = join(folder, `${LOCK}.${token}`);
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (holderAt(aside)?.token === judged) rmSync(aside);
  else renameSync(aside, path);
}

/** What a lock says; undefined where there is none, or one that is not yet written. */
function holderAt(path: string): Holder | undefined {
  try {
    const holder = Object(readJsonNow(path));
    return typeof holder.token === "string" && Number.isInteger(holder.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a holder lives. `heard`: when it last gave a sign of life, ms. */
function isAlive(holder: Holder | undefined, heard: number): boolean {
  if (holder?.place === placeOfProcesses()) {
    return isRunning(holder.pid) && startOf(holder.pid) === holder.started;
  }
  return Date.now() - heard < SILENCE; // in another container or on another machine
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** When a process began, in ticks since the boot; "" where the system does not say. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // behind a name with any characters
    return fields[0] === "Z" ? "ended" : (fields[19] ?? "");
  } catch {
    return "";
  }
}

/** What tells apart places where the same number is another process. */
function placeOfProcesses(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}
