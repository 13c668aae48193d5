// Runs the built command line in a folder of its own and collects what it says.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export const CLI = fileURLToPath(new URL("../../build/node/cli.js", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An empty folder that goes with the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ello-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a command to its end. */
export function run(command: string, args: readonly string[], cwd: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => (stderr += data));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** `train` with these flags, in `cwd`. */
export function train(cwd: string, ...flags: string[]): Promise<Outcome> {
  return run(process.execPath, [CLI, "train", ...flags], cwd);
}

/** The files of a run on a pair of texts, sorted. */
export const FILES = [
  "curves.html",
  "curves.png",
  "metrics.jsonl",
  "model.safetensors",
  "receipt.json",
  "training.safetensors",
];

/** The receipt in the folder of a run. */
export function receiptOf(folder: string): any {
  return JSON.parse(readFileSync(join(folder, "receipt.json"), "utf8"));
}
