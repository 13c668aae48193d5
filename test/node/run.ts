// Runs the command line in a folder of its own and collects what it says: as a function in this
// process, which is quick, or as the built program in one of its own.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { main } from "../../src/node/main.ts";

export const CLI = fileURLToPath(new URL("../../build/lib/cli.js", import.meta.url));

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

/** Runs a program to its end, in a process of its own. */
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

/** Whether a command runs in this process, which has one working folder. */
let isBusy = false;

/**
 * Runs a command of ours in this process, with `cwd` as its folder. What is about a process itself, or
 * about two commands at once, takes `run` and `CLI`.
 */
export async function command(cwd: string, ...args: string[]): Promise<Outcome> {
  if (isBusy) throw new Error("command: expected the one before to have ended; take run and CLI");
  const before = process.cwd();
  const [stdout, stderr] = [new Collector(), new Collector()];
  isBusy = true;
  process.chdir(cwd);
  process.setMaxListeners(0); // each run listens to the end of the process
  try {
    const code = await main(args, { stdout, stderr });
    return { code, stdout: stdout.text, stderr: stderr.text };
  } finally {
    process.chdir(before);
    isBusy = false;
  }
}

/** A stream that keeps what is written to it. */
class Collector extends Writable {
  readonly #decoder = new TextDecoder();
  text = "";

  override _write(bytes: Uint8Array, _encoding: string, done: () => void): void {
    this.text += this.#decoder.decode(bytes, { stream: true });
    done();
  }
}

/** `train` with these flags, in `cwd` and in this process. */
export function train(cwd: string, ...flags: string[]): Promise<Outcome> {
  return command(cwd, "train", ...flags);
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
