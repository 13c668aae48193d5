// Runs whose logs are compared: what metrics.jsonl says at the end, and a run that was killed.

import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { train } from "../run.ts";
import { SMALL } from "../sea.ts";

export const LOGS = ["--log", "csv", "--log", "tensorboard"];

/** A run of 60 steps on sea.txt with evaluations, and samples after them. */
export const FLAGS = ["sea.txt", ...SMALL, "--epochs", "3", "--eval-every", "7"];

/** One that diverges, goes back and ends. */
export const WILD = [
  ...["sea.txt", ...SMALL, "--epochs", "4", "--optimizer", "sgd", "--learning-rate", "40"],
  ...["--clip-norm", "0", "--on-divergence", "rollback", "--seed", "3"],
];

/** The records of the way that a run went in the end: those that it went back behind are left out. */
export function recordsOf(folder: string): any[] {
  const lines = readFileSync(join(folder, "metrics.jsonl"), "utf8").trimEnd().split("\n");
  let records: any[] = [];
  for (const record of lines.map((line) => JSON.parse(line))) {
    if (record.loss === undefined) continue;
    if (record.rolledBack) records = records.filter(({ step }) => step < record.step);
    records.push(record);
  }
  return records;
}

/** What the model wrote, by step. */
export function samplesOf(folder: string): [step: number, text: string][] {
  const lines = readFileSync(join(folder, "metrics.jsonl"), "utf8").trimEnd().split("\n");
  const all = lines.map((line) => JSON.parse(line));
  return all.flatMap(({ step, sample }) => (sample === undefined ? [] : [[step, sample]]));
}

/** Leaves in out what a run leaves that was saved after step 20 and killed after step 35. */
export async function killedRun(cwd: string, ...flags: string[]): Promise<void> {
  await train(cwd, ...flags, "--max-steps", "20");
  const [state, saved] = [join(cwd, "out/training.safetensors"), join(cwd, "saved")];
  copyFileSync(state, saved);
  await train(cwd, "--resume", "out", "--quiet", ...LOGS, "--max-steps", "35");
  copyFileSync(saved, state);
}

/** The names of the event files of a folder, in order. */
export const eventFilesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.includes("tfevents"))
    .sort();

/** Their bytes. */
export const eventsOf = (folder: string): Buffer[] =>
  eventFilesIn(folder).map((name) => readFileSync(join(folder, name)));
