// A run that is ended from outside: killed, or asked to stop and resumed.

import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CLI, FILES, makeFolder, receiptOf, train } from "./run.ts";

/** Starts an endless run on the default pair. @returns it when it is training. */
async function endlessRun(cwd: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [CLI, "train", "--epochs", "100000000"], { cwd });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}

const endOf = (child: ChildProcess) => new Promise((resolve) => child.once("exit", resolve));

test("a run that is killed leaves the old files whole", async () => {
  const cwd = makeFolder();
  await train(cwd, "--epochs", "10", "--quiet");
  const before = FILES.map((name) => readFileSync(join(cwd, "out", name)));
  const child = await endlessRun(cwd);
  expect(readdirSync(join(cwd, "out")).length).toBe(FILES.length + 1);
  const ended = endOf(child);
  child.kill("SIGKILL");
  await ended;
  FILES.forEach((name, i) => expect(readFileSync(join(cwd, "out", name))).toEqual(before[i]));
  await train(cwd, "--epochs", "10", "--quiet");
  expect(readdirSync(join(cwd, "out")).sort()).toEqual(FILES);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s saves, and the run goes on to the same bits",
  async (signal) => {
    const cwd = makeFolder();
    const child = await endlessRun(cwd);
    let said = "";
    child.stdout?.on("data", (text) => (said += text));
    const ended = endOf(child);
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(said).toMatch(/^Stopped after \d+ steps; --resume out goes on$/m);
    expect(readdirSync(join(cwd, "out")).sort()).toEqual(FILES);
    const { steps } = receiptOf(join(cwd, "out"));
    const epochs = String(steps + 500);
    const { stdout } = await train(cwd, "--resume", "out", "--epochs", epochs);
    expect(stdout).toContain(`Resuming at step ${steps} of ${epochs}, epochs now ${epochs}.`);
    await train(cwd, "--epochs", epochs, "--out-dir", "whole", "--quiet");
    const whole = receiptOf(join(cwd, "whole"));
    expect(receiptOf(join(cwd, "out")).parametersSha256.final).toBe(whole.parametersSha256.final);
    const metrics = (folder: string) => readFileSync(join(cwd, folder, "metrics.jsonl"), "utf8");
    expect(metrics("out")).toBe(metrics("whole"));
  },
);

test("a second signal ends the run at once", async () => {
  const cwd = makeFolder();
  const child = await endlessRun(cwd);
  const ended = endOf(child);
  child.kill("SIGINT");
  child.kill("SIGTERM");
  expect([0, 130, 143]).toContain(await ended);
});
