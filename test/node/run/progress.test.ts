// What a run on a text says while it goes on: the line that is drawn anew, and which epochs have one.

import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { TEXT_DEFAULTS } from "../../../src/index.ts";
import { readingOn, readTexts } from "../../../src/node/model/text-files.ts";
import { Output } from "../../../src/node/output.ts";
import { statusLine, TextProgress } from "../../../src/node/run/progress.ts";
import { EpochMean } from "../../../src/train/metrics.ts";
import { makeFolder } from "../run.ts";
import { Screen } from "../terminal.ts";

const PARTS = {
  share: 0.25,
  place: "Step 12345/62720",
  loss: "loss 1.8610",
  speed: "125,000 characters/s",
  left: "12 min 5 s left",
};

describe("the line that is drawn anew", () => {
  test.each<[columns: number, line: string]>([
    [
      120,
      "█████░░░░░░░░░░░░░░░ Step 12345/62720  loss 1.8610  125,000 characters/s  12 min 5 s left",
    ],
    [80, "███░░░░░░░ Step 12345/62720  loss 1.8610  125,000 characters/s  12 min 5 s left"],
    [72, "Step 12345/62720  loss 1.8610  125,000 characters/s  12 min 5 s left"],
    [60, "Step 12345/62720  loss 1.8610  12 min 5 s left"],
    [40, "Step 12345/62720  12 min 5 s left"],
    [20, "12 min 5 s left"],
  ])("in %i columns keeps the time left", (columns, line) => {
    expect(statusLine(PARTS, columns - 1)).toBe(line);
  });

  test("is drawn in the terminal's width", async () => {
    for (const columns of [40, 60, 80]) {
      const screen = new Screen(columns);
      const pace = { steps: 10_000, perEpoch: 5000, logEvery: 100 };
      const progress = new TextProgress(new Output(screen, screen), pace, new EpochMean(5));
      await progress.show(recordOf(0, 5000));
      expect(screen.text).toMatch(/ left$/);
      const drawn = screen.text.replace("\r\u001b[K", "");
      expect(drawn.length).toBeLessThan(columns);
    }
  });
});

function recordOf(step: number, perEpoch: number) {
  const epoch = Math.floor(step / perEpoch);
  const [loss, charsPerSecond] = [1.861, 125_000];
  return { step, epoch, loss, accuracy: 0.5, gradNorm: 1, learningRate: 0.1, charsPerSecond };
}

/** The lines of a run of 10 epochs that are not of single steps. */
async function linesOf(perEpoch: number, logEvery: number): Promise<string[]> {
  const lines: string[] = [];
  const output = { isTerminal: false, line: async (text: string) => void lines.push(text) };
  const pace = { steps: 10 * perEpoch, perEpoch, logEvery };
  const mean = new EpochMean(5);
  const progress = new TextProgress(output as unknown as Output, pace, mean);
  for (let step = 0; step < pace.steps; step++) {
    mean.add(recordOf(step, perEpoch));
    await progress.show(recordOf(step, perEpoch));
  }
  return lines.filter((line) => !line.startsWith("Step")).map((line) => line.split(":")[0]!);
}

describe("the epochs' lines", () => {
  test("are all there where an epoch is long enough", async () => {
    const all = Array.from({ length: 10 }, (_, epoch) => `Epoch ${epoch}`);
    expect(await linesOf(100, 100)).toEqual(all);
    expect(await linesOf(30, 30)).toEqual(all);
  });

  test("are left out of short epochs, which is explained once, with how to see all", async () => {
    expect(await linesOf(30, 100)).toEqual([
      "An epoch is 30 steps",
      ...["Epoch 3", "Epoch 7", "Epoch 9"],
    ]);
  });
});

test("reading a large text says so, a small one does not", async () => {
  const folder = makeFolder();
  const [small, large] = [join(folder, "small.txt"), join(folder, "large.txt")];
  writeFileSync(small, "ab".repeat(1000));
  writeFileSync(large, "ab\n".repeat(6 * 2 ** 20));
  expect(statSync(large).size).toBe(18 * 2 ** 20);
  const screen = new Screen(200);
  const onRead = readingOn(new Output(screen, screen));
  await readTexts([small], TEXT_DEFAULTS, { onRead });
  expect(screen.text).toBe("");
  await readTexts([small, large], TEXT_DEFAULTS, { onRead });
  expect(screen.text).toBe(`\r\u001b[KReading ${large}: 16 MiB so far`);
});
