// Sweeps that cannot be: one line each, and nothing made.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeFolder, train } from "../run.ts";
import { sweep } from "./summary.ts";

describe("what cannot be is said in a line", () => {
  test.each([
    [["--epochs", "3"], "--epochs: expected --grid or a file of a sweep as well, got neither"],
    [
      [],
      "sweep: expected --grid, a file of a sweep, or a folder with one to go on with, got ENOENT",
    ],
    [["--grid", "size=3"], "--grid: expected a setting, got size"],
    [
      ["--grid", "seed=1,2", "--seed", "3"],
      "sweep: expected seed either to vary or to be the same in all runs, got both",
    ],
    [
      ["--grid", "seed=1..2", "--halving", "3"],
      "--halving: expected runs with a validation loss to compare",
    ],
    [["--grid", "seed=1..2", "--halving", "1"], '--halving: expected an integer from 2, got "1"'],
    [["--grid", "seed=1..2", "--sample-seed", "1"], "--sample-seed: expected --samples as well"],
    [
      ["--grid", "seed=1..2", "--text", "-"],
      "--text: expected files or folders, which every run can read",
    ],
    [["--grid", "seed=1..2", "--text", "none.txt"], "--text: expected a readable file, got ENOENT"],
    [["--grid", "seed=1..2", "--beta1", "0.5"], "--beta1: expected --optimizer adam or adamw"],
    [["none.json"], "sweep: expected a JSON file of a sweep, got ENOENT"],
    [
      ["--grid", "seed=1..2", "--out-dir", "package.json/x"],
      "--out-dir: expected a folder that can be written",
    ],
    [["--grid", "seed=1..2", "--jobs", "0"], '--jobs: expected an integer from 1, got "0"'],
  ])("%j", async (args, message) => {
    const folder = makeFolder();
    writeFileSync(join(folder, "package.json"), "{}");
    const { code, stderr } = await sweep(folder, ...args);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n").length).toBe(1);
    expect(code).toBeGreaterThan(0);
    expect(existsSync(join(folder, "sweep"))).toBe(false);
  });

  test.each([
    ["[]", "own.json: expected an object"],
    ["{}", "own.json: expected grid to be an object"],
    ['{"grid":{"seed":1},"x":1}', "own.json: expected fields of text, settings, grid"],
    ['{"grid":{"seed":"1..2"},"halving":1}', "own.json: expected halving to be an integer from 2"],
    [
      '{"grid":{"seed":"1..2"},"settings":{"size":1}}',
      "own.json: expected settings that there are",
    ],
    ['{"grid":{"seed":"1..2"},"settings":{"epochs":0}}', "epochs: expected"],
    ['{"grid":{"seed":{}}}', "own.json: seed: expected an integer"],
    ['{"grid":{"seed":1},"text":7}', "own.json: expected text to be a file or a list of them"],
  ])("in a file: %s", async (json, message) => {
    const folder = makeFolder();
    writeFileSync(join(folder, "own.json"), json);
    const { code, stderr } = await sweep(folder, "own.json");
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n").length).toBe(1);
    expect(code).toBeGreaterThan(0);
  });

  test("another sweep in the folder, and a folder of a run", async () => {
    const folder = makeFolder();
    await train(folder, "--quiet", "--epochs", "5");
    const { stderr } = await sweep(folder, "--grid", "seed=1,2", "--out-dir", "out");
    expect(stderr).toMatch(/^--out-dir: expected a folder for a sweep, got one with a run/);
  });
});
