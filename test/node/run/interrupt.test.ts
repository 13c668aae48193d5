// A run that is ended from outside: killed, or asked to stop and resumed.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { CLI, command, FILES, makeFolder, receiptOf, train } from "../run.ts";

/** Starts an endless run on the default pair. @returns it when it is training. */
async function endlessRun(cwd: string, ...flags: string[]): Promise<ChildProcess> {
  const words = [CLI, "train", "--epochs", "100000000", ...flags];
  const child = spawn(process.execPath, words, { cwd });
  await new Promise((resolve, reject) => {
    child.stdout.once("data", resolve);
    child.once("exit", () => reject(new Error("expected an endless run, got one that ended")));
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

const endOf = (child: ChildProcess) => new Promise((resolve) => child.once("exit", resolve));

test("a run that is killed leaves the one before, and its folder to the next", async () => {
  const cwd = makeFolder();
  await train(cwd, "--epochs", "10", "--quiet");
  const before = FILES.map((name) => readFileSync(join(cwd, "out", name)));
  const child = await endlessRun(cwd);
  while (!existsSync(join(cwd, "out/metrics.jsonl"))) await setImmediate();
  expect(readdirSync(join(cwd, "out")).sort()).toEqual([".lock", "metrics.jsonl"]);
  const ended = endOf(child);
  child.kill("SIGKILL");
  await ended;
  const expectBefore = () =>
    FILES.forEach((name, i) => expect(readFileSync(join(cwd, "out-1", name))).toEqual(before[i]));
  expectBefore();
  const next = await train(cwd, "--epochs", "10");
  expect(next.stdout).toMatch(/^The run that was here is now in out-2\.\n/);
  expectBefore();
  expect(readdirSync(join(cwd, "out-2"))).toEqual(["metrics.jsonl"]);
  expect(readdirSync(join(cwd, "out")).sort()).toEqual(FILES);
});

test("a folder that a run writes is taken by no other, and can be read", async () => {
  const cwd = makeFolder();
  const child = await endlessRun(cwd, "--checkpoint-every", "1000");
  while (!existsSync(join(cwd, "out/training.safetensors"))) await setImmediate();
  // A checkpoint draws the curves.
  for (const name of ["curves.png", "curves.html"]) {
    expect(existsSync(join(cwd, "out", name)), name).toBe(true);
  }
  const line = new RegExp(
    `^--out-dir: expected a folder that no other run writes, got "out", in use by process ${child.pid} on \\S+; wait for its end or choose another folder\n$`,
  );
  for (const flags of [[], ["--resume", "out"], ["--resume", "out", "--out-dir", "./out/"]]) {
    const { code, stdout, stderr } = await train(cwd, ...flags);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.replace('"./out/"', '"out"')).toMatch(line);
  }
  expect((await command(cwd, "sample", "out", "--prime", "h")).code).toBe(0);
  expect((await train(cwd, "--out-dir", "other", "--quiet")).code).toBe(0);
  const ended = endOf(child);
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  const { steps } = receiptOf(join(cwd, "out"));
  const metrics = readFileSync(join(cwd, "out/metrics.jsonl"), "utf8");
  expect(metrics.trimEnd().split("\n").length).toBe(steps);
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
