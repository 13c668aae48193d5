// Sweeps beside each other, from files, and where they log to.

import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { command, makeFolder } from "../run.ts";
import { folderWithText, summaryIn, sweep, WORDS } from "./summary.ts";

test("two sweeps copied together are one to compare, and to a sweep of both", async () => {
  const folder = makeFolder();
  await sweep(folder, "--grid", "seed=1..2", "--epochs", "20", "--out-dir", "a");
  await sweep(folder, "--grid", "seed=3..4", "--epochs", "20", "--out-dir", "b");
  mkdirSync(join(folder, "both"));
  for (const one of ["a", "b"])
    cpSync(join(folder, one), join(folder, "both"), { recursive: true });
  const { code, stdout } = await command(folder, "compare", "both", "--json");
  expect(code).toBe(0);
  const seeds = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).config.seed);
  expect(seeds.toSorted()).toEqual([1, 2, 3, 4]);
  const { stdout: said } = await sweep(
    folder,
    "--grid",
    "seed=1..4",
    "--epochs",
    "20",
    "--out-dir",
    "both",
  );
  expect(said).not.toContain(": done, ");
  expect(summaryIn(join(folder, "both")).runs.length).toBe(4);
});

test("a file of a sweep says the same as flags, and flags go before it", async () => {
  const folder = folderWithText(3000);
  const file = {
    text: "words.txt",
    settings: { epochs: 3, seqLength: 10, batchSize: 4 },
    grid: { hiddenSize: [4, 6], seed: "1..2" },
  };
  writeFileSync(join(folder, "own.json"), JSON.stringify(file));
  const byFile = await sweep(folder, "own.json", "--epochs", "2", "--out-dir", "a");
  expect(byFile.code, byFile.stderr).toBe(0);
  const flags = ["--text", "words.txt", "--seq-length", "10", "--batch-size", "4", "--epochs", "2"];
  await sweep(folder, "--grid", "hiddenSize=4,6 seed=1..2", ...flags, "--out-dir", "b");
  const [a, b] = ["a", "b"].map((name) =>
    summaryIn(join(folder, name)).runs.map((run) => [run["name"], run["sha256"]]),
  );
  expect(a).toEqual(b);
  rmSync(join(folder, "words.txt"));
  writeFileSync(join(folder, "words.txt"), WORDS.subarray(0, 3001));
  const other = await sweep(folder, "--out-dir", "a");
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(
    /^sweep: expected the text of the sweep in a, SHA-256 [0-9a-f]{64}, got one of /,
  );
});

test("each run logs where the sweep says, and what it warns of is said once", async () => {
  const folder = makeFolder();
  // Nobody listens at port 1.
  const own = [
    "--grid",
    "seed=1..2",
    "--epochs",
    "5",
    "--log",
    "csv",
    "--log",
    "mlflow=http://127.0.0.1:1",
  ];
  const { code, stderr } = await sweep(folder, ...own);
  expect(code).toBe(0);
  expect(stderr.trim().split("\n").length).toBe(1);
  expect(stderr).toContain("mlflow");
  for (const { name } of summaryIn(join(folder, "sweep")).runs) {
    expect(existsSync(join(folder, "sweep", name, "metrics.csv"))).toBe(true);
  }
  const bad = await sweep(folder, "--grid", "seed=1..2", "--log", "wandb");
  expect([bad.code, bad.stderr]).toEqual([
    2,
    expect.stringMatching(/^--log: expected csv, tensorboard/),
  ]);
});

test("what stands in a run's folder and is another run's is not taken for it", async () => {
  const folder = folderWithText(3000);
  const own = ["--text", "words.txt", "--seq-length", "10", "--batch-size", "4", "--epochs", "1"];
  await sweep(folder, "--grid", "seed=1..2", ...own);
  const { runs } = summaryIn(join(folder, "sweep"));
  const nameOf = (seed: number) => runs.find((run) => run["seed"] === seed)?.["name"] as string;
  const [first, second] = [nameOf(1), nameOf(2)];
  rmSync(join(folder, "sweep", second), { recursive: true });
  cpSync(join(folder, "sweep", first), join(folder, "sweep", second), { recursive: true });
  await sweep(folder);
  const rows = summaryIn(join(folder, "sweep")).runs.map(({ name, state }) => [name, state]);
  expect(rows).toEqual([
    [first, "done"],
    [second, "failed"],
  ]);
  // On another text runs have other names, so that none stands in another's place.
  writeFileSync(join(folder, "words.txt"), WORDS.subarray(0, 3001));
  await sweep(folder, "--grid", "seed=1..2", ...own, "--out-dir", "other");
  const others = summaryIn(join(folder, "other")).runs.map(({ name }) => name);
  expect(others.filter((name) => [first, second].includes(name))).toEqual([]);
  // The same settings on the other text, by a receipt that was renamed.
  const [third] = others as [string];
  cpSync(join(folder, "other", third), join(folder, "third", first), { recursive: true });
  writeFileSync(join(folder, "words.txt"), WORDS.subarray(0, 3000));
  await sweep(folder, "--grid", "seed=1..2", ...own, "--out-dir", "third");
  expect(summaryIn(join(folder, "third")).runs.map(({ name, state }) => [name, state])).toEqual(
    expect.arrayContaining([
      [first, "failed"],
      [second, "done"],
    ]),
  );
});
