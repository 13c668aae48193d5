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

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "%s saves, ends with %i, and the run goes on to the same bits",
  async (signal, code) => {
    const cwd = makeFolder();
    const child = await endlessRun(cwd);
    let said = "";
    child.stdout?.on("data", (text) => (said += text));
    const ended = endOf(child);
    child.kill(signal);
    expect(await ended).toBe(code);
    expect(said).toMatch(
      new RegExp(`^Stopped after \\d+ steps by ${signal}; --resume out goes on$`, "m"),
    );
    expect(receiptOf(join(cwd, "out")).stopped).toBe(signal);
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
  expect([130, 143]).toContain(await ended);
});

test("a signal before the first step ends with a line", async () => {
  const cwd = makeFolder();
  const child = spawn(process.execPath, [CLI, "train", "--text", "-"], { cwd });
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  const ended = endOf(child);
  // More than a pipe holds: written when the command has begun to read.
  await new Promise((resolve) => child.stdin.write("a text. ".repeat(500_000), resolve));
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(said).toBe("train: stopped by SIGINT before the first step; nothing was written\n");
  expect(readdirSync(cwd)).toEqual([]);
});

test("a signal ends another command with a line", async () => {
  const cwd = makeFolder();
  await train(cwd, "--epochs", "2", "--quiet");
  const child = spawn(process.execPath, [CLI, "sample", "--length", "1000000000"], { cwd });
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  const ended = endOf(child);
  await new Promise((resolve) => child.stdout.on("data", resolve));
  child.kill("SIGTERM");
  expect(await ended).toBe(143);
  expect(said).toBe("sample: stopped by SIGTERM\n");
});
