// plan.json: what a sweep was asked for, so that it can be gone on with by its folder alone.

import { randomBytes } from "node:crypto";
import { basename, join, resolve } from "node:path";
import { quoted } from "../../outside/printable.ts";
import { type Config, SETTINGS } from "../../settings/check.ts";
import { RunError, reasonOf, UsageError } from "../errors.ts";
import { moveIn, writeAside } from "../folder/file-writing.ts";
import { isRunFile } from "../folder/names.ts";
import { readJson, readJsonNow } from "../read-file.ts";
import type { Asked, Plan } from "./plan.ts";

export const PLAN_FILE = "plan.json";
const FORMAT = "ello-sweep-1";

/** The text of the file. */
export function planJson({ axes, base, text, halving, points }: Asked, plan: Plan): string {
  const { textSha256 } = plan;
  return `${JSON.stringify({ format: FORMAT, text, textSha256, axes, settings: base, halving, points }, null, 2)}\n`;
}

/** What the sweep in a folder was asked for, and the hash of its text. @throws {UsageError} @throws {RunError} */
export async function readPlanFile(folder: string): Promise<{ asked: Asked; textSha256: string }> {
  const path = join(folder, PLAN_FILE);
  let value: unknown;
  try {
    value = await readJson(path);
  } catch (error) {
    throw new UsageError(
      `sweep: expected --grid, a file of a sweep, or a folder with one to go on with, got ${reasonOf(error)} for ${quoted(path)}; say what varies: --grid "hiddenSize=64,128"`,
    );
  }
  const { format, text, textSha256, axes, settings, halving, points } = Object(value);
  const areNames = (all: unknown): all is string[] =>
    Array.isArray(all) && all.every((name) => typeof name === "string");
  const isPoint = (one: unknown): boolean =>
    Object(one) === one && Object.keys(one as object).every(isSetting);
  const fits =
    format === FORMAT &&
    areNames(text) &&
    areNames(axes) &&
    axes.every(isSetting) &&
    typeof textSha256 === "string" &&
    isPoint(settings) &&
    (halving === undefined || (Number.isSafeInteger(halving) && halving >= 2)) &&
    Array.isArray(points) &&
    points.every(isPoint);
  if (!fits) {
    throw new RunError(
      `sweep: expected the plan of a sweep of this release, got something else in ${quoted(path)}; give what was asked for again, with --grid`,
    );
  }
  const names = axes as (keyof Config)[];
  return { asked: { axes: names, base: settings, text, halving, points }, textSha256 };
}

/** The name that the sweep in a folder has on a queue: the folder's, and digits that no other has. */
export function nameOnQueue(folder: string): string {
  const path = join(folder, "queue.json");
  try {
    const { name } = Object(readJsonNow(path));
    if (typeof name === "string" && /^[\w-]{1,60}$/.test(name)) return name;
  } catch {
    // it has none yet
  }
  const plain = basename(resolve(folder))
    .replaceAll(/[^\w-]/g, "_")
    .slice(0, 40);
  const name = `${plain}-${randomBytes(4).toString("hex")}`;
  writeAside(folder, "queue.json", `${JSON.stringify({ name })}\n`);
  moveIn(folder, "queue.json");
  return name;
}

const isSetting = (name: string): boolean => SETTINGS.includes(name as keyof Config);

/** @throws {UsageError} for a folder that holds a run, whose files a sweep would stand among. */
export function expectNoRun(folder: string, entries: readonly string[]): void {
  if (!entries.some(isRunFile)) return;
  throw new UsageError(
    `--out-dir: expected a folder for a sweep, got one with a run: ${quoted(folder)}; choose another folder`,
  );
}
