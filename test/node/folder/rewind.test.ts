// A log that takes lines back: whenever the run ends, what stands there is what the last save knows.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { holdFolder, RunFiles } from "../../../src/node/folder/run-files.ts";
import { makeFolder } from "../run.ts";

const CSV = "metrics.csv";
const read = (folder: string) => readFileSync(join(folder, CSV), "utf8");
const below = (step: number) => (line: string) => Number(line) < step;

/** A folder in which steps 0, 1 and 2 were saved, and the run that goes on. */
function saved() {
  const folder = join(makeFolder(), "out");
  const files = new RunFiles(folder);
  onTestFinished(() => files.close());
  for (const step of ["0", "1", "2"]) files.add(CSV, `${step}\n`);
  const { marks } = files;
  files.save({ "model.safetensors": "old" });
  return { folder, files, marks };
}

test("lines are taken back with the next save, and the log goes on behind", () => {
  const { folder, files } = saved();
  files.add(CSV, "3\n");
  files.rewind(CSV, below(1));
  files.add(CSV, "1\n");
  files.rewind(CSV, below(1)); // again, before a save
  files.add(CSV, "1 again\n");
  expect(read(folder)).toBe("0\n1\n2\n3\n");
  const { marks } = files;
  files.save({ "model.safetensors": "new" });
  expect(read(folder)).toBe("0\n1 again\n");
  files.add(CSV, "2 again\n");
  files.save({ "model.safetensors": "new" });
  files.close();
  expect(read(folder)).toBe("0\n1 again\n2 again\n");
  expect(readdirSync(folder).sort()).toEqual([CSV, "model.safetensors"]);
  const next = new RunFiles(folder, holdFolder(folder));
  onTestFinished(() => next.close());
  next.keep({ folder, marks });
  expect(read(folder)).toBe("0\n1 again\n");
});

test("a run that ends before the next save leaves what its state knows", () => {
  const { folder, files, marks } = saved();
  files.rewind(CSV, below(1));
  files.add(CSV, "1 again\n".repeat(20_000)); // more than is held
  files.close();
  expect(read(folder)).toBe("0\n1\n2\n");
  expect(readdirSync(folder).sort()).toEqual([CSV, "model.safetensors"]);
  const next = new RunFiles(folder, holdFolder(folder));
  onTestFinished(() => next.close());
  expect(() => next.keep({ folder, marks })).not.toThrow();
});

test("lines that lie across the pieces it is read in are found", () => {
  const { folder, files } = saved();
  const lines = Array.from({ length: 300_000 }, (_, i) => `${i + 3}\n`); // 2 MB
  files.add(CSV, lines.join(""));
  files.rewind(CSV, below(250_000));
  files.save({ "model.safetensors": "new" });
  expect(read(folder).trimEnd().split("\n").length).toBe(250_000);
  expect(read(folder).endsWith("249998\n249999\n")).toBe(true);
});
