// A run killed at random moments, 1,000 times, and resumed each time: a checkpoint is always there, and
// at the end the weights are those of a run that was left alone. The same for each call on the files of
// a save and of a resume that fails, is interrupted or does a part only, one after the other: a whole
// checkpoint stays, the error is one line. And a clock that goes backwards decides nothing.

import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadTraining } from "../../src/index.ts";
import { placeOf } from "../../src/node/folder/save-journal.ts";
import { CLI, makeFolder, receiptOf, run, train } from "../node/run.ts";
import { Numbers } from "../support.ts";

const KILLS = 1000;
const LONGEST = 1200; // ms until a kill
// The rate is constant: a cosine of more epochs is another.
const FLAGS = [
  ...["--hidden-size", "12", "--seq-length", "10", "--batch-size", "4", "--schedule", "constant"],
];
const TEXT = "she sells sea shells by the sea shore. ".repeat(20);
const CALLS = [
  "openSync",
  "writeSync",
  "fsyncSync",
  "renameSync",
  "ftruncateSync",
  "closeSync",
  "rmSync",
  "readSync",
  "linkSync",
  "mkdirSync",
];
/** Errors of a call; a part only of what it should write or read; or the end of the process in its place. */
const WAYS = ["ENOSPC", "EIO", "EINTR", "part", "SIGKILL"];
const INJECT = new URL("inject.js", import.meta.url).href;
const CLOCK = new URL("clock.js", import.meta.url).href;

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
  const epochs = ["--epochs", "1000"];
  await train(cwd, "--text", "text.txt", ...FLAGS, ...epochs, "--out-dir", "whole", "--quiet");
  const numbers = new Numbers(5);
  const state = () => placeOf(join(cwd, "out"), "training.safetensors");
  let last = 0;
  let whole = 0;
  for (let i = 0; i < KILLS; i++) {
    const start = existsSync(state())
      ? ["--resume", "out"]
      : ["--text", "text.txt", ...FLAGS, ...epochs];
    await killed(cwd, start, numbers.between(100, LONGEST));
    if (!existsSync(state())) continue;
    const { state: stopped } = await loadTraining(readFileSync(state()));
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

test("every call on the files of a save that fails, or where the run is killed", async () => {
  const cwd = makeFolder();
  writeFileSync(join(cwd, "text.txt"), TEXT);
  const short = ["--epochs", "2", "--quiet"];
  const longer = ["--epochs", "3", "--quiet"];
  await train(cwd, "--text", "text.txt", ...FLAGS, ...short, "--out-dir", "whole");
  await train(cwd, "--text", "text.txt", ...FLAGS, ...longer, "--out-dir", "longer");
  const expected = receiptOf(join(cwd, "longer")).parametersSha256.final;
  const steps = ["whole", "longer"].map((folder) => receiptOf(join(cwd, folder)).steps);
  let tried = 0;
  for (const call of CALLS) {
    for (const how of WAYS) {
      if (how === "part" && call !== "writeSync" && call !== "readSync") continue;
      for (let nth = 1; ; nth++) {
        await run("rm", ["-rf", "out", "injected"], cwd);
        await run("cp", ["-r", "whole", "out"], cwd);
        const variables = `INJECT=${call}:${how}:${nth}`;
        const command = [process.execPath, "--import", INJECT, CLI, "train", "--resume", "out"];
        const { code, stderr } = await run("env", [variables, ...command, ...longer], cwd);
        if (!existsSync(join(cwd, "injected"))) break;
        if (how === "part") expect(code, stderr).toBe(0);
        const saved = readFileSync(placeOf(join(cwd, "out"), "training.safetensors"));
        const { state } = await loadTraining(saved);
        expect(steps).toContain(state.progress.step);
        if (how !== "SIGKILL" && code !== 0) {
          expect(stderr.trimEnd()).not.toContain("\n");
          expect(stderr).toMatch(
            /^--(out-dir: expected a folder that can be written|resume: expected the run's own \S+), got E/,
          );
        }
        await train(cwd, "--resume", "out", ...longer);
        expect(receiptOf(join(cwd, "out")).parametersSha256.final, `${call} ${nth}`).toBe(expected);
        tried++;
      }
    }
  }
  console.log(`${tried} calls failed or killed the run`);
  expect(tried).toBeGreaterThan(60);
}, 7_200_000);

test("a clock that goes backwards, and leaps", async () => {
  const cwd = makeFolder();
  writeFileSync(join(cwd, "text.txt"), TEXT);
  const flags = ["--text", "text.txt", ...FLAGS, "--epochs", "30", "--keep-states", "2", "--quiet"];
  await train(cwd, ...flags, "--out-dir", "straight");
  const command = [process.execPath, "--import", CLOCK, CLI, "train", ...flags];
  const { code, stderr } = await run(command[0] as string, command.slice(1), cwd);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const [straight, back] = ["straight", "out"].map((name) => receiptOf(join(cwd, name)));
  expect(back.parametersSha256).toEqual(straight.parametersSha256);
  expect(back.chain).toEqual(straight.chain);
}, 600_000);
