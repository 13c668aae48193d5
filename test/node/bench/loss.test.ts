// `npm run bench:loss`: what its runs become; none is trained here.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { run } from "../run.ts";
import { folderWithText } from "../sea.ts";

const LOSS = fileURLToPath(new URL("../../peers/loss.js", import.meta.url));

const loss = (cwd: string, ...words: string[]) => run(process.execPath, [LOSS, ...words], cwd);

const ROWS = [
  { name: "ello gru 256 f32, 2 threads", budget: 300, threads: 2, epochs: 2, seconds: 200 },
  { name: "ello gru 256 f32, 2 threads", budget: 60, threads: 2, epochs: 1, seconds: 50 },
  { name: "PyTorch gru 256 f32, its best", budget: 300, threads: 1, epochs: 2, seconds: 280 },
].map((row, i) => ({ ...row, validation: [2 - i / 10, 1.5 + i / 10].slice(0, row.epochs) }));

test("runs become a table, the best first, and a picture", async () => {
  const cwd = folderWithText();
  writeFileSync(join(cwd, "rows.jsonl"), ROWS.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const table = await loss(cwd, "table", "sea.txt", "rows.jsonl");
  expect(table.stdout.split("\n").slice(2, 4)).toEqual([
    "| ello gru 256 f32, 2 threads | 2 | 1.900 | 1 | 1.500 | 2 | 200 |",
    "| PyTorch gru 256 f32, its best | 1 | – | – | 1.700 | 2 | 280 |",
  ]);
  expect(table.stdout).toMatch(/^Counting, \d characters at a time: \d\.\d{3}$/m);
  const chart = await loss(cwd, "chart", "sea.txt", "rows.jsonl", "loss.png");
  expect({ code: chart.code, stderr: chart.stderr }).toEqual({ code: 0, stderr: "" });
  expect(readFileSync(join(cwd, "loss.png")).subarray(1, 4).toString()).toBe("PNG");
});
