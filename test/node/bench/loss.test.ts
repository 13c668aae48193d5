// `npm run bench:loss`: what its runs become; none is trained here.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { expect, test } from "vitest";
import { drawLossChart, type LossMaker } from "../../../src/node/bench/loss-chart.ts";
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

test("a picture has the curves, wherever their losses lie", async () => {
  for (const above of [0, 2]) {
    const curve = (by: LossMaker, losses: number[]) => ({
      ...{ network: "rnn 256", by },
      seconds: [1, 2],
      losses: losses.map((loss) => loss + above),
    });
    const curves = [curve("f32", [1.9, 1.4]), curve("PyTorch", [1.8, 1.5])];
    const png = await drawLossChart({ curves, counted: 1.7 + above, machine: "a machine" });
    const image = await loadImage(Buffer.from(png));
    const context = createCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    const from = Math.floor(image.height / 3); // below the legend
    const { data } = context.getImageData(0, from, image.width, image.height - from);
    const blue = [0x00, 0x60, 0xa0]; // of the first of ours
    let count = 0;
    for (let i = 0; i < data.length; i += 4)
      if (blue.every((part, k) => data[i + k] === part)) count++;
    expect(count, `${above} nats higher`).toBeGreaterThan(500);
  }
});
