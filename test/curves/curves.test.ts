// History, and the curves drawn by uPlot in Node.

import { createCanvas, loadImage } from "@napi-rs/canvas";
import { describe, expect, test } from "vitest";
import { History } from "../../src/curves/history.ts";
import { curveSubtitle, curveTitle, LIGHT } from "../../src/curves/options.ts";
import { type Config, completeConfig, TEXT_DEFAULTS } from "../../src/index.ts";
import { curvesHtml } from "../../src/node/pictures/curves-html.ts";
import { drawCurves } from "../../src/node/pictures/curves-picture.ts";

const OF = { text: [], run: "/runs/out" };

function historyOf(count: number): History {
  const history = new History();
  for (let epoch = 0; epoch < count; epoch++) {
    const loss = 1.4 * Math.exp(-epoch / 50);
    history.append({ step: epoch, epoch, loss, accuracy: epoch < 30 ? 0.5 : 1, gradNorm: loss });
  }
  return history;
}

describe("history", () => {
  test("keeps every record of a run of up to 20,000", () => {
    const { columns } = historyOf(20_000);
    expect(columns.epoch).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
    expect(columns.accuracy[0]).toBe(50);
  });

  test.each([20_001, 40_000, 40_001, 100_003, 655_361])(
    "of %i records is thinned evenly, first and last kept",
    (count) => {
      const { epoch, loss, accuracy } = historyOf(count).columns;
      expect(epoch.length).toBeLessThanOrEqual(20_001);
      expect(epoch.length).toBeGreaterThanOrEqual(10_000);
      expect([loss.length, accuracy.length]).toEqual([epoch.length, epoch.length]);
      expect([epoch[0], epoch.at(-1)]).toEqual([0, count - 1]);
      const gaps = new Set(epoch.slice(1, -1).map((value, i) => value - (epoch[i] as number)));
      expect(gaps.size).toBe(1);
    },
  );
});

const AXES = { left: 140, right: 1660, top: 160, bottom: 836 }; // px, around the plotting area

/** How many pixels inside the axes of a PNG have exactly this colour. */
async function countPixels(png: Uint8Array, colour: string): Promise<number> {
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { left, right, top, bottom } = AXES;
  const { data } = context.getImageData(left, top, right - left, bottom - top);
  const wanted = Number.parseInt(colour.slice(1), 16);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    if ((data[i]! << 16) + (data[i + 1]! << 8) + data[i + 2]! === wanted) count++;
  }
  return count;
}

describe("the picture", () => {
  const config = completeConfig();
  test("shows both curves on the theme's background", async () => {
    const png = await drawCurves(historyOf(1000).columns, config, OF, "png");
    const { width, height } = await loadImage(png);
    expect([width, height]).toEqual([1800, 960]);
    for (const colour of [LIGHT.loss, LIGHT.accuracy]) {
      expect(await countPixels(png, colour), colour).toBeGreaterThan(2000);
    }
    expect(await countPixels(png, LIGHT.background)).toBeGreaterThan(900_000);
  });

  test("of no point is empty, of one point shows it", async () => {
    const empty = await drawCurves(historyOf(0).columns, config, OF, "png");
    expect(await countPixels(empty, LIGHT.loss)).toBe(0);
    const png = await drawCurves(historyOf(1).columns, config, OF, "png");
    expect(await countPixels(png, LIGHT.loss)).toBeGreaterThan(10);
  });

  test("as SVG has the curves as paths", async () => {
    const svg = new TextDecoder().decode(
      await drawCurves(historyOf(100).columns, config, OF, "svg"),
    );
    expect(svg).toMatch(/^<\?xml/);
    expect(svg).toMatch(/stroke="#0072B2"/i);
    expect(svg).not.toMatch(/<text/);
  });

  test("is titled with the settings, long texts cut", () => {
    const learned = (of: Config) => curveTitle(of, OF).learned;
    expect(curveTitle(config, OF)).toEqual({ learned: ["Learning hell", "ello"], run: "run out" });
    expect(curveSubtitle(config)).toBe(
      "10 hidden units · SGD, learning rate 0.1 · clip ±5 · seed 42 · wasm engine",
    );
    const long = { ...config, input: "x".repeat(99), clipValue: 0 };
    expect(learned(long)).toEqual([`Learning ${"x".repeat(24)}…`, "ello"]);
    expect(curveSubtitle(long)).toContain("no clipping");
  });

  test.each<[text: string[], title: string]>([
    [["texts/sea.txt"], "Training on sea.txt"],
    [["./texts/"], "Training on texts"],
    [["C:\\texts\\sea.txt"], "Training on sea.txt"],
    [["-"], "Training on standard input"],
    [["a.txt", "b/c.txt", "d"], "Training on a.txt and 2 more"],
    [["\u001b[31mred.txt"], "Training on \\u001b[31mred.txt"],
  ])("of %j is titled with the text", (text, title) => {
    const { learned, run } = curveTitle(completeConfig({}, TEXT_DEFAULTS), {
      text,
      run: "/runs/second/",
    });
    expect({ learned, run }).toEqual({ learned: [title], run: "run second" });
  });
});

describe("the HTML file", () => {
  test("asks nothing of the network and holds the run", async () => {
    const html = await curvesHtml(historyOf(100).columns, completeConfig(), OF);
    expect(html).not.toMatch(/(src|href)=/);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain("<title>Learning hell → ello, run out</title>");
    expect(html).toContain("<h1>Learning hell → ello, run out</h1>");
    const run = /<script type="application\/json" id="run">(.*)<\/script>/.exec(html)?.[1] ?? "";
    expect(JSON.parse(run).columns).toEqual(historyOf(100).columns);
  });

  test("shows a hostile text as text", async () => {
    const input = "</script><script>alert(1)</script>";
    const config = completeConfig({ input, target: input.toUpperCase() });
    const html = await curvesHtml(historyOf(1).columns, config, OF);
    expect(html).not.toContain("<script>alert");
    expect(html).toContain("&lt;/script&gt;");
  });
});

test("a history of very many evaluations stays small, and comes back from its arrays", () => {
  const history = new History();
  const evaluations = 300_000;
  for (let step = 0; step < evaluations; step++) {
    const validation = { loss: step, accuracy: 0.5, best: false };
    history.append({ step, epoch: step, loss: 1, accuracy: 0.5, gradNorm: 1, validation });
  }
  const { columns } = History.from(history.arrays);
  expect(columns.validation.length).toBeLessThanOrEqual(20_000);
  expect(columns.validation.length).toBeGreaterThan(10_000);
  expect(columns.validationStep.length).toBe(columns.validation.length);
  expect(columns.validationStep.at(-1)).toBe(evaluations);
  for (const [i, loss] of columns.validation.entries()) {
    if (columns.validationStep[i] !== loss + 1) throw new Error(`evaluation ${i} has another step`);
  }
});
