// metrics.csv has each step of the run once, with the numbers of metrics.jsonl.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder, train } from "../run.ts";
import { folderWithText, hashOf } from "../sea.ts";
import { FLAGS, killedRun, LOGS, recordsOf, WILD } from "./folders.ts";

const HEADER = "step,epoch,loss,accuracy,gradNorm,learningRate,validationLoss,validationAccuracy";

const linesOf = (folder: string) =>
  readFileSync(join(folder, "metrics.csv"), "utf8").trimEnd().split("\n");

/** The lines that metrics.jsonl stands for. */
const expectedOf = (folder: string) => [
  HEADER,
  ...recordsOf(folder).map(
    ({ step, epoch, loss, accuracy, gradNorm, learningRate, validation }) =>
      `${[step, epoch, loss, accuracy, gradNorm, learningRate].join()},${validation?.loss ?? ""},${validation?.accuracy ?? ""}`,
  ),
];

test("a run on a text has a row for each step, with the numbers of its log, and the same weights", async () => {
  const cwd = folderWithText();
  await train(cwd, ...FLAGS, "--out-dir", "plain");
  const { code, stderr } = await train(cwd, ...FLAGS, "--log", "csv");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const lines = linesOf(join(cwd, "out"));
  expect(lines.length).toBe(61);
  expect(lines).toEqual(expectedOf(join(cwd, "out")));
  expect(lines.filter((line) => !line.endsWith(",,")).length).toBe(1 + 9); // after 7, 14 … 56, 60
  expect(existsSync(join(cwd, "plain/metrics.csv"))).toBe(false);
  expect(hashOf(join(cwd, "out"))).toBe(hashOf(join(cwd, "plain")));
});

test("a run on a pair has them too", async () => {
  const cwd = makeFolder();
  const { stdout } = await train(cwd, "--epochs", "5", "--log", "csv");
  expect(stdout).toContain("out/metrics.csv");
  const [header, first, ...others] = linesOf(join(cwd, "out"));
  expect([header, others.length]).toEqual([HEADER, 4]);
  expect(first).toMatch(/^0,0,1\.38\d+,0\.5,1\.41\d+,0\.1,,$/);
});

test("a run that was killed goes on with each step once, in its folder and in another", async () => {
  const cwd = folderWithText();
  await train(cwd, ...FLAGS, "--log", "csv", "--out-dir", "whole");
  await killedRun(cwd, ...FLAGS, "--log", "csv");
  expect(linesOf(join(cwd, "out")).length).toBe(36);
  await train(cwd, "--resume", "out", "--log", "csv", "--quiet", "--out-dir", "other");
  await train(cwd, "--resume", "out", "--log", "csv", "--quiet");
  for (const folder of ["other", "out"]) {
    expect(linesOf(join(cwd, folder))).toEqual(linesOf(join(cwd, "whole")));
  }
});

test("resumed without --log the file stays as it was saved, begun at a resume it begins there", async () => {
  const cwd = folderWithText();
  await killedRun(cwd, ...FLAGS, "--log", "csv");
  await train(cwd, "--resume", "out", "--quiet");
  expect(linesOf(join(cwd, "out")).length).toBe(21);
  await train(cwd, ...FLAGS, "--max-steps", "58");
  await train(cwd, "--resume", "out", "--log", "csv", "--quiet");
  expect(linesOf(join(cwd, "out")).map((line) => line.split(",")[0])).toEqual(["step", "58", "59"]);
});

test("a run that goes back takes its rows back", async () => {
  const cwd = folderWithText();
  const { code } = await train(cwd, ...WILD, ...LOGS);
  expect(code).toBe(0);
  const all = readFileSync(join(cwd, "out/metrics.jsonl"), "utf8");
  expect(all.match(/rolledBack/g)?.length).toBeGreaterThan(1);
  const lines = linesOf(join(cwd, "out"));
  expect(lines).toEqual(expectedOf(join(cwd, "out")));
  expect(lines.slice(1).map((line) => Number(line.split(",")[0]))).toEqual(
    Array.from({ length: 80 }, (_, step) => step),
  );
});
