// `ello sweep`: many runs, here, and what they came to.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { shown } from "../../outside/printable.ts";
import { SweepError } from "../../sweep/axes.ts";
import { RunError, reasonOf, UsageError } from "../errors.ts";
import { ensureFolder, moveIn, writeAside } from "../folder/file-writing.ts";
import { FolderLock } from "../folder/folder-lock.ts";
import { readingOn } from "../model/text-files.ts";
import type { Output } from "../output.ts";
import { Queued } from "../queue/queued.ts";
import { Told, watchSweep } from "../queue/watch.ts";
import { type Signal, stopPolitely } from "../signals.ts";
import { Board } from "./board.ts";
import { Children } from "./children.ts";
import { SweepData } from "./data.ts";
import type { Jobs } from "./jobs.ts";
import { atOnceOf } from "./memory.ts";
import { parseSweepOptions, type SweepOptions, sweepHelp } from "./options.ts";
import { sweepHtml } from "./page.ts";
import { type Asked, type Plan, planSweep } from "./plan.ts";
import { expectNoRun, nameOnQueue, PLAN_FILE, planJson, readPlanFile } from "./plan-file.ts";
import type { Standing } from "./standing.ts";
import { rowOf, summaryCsv, summaryJson } from "./summary.ts";
import { Sweeping } from "./sweeping.ts";

const MOST_ASKED = 10_000; // runs on a queue at once

/** Runs the command. @returns its exit code: 1 if no run came to anything, a signal's if one ended it. */
export async function runSweep(args: readonly string[], output: Output): Promise<number> {
  const options = await parseSweepOptions(args);
  if (!options) {
    await output.line(sweepHelp());
    return 0;
  }
  const { folder, json, quiet, queue } = options;
  if (queue?.isWatch) return watchSweep(queue.url, queue.name, output);
  const isSilent = json || quiet;
  const { asked, plan } = await planOf(options, isSilent ? undefined : output);
  const lock = openFolder(folder);
  let jobs: Jobs | undefined;
  try {
    save(folder, PLAN_FILE, planJson(asked, plan));
    const made = await jobsOf(options, plan, output);
    ({ jobs } = made);
    if (!isSilent) await introduce(plan, folder, jobs.atOnce, output);
    const board = isSilent ? undefined : new Board(plan, output);
    let due = 0; // a large sweep is not summed up after each run
    const sweeping = await Sweeping.open(plan, folder, jobs, async (standings, changed) => {
      const now = performance.now();
      if (changed && now >= due) {
        summarize(plan, folder, standings);
        due = now + 10 * (performance.now() - now);
      }
      await made.told?.tell(standings);
      if (changed && json) await output.line(JSON.stringify(rowOf(changed)));
      await board?.show(standings, changed);
    });
    let signal: Signal | undefined;
    stopPolitely((one) => {
      signal = one;
      sweeping.interrupt();
    });
    const isWhole = await sweeping.toTheEnd();
    const { standings } = sweeping;
    await made.told?.tell(standings, true);
    await board?.conclude(standings);
    const files = await conclude(plan, folder, standings);
    if (!isSilent) {
      await output.line(`Wrote ${files.map((name) => shown(join(folder, name))).join(", ")}`);
      if (!isWhole)
        await output.line(`Stopped; the same command goes on, or sweep --out-dir ${shown(folder)}`);
    }
    if (signal) return signal.code;
    return standings.every(({ state }) => state === "failed") ? 1 : 0;
  } finally {
    await jobs?.close();
    lock.release();
  }
}

/** Who makes the runs: children here, or workers by a queue; and who is told of a sweep on one. */
async function jobsOf(
  options: SweepOptions,
  plan: Plan,
  output: Output,
): Promise<{ jobs: Jobs; told?: Told }> {
  const { folder, logTo, queue } = options;
  if (!queue) {
    const warn = (text: string) => output.warn(text);
    const atOnce = atOnceOf(options, plan);
    return { jobs: new Children({ folder, text: plan.text, atOnce, logTo, warn }) };
  }
  const id = nameOnQueue(folder);
  const atOnce = options.atOnce ?? MOST_ASKED;
  const jobs = await Queued.open({ ...queue, id, folder, plan, atOnce, output });
  if (!options.json && !options.quiet) await output.line(`On the queue as ${id}`);
  return { jobs, told: new Told(jobs.connection, id, plan) };
}

/** What was asked for now, or when the sweep in the folder was begun. */
async function planOf(
  { asked: given, folder }: SweepOptions,
  output: Output | undefined,
): Promise<{ asked: Asked; plan: Plan }> {
  const before = given ? undefined : await readPlanFile(folder);
  const asked = given ?? (before?.asked as Asked);
  try {
    const plan = await planSweep(asked, new SweepData(asked.text, output && readingOn(output)));
    if (before && plan.textSha256 !== before.textSha256) {
      throw new RunError(
        `sweep: expected the text of the sweep in ${shown(folder)}, SHA-256 ${before.textSha256}, got one of ${plan.textSha256}; restore it, or begin another sweep with --grid`,
      );
    }
    return { asked, plan };
  } catch (error) {
    if (error instanceof SweepError) throw new UsageError(error.message);
    throw error;
  }
}

/** Makes the folder and keeps other sweeps from it. @throws {RunError} @throws {UsageError} */
function openFolder(folder: string): FolderLock {
  let entries: string[];
  try {
    ensureFolder(folder);
    entries = readdirSync(folder);
  } catch (error) {
    throw new RunError(
      `--out-dir: expected a folder that can be written, got ${reasonOf(error)} for ${shown(folder)}`,
    );
  }
  expectNoRun(folder, entries);
  return new FolderLock(folder);
}

async function introduce(
  plan: Plan,
  folder: string,
  atOnce: number,
  output: Output,
): Promise<void> {
  for (const note of plan.notes) await output.line(note);
  const { runs, halving } = plan;
  const [first] = runs;
  const rungs =
    halving === undefined || !first
      ? ""
      : `; one in ${halving} goes on after step ${first.rungs.join(", ")} of ${first.steps}`;
  await output.line(
    `${runs.length} runs in ${shown(folder)}, ${Math.min(atOnce, runs.length)} at once${rungs}`,
  );
}

function save(folder: string, name: string, content: string): void {
  try {
    writeAside(folder, name, content);
    moveIn(folder, name);
  } catch (error) {
    throw new RunError(
      `--out-dir: expected a folder that can be written, got ${reasonOf(error)} for ${shown(join(folder, name))}; the runs are kept, and the same command goes on`,
    );
  }
}

function summarize(plan: Plan, folder: string, standings: readonly Standing[]): string[] {
  save(folder, "summary.json", summaryJson(plan, standings));
  save(folder, "summary.csv", summaryCsv(plan, standings));
  return ["summary.json", "summary.csv"];
}

async function conclude(
  plan: Plan,
  folder: string,
  standings: readonly Standing[],
): Promise<string[]> {
  const names = summarize(plan, folder, standings);
  const html = await sweepHtml(plan, folder, standings);
  if (html === undefined) return names;
  save(folder, "sweep.html", html);
  return [...names, "sweep.html"];
}
