// The folder of a run: all new files or all old ones, whatever fails on the way.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RunError } from "../../src/node/errors.ts";
import { RunFiles } from "../../src/node/run-files.ts";
import { makeFolder } from "./run.ts";

const read = (folder: string, name: string) => readFileSync(join(folder, name), "utf8");

/** A folder with the files of an older run. */
function oldRun(...names: string[]): string {
  const folder = makeFolder();
  for (const name of names) writeFileSync(join(folder, name), "old");
  return folder;
}

test("files appear together, whole, in place of the old ones", () => {
  const folder = oldRun("metrics.jsonl", "a");
  const files = new RunFiles(folder);
  files.addMetrics("1");
  files.addMetrics("2");
  expect(read(folder, "metrics.jsonl")).toBe("old");
  const paths = files.save({ a: "new", b: Uint8Array.of(65, 66) });
  expect(paths).toEqual(["metrics.jsonl", "a", "b"].map((name) => join(folder, name)));
  expect(readdirSync(folder).sort()).toEqual(["a", "b", "metrics.jsonl"]);
  expect(["metrics.jsonl", "a", "b"].map((name) => read(folder, name))).toEqual([
    "1\n2\n",
    "new",
    "AB",
  ]);
});

test("metrics go on in their place after a save, and behind a kept part in another run", () => {
  const folder = makeFolder();
  const files = new RunFiles(folder);
  files.addMetrics("1");
  expect(files.metricsBytes).toBe(2);
  files.save({});
  files.addMetrics("2");
  files.save({ a: "a" });
  expect(read(folder, "metrics.jsonl")).toBe("1\n2\n");
  const next = new RunFiles(folder, 2);
  next.addMetrics("3");
  next.save({});
  expect(read(folder, "metrics.jsonl")).toBe("1\n3\n");
  expect(new RunFiles(folder, 99).metricsBytes).toBe(4); // it was lost in part
  expect(readdirSync(folder).sort()).toEqual(["a", "metrics.jsonl"]);
});

test("a failure while the files are written leaves every old one", () => {
  const folder = oldRun("metrics.jsonl", "a", "b");
  const files = new RunFiles(folder);
  files.addMetrics("1");
  expect(() => files.save({ a: "new", b: null as never })).toThrow(RunError);
  files.discard();
  expect(readdirSync(folder).sort()).toEqual(["a", "b", "metrics.jsonl"]);
  for (const name of readdirSync(folder)) expect(read(folder, name)).toBe("old");
});

test("a folder in a file's place is found before any file is replaced", () => {
  const folder = oldRun("metrics.jsonl", "a");
  mkdirSync(join(folder, "b"));
  const files = new RunFiles(folder);
  expect(() => files.save({ a: "new", b: "new" })).toThrow(/got EISDIR: b is a folder for /);
  files.discard();
  expect(read(folder, "a")).toBe("old");
  expect(read(folder, "metrics.jsonl")).toBe("old");
  expect(readdirSync(folder).sort()).toEqual(["a", "b", "metrics.jsonl"]);
});

test("what a killed run left is removed, what a living one writes is not", () => {
  const dead = ".metrics.jsonl.2147483646.partial"; // no process has this number
  const living = `.metrics.jsonl.${process.ppid}.partial`;
  const folder = oldRun(dead, living, "notes.partial");
  new RunFiles(folder).discard();
  expect(readdirSync(folder).sort()).toEqual([living, "notes.partial"].sort());
});

test("a run that is given up leaves nothing", () => {
  const folder = join(makeFolder(), "deep/er");
  const files = new RunFiles(folder);
  files.addMetrics("1");
  expect(readdirSync(folder).length).toBe(1);
  files.discard();
  expect(readdirSync(folder)).toEqual([]);
});
