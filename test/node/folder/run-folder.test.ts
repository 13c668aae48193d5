// What stands in a run's folder, whatever commands are typed in whatever order.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { command, FILES, makeFolder, receiptOf, run, train } from "../run.ts";

const TEXT = "she sells sea shells by the sea shore. ".repeat(40);
const FLAGS =
  "--text t.txt --epochs 2 --hidden-size 8 --seq-length 8 --batch-size 8 --eval-every 10";
const TEXT_FILES = [...FILES, "best.safetensors", "samples.txt"].sort();

function folderWithText(): string {
  const cwd = makeFolder();
  writeFileSync(join(cwd, "t.txt"), TEXT);
  return cwd;
}

const onText = (cwd: string, ...flags: string[]) =>
  train(cwd, ...FLAGS.split(" "), "--quiet", ...flags);
const read = (...path: string[]) => readFileSync(join(...path), "utf8");
const linesOf = (...path: string[]) =>
  read(...path)
    .trimEnd()
    .split("\n");
const filesIn = (...path: string[]) => readdirSync(join(...path)).sort();

test("commands in any order, twice: every run is whole, the last one in out, and it alone is used", async () => {
  const cwd = folderWithText();
  await onText(cwd);
  await onText(cwd);
  await train(cwd, "--quiet");
  await train(cwd, "--quiet");
  expect(filesIn(cwd)).toEqual(["out", "out-1", "out-2", "out-3", "t.txt"]);
  const folders = ["out-1", "out-2", "out-3", "out"].map((name) => filesIn(cwd, name));
  expect(folders).toEqual([TEXT_FILES, TEXT_FILES, FILES, FILES]);
  // The pair's model writes, not the best one of the run on the text.
  const written = await command(cwd, "sample", "--prime", "h", "--length", "3", "--greedy");
  expect(written).toEqual({ code: 0, stdout: "hell", stderr: "" });
  expect((await onText(cwd, "--init-from", "out-1", "--hidden-size", "8")).code).toBe(0);
  expect(receiptOf(join(cwd, "out")).steps).toBeGreaterThan(0);
});

test("a run goes on in its folder, by whatever name, with all lines of its log", async () => {
  const cwd = folderWithText();
  await onText(cwd, "--out-dir", "whole");
  await onText(cwd, "--max-steps", "15", "--out-dir", "p");
  const lines = linesOf(cwd, "p/metrics.jsonl");
  for (const [i, name] of ["./p", "p/", join(cwd, "p")].entries()) {
    const steps = String(20 + 5 * i);
    const flags = ["--max-steps", steps, "--quiet"];
    expect((await train(cwd, "--resume", "p", "--out-dir", name, ...flags)).code).toBe(0);
    expect(linesOf(cwd, "p/metrics.jsonl").slice(0, lines.length)).toEqual(lines);
  }
  expect((await train(cwd, "--resume", "p", "--quiet")).code).toBe(0);
  for (const log of ["metrics.jsonl", "samples.txt"]) {
    expect(read(cwd, "p", log)).toBe(read(cwd, "whole", log));
  }
  expect(filesIn(cwd)).toEqual(["p", "t.txt", "whole"]);
});

test("a state beside another run's log is refused, and both stay", async () => {
  const cwd = folderWithText();
  await onText(cwd, "--max-steps", "15");
  await onText(cwd, "--max-steps", "15", "--seed", "2", "--out-dir", "other");
  const foreign = `${read(cwd, "other/metrics.jsonl")}${"x".repeat(99)}\n`; // as long at least
  writeFileSync(join(cwd, "out/metrics.jsonl"), foreign);
  const { code, stderr } = await train(cwd, "--resume", "out");
  expect(stderr).toMatch(
    /^--resume: expected the run's own metrics.jsonl, got another log, whose first \d+ bytes have SHA-256 [0-9a-f]{64}; remove out\/metrics.jsonl to go on with a new one\n$/,
  );
  expect(code).toBe(1);
  expect(read(cwd, "out/metrics.jsonl")).toBe(foreign);
  rmSync(join(cwd, "out/metrics.jsonl"));
  const next = await train(cwd, "--resume", "out");
  expect(next).toMatchObject({ code: 0, stderr: "" });
  expect(next.stdout).toMatch(
    /^metrics.jsonl of the run was not there: a new one goes on from here.$/m,
  );
  expect(JSON.parse(linesOf(cwd, "out/metrics.jsonl")[0] as string).step).toBe(15);
});

describe("a receipt that cannot be read", () => {
  test.each([
    ["is not there", () => {}, /got ENOENT/],
    ["is a folder", (path: string) => mkdirSync(path), /got EISDIR/],
    ["is no JSON", (path: string) => writeFileSync(path, "{"), /got text that is not JSON/],
  ])("%s is said so, and the text can be given", async (_what, put, reason) => {
    const cwd = folderWithText();
    await onText(cwd, "--max-steps", "15");
    const path = join(cwd, "out/receipt.json");
    rmSync(path);
    put(path);
    const { code, stderr } = await train(cwd, "--resume", "out");
    expect(stderr).toMatch(
      /^--resume: expected the run's receipt to name its text, [^\n]*; give the text with --text\n$/,
    );
    expect(stderr).toMatch(reason);
    expect(code).toBe(1);
    if (put.length === 0)
      expect((await train(cwd, "--resume", "out", "--text", "t.txt")).code).toBe(0);
  });
});

test("each evaluation writes with the weights of that step", async () => {
  const cwd = folderWithText();
  await onText(cwd, "--max-steps", "20");
  const records = linesOf(cwd, "out/metrics.jsonl").map((line) => JSON.parse(line));
  const samples = records.filter(({ sample }) => sample !== undefined);
  expect(samples.map(({ step }) => step)).toEqual([9, 19]);
  const flags = ["--model", "out/model.safetensors", "--length", "200", "--seed"];
  const seed = String(receiptOf(join(cwd, "out")).config.seed);
  const { stdout } = await command(cwd, "sample", ...flags, seed);
  expect(samples[1].sample).toBe(stdout);
  const text = read(cwd, "out/samples.txt");
  expect(text.match(/^After step \d+, validation \d\.\d{4} nats/gm)?.length).toBe(2);
  expect(text.endsWith(`:\n${stdout}\n\n`)).toBe(true);
});

test("runs in the checkout, in any folder, are none of the checks' business", async () => {
  const root = new URL("../../..", import.meta.url).pathname;
  const folder = makeFolder();
  copyFileSync(join(root, "biome.json"), join(folder, "biome.json"));
  for (const name of ["src", "out", "out2", "mine/run"]) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "receipt.json"), '{"a":1}'); // not as it would be formatted
  }
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const words = [biome, "ci", "--error-on-warnings", "."];
  const { code, stderr } = await run(process.execPath, words, folder);
  expect(code).toBe(1);
  expect(stderr).toContain("src/receipt.json");
  expect(stderr).not.toMatch(/(out2?|mine.run).receipt/);
  expect(readFileSync(join(root, ".gitignore"), "utf8")).toMatch(/^\/out\*\/$/m);
});
