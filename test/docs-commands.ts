// Commands of the documents that take more than to be run as they stand.

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { makeFolder, type Outcome, run } from "./node/run.ts";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Runs a sweep or its plan, on a small text in place of the one that it names, and on a few of its points. */
export function runSweep(command: string): Promise<Outcome> {
  const folder = makeFolder();
  const words = readFileSync(join(ROOT, "src/web/samples/words.txt"), "utf8").slice(0, 4000);
  writeFileSync(join(folder, "names.txt"), words);
  const few = command.includes("--grid") ? " --samples 3" : "";
  const into = command.includes("sweep") ? ` --out-dir ${folder}/sweep` : "";
  const own = command.replace("names.txt", join(folder, "names.txt"));
  return run("bash", ["-c", own + few + into], ROOT);
}

/** Starts a server that prints its address. @returns the address; stopped with the test. */
export async function startServer(command: string): Promise<string> {
  const child: ChildProcess = spawn("bash", ["-c", command], {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void process.kill(-(child.pid as number)));
  let printed = "";
  for await (const data of child.stdout as AsyncIterable<Buffer>) {
    printed += data.toString().replaceAll(/\x1b\[\d*m/g, "");
    const address = /http:\/\/[\w.]+:\d+\//.exec(printed)?.[0];
    if (address) return address;
  }
  throw new Error(`${command} ended: ${printed}`);
}
