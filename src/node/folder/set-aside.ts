// A run's folder that is wanted for a new run: the older run moves to a name of its own beside it, so
// that nothing is lost and a command can be typed twice.

import { readdirSync, realpathSync, renameSync, statSync } from "node:fs";
import { basename, dirname, join, normalize, relative } from "node:path";
import { quoted } from "../../outside/printable.ts";
import { RunError, reasonOf } from "../errors.ts";
import { LOCK } from "./folder-lock.ts";
import { isRunFile, STATES } from "./names.ts";

const NOBODYS: readonly string[] = [LOCK, ".DS_Store"];

/** Whether two paths lead to the same folder, as the file system sees it. */
export function isSameFolder(a: string, b: string): boolean {
  try {
    const [one, other] = [statSync(a), statSync(b)];
    return one.dev === other.dev && one.ino === other.ino;
  } catch {
    return false;
  }
}

/**
 * Renames a folder that holds a run to its name with the next free number.
 * @returns where the run is now; undefined where there was none.
 * @throws {RunError} if the folder holds other things too, or cannot be renamed.
 */
export function setAside(folder: string): string | undefined {
  const entries = readdirSync(folder).filter((name) => !NOBODYS.includes(name));
  if (!entries.some(isRunFile)) return undefined;
  const other = entries.find((name) => !isRunFile(name) && name !== STATES);
  if (other !== undefined) throw refusal(folder, `one with a run and with ${quoted(other)}`);
  const real = realpathSync(folder);
  if (!relative(real, process.cwd()).startsWith("..")) throw refusal(folder, "the current one");
  for (let tries = 0; ; tries++) {
    const aside = nextName(folder);
    try {
      renameSync(folder, aside);
      return aside;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const isTaken = code === "ENOTEMPTY" || code === "EEXIST"; // by a run that started just now
      if (!isTaken || tries > 9) throw refusal(folder, `${reasonOf(error)} for setting it aside`);
    }
  }
}

function refusal(folder: string, got: string): RunError {
  return new RunError(
    `--out-dir: expected a folder for this run alone, or one with an older run that can be set aside, got ${got}: ${quoted(folder)}; choose another folder`,
  );
}

/** The folder's name with a number above all that are taken. */
function nextName(folder: string): string {
  const path = normalize(folder).replace(/[/\\]+$/, "");
  const [parent, name] = [dirname(path), basename(path)];
  const numbers = readdirSync(parent).map((other) => {
    const number = other.startsWith(`${name}-`) ? other.slice(name.length + 1) : "";
    return /^\d{1,15}$/.test(number) ? Number(number) : 0;
  });
  return join(parent, `${name}-${Math.max(0, ...numbers) + 1}`);
}
