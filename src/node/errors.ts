// What the command line says when something is wrong: one line, and the exit code.

import { VocabularyError } from "../data/vocabulary.ts";
import { shown } from "../outside/printable.ts";
import { ConfigError } from "../settings/check.ts";
import { type NameOf, SettingError } from "../settings/setting-error.ts";

/** A command line that does not fit. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Something outside went wrong; its text is the whole line. */
export class RunError extends Error {
  override readonly name = "RunError";
}

const USAGE = 2;
const FAILURE = 1;
const LONGEST_LINE = 1000; // characters, whatever a file makes a message say

/** Exit code of an error: 2 for usage, 1 otherwise. */
export function exitCodeOf(error: unknown): number {
  const usage = [UsageError, ConfigError, VocabularyError];
  return usage.some((kind) => error instanceof kind) ? USAGE : FAILURE;
}

/** The error as one line that a terminal can only show. `flagOf` turns the name of a setting into its flag. */
export function lineOf(error: unknown, flagOf: NameOf): string {
  const text =
    error instanceof SettingError
      ? error.messageAs(flagOf)
      : error instanceof Error
        ? error.message
        : String(error);
  return shown(
    text
      .split("\n")
      .map((line) => line.trim())
      .join(" "),
    LONGEST_LINE,
  );
}

/** The short reason of a failed system call, such as "EACCES: permission denied". */
export function reasonOf(error: unknown): string {
  const { code = "", message = String(error) } = error as NodeJS.ErrnoException;
  const known = /^([A-Z]+: [^,]+)/.exec(message)?.[1];
  return known ?? (code || message);
}
