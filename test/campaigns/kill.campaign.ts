// A run killed at random moments, 200 times, and resumed each time: a checkpoint is always there, and
// at the end the weights are those of a run that was left alone. The same for a system call of a save
// that fails, one after the other: the old checkpoint stays, the error is one line.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadTraining } from "../../src/index.ts";
import { CLI, makeFolder, receiptOf, run, train } from "../node/run.ts";
import { Numbers } from "../support.ts";

const KILLS = 200;
const LONGEST = 1200; // ms until a kill
const FLAGS = ["--hidden-size", "12", "--seq-length", "10", "--batch-size", "4"];
const TEXT = "she sells sea shells by the sea shore. ".repeat(20);
const CALLS = ["openat", "write", "fsync", "rename", "ftruncate"];

/** Starts a run that saves after every second step and kills it after `ms`. */
function killed(cwd: string, args: readonly string[], ms: number): Promise<void> {
  return new Promise((resolve) => {
    const all = [CLI, "train", ...args, "--checkpoint-every", "2", "--quiet"];
    const child = spawn(process.execPath, all, { cwd, stdio: "ignore" });
    const timer = setTimeout(() => child.kill("SIGKILL"), ms);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

test(`${KILLS} kills`, async () => {
  const cwd = makeFolder();
  writeFileSync(join(cwd, "text.txt"), TEXT);
  const epochs = ["--epochs", "200"];
  await train(cwd, "--text", "text.txt", ...FLAGS, ...epochs, "--out-dir", "whole", "--quiet");
  const numbers = new Numbers(5);
  const state = join(cwd, "out/training.safetensors");
  let last = 0;
  let whole = 0;
  for (let i = 0; i < KILLS; i++) {
    const start = existsSync(state)
      ? ["--resume", "out"]
      : ["--text", "text.txt", ...FLAGS, ...epochs];
    await killed(cwd, start, numbers.between(100, LONGEST));
    if (!existsSync(state)) continue;
    const { state: stopped } = await loadTraining(readFileSync(state));
    expect(stopped.progress.step).toBeGreaterThanOrEqual(last);
    last = stopped.progress.step;
    whole++;
  }
  console.log(`${whole} of ${KILLS} kills left a checkpoint, the last after step ${last}`);
  await train(cwd, "--resume", "out", "--quiet");
  const final = (folder: string) => receiptOf(join(cwd, folder)).parametersSha256.final;
  expect(final("out")).toBe(final("whole"));
  const metrics = (folder: string) => readFileSync(join(cwd, folder, "metrics.jsonl"), "utf8");
  expect(metrics("out")).toBe(metrics("whole"));
}, 7_200_000);

test("every system call of a save that fails, or kills", async () => {
  if (spawnSync("strace", ["-V"]).error) throw new Error("this campaign needs strace");
  const cwd = makeFolder();
  writeFileSync(join(cwd, "text.txt"), TEXT);
  const epochs = ["--epochs", "2"];
  await train(cwd, "--text", "text.txt", ...FLAGS, ...epochs, "--out-dir", "whole", "--quiet");
  const longer = ["--epochs", "3", "--quiet"];
  await train(cwd, "--text", "text.txt", ...FLAGS, ...longer, "--out-dir", "longer");
  const expected = receiptOf(join(cwd, "longer")).parametersSha256.final;
  const steps = ["whole", "longer"].map((folder) => receiptOf(join(cwd, folder)).steps);
  let tried = 0;
  for (const call of CALLS) {
    for (const how of ["error=ENOSPC", "error=EIO", "signal=SIGKILL"]) {
      for (let nth = 1; ; nth++) {
        await run("rm", ["-rf", "out"], cwd);
        await run("cp", ["-r", "whole", "out"], cwd);
        // Only calls on the run's folder count.
        const paths = ["-P", join(cwd, "out")];
        for (const name of ["metrics.jsonl", "training.safetensors", "model.safetensors"]) {
          paths.push("-P", join(cwd, "out", name));
        }
        const inject = `inject=${call}:${how}:when=${nth}`;
        const log = join(cwd, "strace.log");
        const args = ["-f", "-o", log, ...paths, "-e", `trace=${CALLS}`, "-e", inject];
        const command = [process.execPath, CLI, "train", "--resume", "out", ...longer];
        const { code, stderr } = await run("strace", [...args, ...command], cwd);
        const hit = /INJECTED|killed by SIGKILL/.test(readFileSync(log, "utf8"));
        const saved = readFileSync(join(cwd, "out/training.safetensors"));
        const { state } = await loadTraining(saved);
        expect(steps).toContain(state.progress.step);
        if (hit && how.startsWith("error") && code !== 0) {
          expect(stderr.trimEnd()).not.toContain("\n");
          expect(stderr).toMatch(/^--out-dir: expected a folder that can be written, got E/);
        }
        await train(cwd, "--resume", "out", ...longer);
        expect(receiptOf(join(cwd, "out")).parametersSha256.final).toBe(expected);
        if (!hit) break;
        tried++;
      }
    }
  }
  console.log(`${tried} system calls failed or killed the run`);
}, 7_200_000);
