// Sweeps made by the command: every run as train leaves it, gone on with, halved, folded, and failing by itself.

import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { CLI, makeFolder, receiptOf, train } from "../run.ts";
import { folderWithText, SMALL, summaryIn, sweep } from "./summary.ts";

test("a grid: each run is train's own, and what is done is not done again", async () => {
  const folder = makeFolder();
  const line = ["--grid", "hiddenSize=4,6 seed=1..2", "--epochs", "30"];
  const { code, stdout, stderr } = await sweep(folder, ...line);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^4 runs in sweep, [12] at once\n/);
  expect(stdout.match(/: done, [\d.]+ nats a character \([1-4] of 4 done/g)?.length).toBe(4);
  const { runs, folded } = summaryIn(join(folder, "sweep"));
  const losses = runs.map(({ loss }) => loss);
  expect(losses).toEqual(losses.toSorted((a, b) => a - b));
  for (const { name, hiddenSize, seed, sha256, state, steps } of runs) {
    expect([state, steps]).toEqual(["done", 30]);
    const flags = ["--hidden-size", `${hiddenSize}`, "--seed", `${seed}`, "--epochs", "30"];
    await train(folder, "--quiet", ...flags, "--out-dir", "alone");
    const alone = receiptOf(join(folder, "alone"));
    expect(alone.parametersSha256.final).toBe(sha256);
    const { chain, parametersSha256 } = receiptOf(join(folder, "sweep", name));
    expect(parametersSha256.final).toBe(sha256);
    expect(chain).toEqual(alone.chain);
  }
  // Mean and sample deviation of the two seeds, computed here once more.
  for (const { settings, mean, spread, done } of folded ?? []) {
    const [a, b] = runs
      .filter((run) => run["hiddenSize"] === settings.hiddenSize)
      .map(({ loss }) => loss);
    expect(mean).toBeCloseTo((a + b) / 2, 12);
    expect(spread).toBeCloseTo(Math.abs(a - b) / Math.SQRT2, 12);
    expect(done).toBe(2);
  }
  const csv = readFileSync(join(folder, "sweep/summary.csv"), "utf8").split("\n");
  expect(csv[0]).toBe("name,state,hiddenSize,seed,steps,ofSteps,loss,bits,seconds,sha256,reason");
  expect(csv[1]).toMatch(/^"hiddenSize=\d,seed=\d,[0-9a-f]{8}",done,\d,\d,30,30,/);
  const html = readFileSync(join(folder, "sweep/sweep.html"), "utf8");
  expect(html.match(/<polyline class="run /g)?.length).toBe(4);
  expect(html).not.toMatch(/src=|href=/);
  const stampOf = ({ name }: Record<string, any>) =>
    statSync(join(folder, "sweep", name, "receipt.json")).mtimeMs;
  const before = runs.map(stampOf);
  // By the folder alone, and by a larger grid: what is there counts.
  const again = await sweep(folder);
  expect(again.code, again.stderr).toBe(0);
  expect(again.stdout).not.toContain("4 done");
  const more = await sweep(folder, "--grid", "hiddenSize=4,6 seed=1..3", "--epochs", "30");
  expect(more.stdout.match(/: done, /g)?.length).toBe(2);
  expect(runs.map(stampOf)).toEqual(before);
});

test("halving: who goes on has the chain of a run that never stopped, and who is out what it had", async () => {
  const folder = folderWithText();
  const axes = "hiddenSize=4,8,12 learningRate=0.001,0.01,0.05";
  const { code, stdout, stderr } = await sweep(
    folder,
    "--grid",
    axes,
    "--halving",
    "3",
    "--text",
    "words.txt",
    ...SMALL,
  );
  expect(code, stderr).toBe(0);
  const { runs, rungs = [] } = summaryIn(join(folder, "sweep"));
  expect(rungs.length).toBe(2);
  expect(stdout).toContain(`one in 3 goes on after step ${rungs.join(", ")} of `);
  const at = (steps: number) => runs.filter((run) => run["steps"] === steps);
  const [first = 0, second = 0] = rungs;
  expect([at(first).length, at(second).length, at(runs[0]?.["ofSteps"]).length]).toEqual([6, 2, 1]);
  expect(runs.map(({ state }) => state)).toEqual(["done", ...Array(8).fill("out")]);
  const lossAfter = (name: string, step: number): number =>
    receiptOf(join(folder, "sweep", name)).chain.links.find((link: any) => link.step === step)
      ?.validation;
  // The rule, once more: the best three of nine go on, then the best of them.
  const byRung = rungs.map((step) =>
    runs
      .filter(({ steps }) => steps >= step)
      .toSorted((a, b) => lossAfter(a["name"], step) - lossAfter(b["name"], step))
      .map(({ name }) => name),
  );
  const beyond = (step: number) => runs.filter(({ steps }) => steps > step).map(({ name }) => name);
  expect(byRung[0]?.slice(0, 3).toSorted()).toEqual(beyond(first).toSorted());
  expect(byRung[1]?.slice(0, 1)).toEqual(beyond(second));
  const best = runs[0] as Record<string, any>;
  const flags = [
    "--hidden-size",
    `${best["hiddenSize"]}`,
    "--learning-rate",
    `${best["learningRate"]}`,
  ];
  await train(folder, "--quiet", "--text", "words.txt", ...SMALL, ...flags, "--out-dir", "alone");
  const alone = receiptOf(join(folder, "alone"));
  const swept = receiptOf(join(folder, "sweep", best["name"]));
  expect(swept.parametersSha256.final).toBe(alone.parametersSha256.final);
  expect(swept.chain).toEqual(alone.chain);
  // Nothing is left to do.
  const again = await sweep(folder);
  expect(again.stdout).not.toContain("waiting");
  expect(summaryIn(join(folder, "sweep")).runs).toEqual(runs);
});

test("a run that cannot be made and one that diverges are rows with their reasons", async () => {
  const folder = folderWithText();
  const axes = "learningRate=0.01,1e308 unknown=error,skip";
  const own = [
    "--optimizer",
    "sgd",
    "--clip-norm",
    "0",
    "--on-divergence",
    "stop",
    "--hidden-size",
    "8",
  ];
  // With "error" this text cannot be read: its rare characters are unknown.
  const text = ["--text", "words.txt", "--min-count", "20", ...SMALL, "--epochs", "2"];
  const { code, stdout } = await sweep(folder, "--grid", axes, ...text, ...own);
  expect(code).toBe(0);
  const { runs } = summaryIn(join(folder, "sweep"));
  const rows = runs.map((run) => [run["learningRate"], run["unknown"], run["state"]]);
  expect(rows).toEqual([
    [0.01, "skip", "done"],
    [0.01, "error", "failed"],
    [1e308, "error", "failed"],
    [1e308, "skip", "failed"],
  ]);
  expect(runs[1]?.["reason"]).toMatch(/^--text: expected characters seen at least 20 times/);
  expect(runs[3]?.["reason"]).toMatch(/^training diverged at epoch /);
  expect(stdout).toContain("failed: training diverged");
  // What diverged does so again, and is not tried.
  const again = await sweep(folder);
  expect(again.stdout).not.toContain(
    "failed: training diverged at epoch 1: expected finite numbers and a loss",
  );
  expect(summaryIn(join(folder, "sweep")).runs).toEqual(runs);
});

test("a run that is killed is a row too, and is made by the next call; all runs failed: code 1", async () => {
  const folder = folderWithText();
  // Where a run's folder would be stands a file.
  const own = ["--text", "words.txt", ...SMALL, "--epochs", "1", "--hidden-size", "8"];
  await sweep(folder, "--grid", "seed=1..2", ...own);
  const { runs } = summaryIn(join(folder, "sweep"));
  for (const { name } of runs) {
    rmSync(join(folder, "sweep", name), { recursive: true });
    writeFileSync(join(folder, "sweep", name), "");
  }
  const { code, stdout } = await sweep(folder);
  expect(code).toBe(1);
  expect(stdout.match(/: failed: --out-dir: expected a folder/g)?.length).toBe(2);
  const failed = summaryIn(join(folder, "sweep")).runs;
  expect(failed.map(({ state }) => state)).toEqual(["failed", "failed"]);
  for (const { name } of runs) rmSync(join(folder, "sweep", name));
  expect((await sweep(folder)).code).toBe(0);
  const made = summaryIn(join(folder, "sweep")).runs;
  expect(made.map(({ sha256 }) => sha256)).toEqual(runs.map(({ sha256 }) => sha256));
});

test("stopped by a signal: saved, and gone on with to the same bits", async () => {
  const folder = folderWithText();
  const own = ["--text", "words.txt", ...SMALL, "--hidden-size", "32", "--epochs", "30"];
  const child = spawn(process.execPath, [CLI, "sweep", "--grid", "seed=1..2", ...own], {
    cwd: folder,
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  // A run has begun once its log is there.
  let isOver = false;
  void ended.then(() => (isOver = true));
  while (!isOver && !hasLog(folder)) await setImmediate();
  child.kill("SIGTERM");
  expect(await ended).toBe(143);
  const { runs } = summaryIn(join(folder, "sweep"));
  expect(runs.some(({ state }) => state === "stopped" || state === "waiting")).toBe(true);
  const again = await sweep(folder);
  expect(again.code, again.stderr).toBe(0);
  for (const { seed, sha256, state } of summaryIn(join(folder, "sweep")).runs) {
    expect(state).toBe("done");
    await train(folder, "--quiet", ...own, "--seed", `${seed}`, "--out-dir", "alone");
    expect(receiptOf(join(folder, "alone")).parametersSha256.final).toBe(sha256);
  }
});

/** Whether a run of a sweep has a log. */
function hasLog(folder: string): boolean {
  const own = join(folder, "sweep");
  const names = existsSync(own) ? readdirSync(own) : [];
  return names.some((name) => existsSync(join(own, name, "metrics.jsonl")));
}
