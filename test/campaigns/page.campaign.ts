// Figures of the page that no test asserts: long tasks and frames while it trains at full speed, its
// training against Node's, its bytes and the time until it can be used.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Page } from "puppeteer-core";
import { expect, test } from "vitest";
import { quantile } from "../../src/bench/measure.ts";
import { corpusOf, createModel, splitCorpus, TEXT_DEFAULTS, train } from "../../src/index.ts";
import { DIST, openCounted, weightOf } from "../browser/counted.ts";
import { launchBrowser, serve } from "../browser/open.ts";
import {
  BROWSERS,
  openPlayground,
  press,
  setValue,
  textOf,
  waitForText,
} from "../browser/playground.ts";

const ROUNDS = 5;
const SECONDS = 5; // of a round, on each side
const CALM = 5; // s that a browser has to start up in
const WATCHED = 10; // s of long tasks
const PATHS = [
  "reference/engine",
  "reference/products",
  "reference/elementary",
  "train/trainer",
  "wasm/engine",
  "generate/sampler",
];

/** Notes long tasks, frames, and when the page can be used and has trained. */
function watch(): void {
  const seen = { tasks: [] as number[], frames: [] as number[], usable: 0, trained: 0 };
  Object.assign(globalThis, { seen });
  if (PerformanceObserver.supportedEntryTypes.includes("longtask")) {
    const add = (list: PerformanceObserverEntryList) =>
      seen.tasks.push(...list.getEntries().map(({ duration }) => duration));
    new PerformanceObserver(add).observe({ type: "longtask", buffered: true });
  }
  const frame = (now: number): void => {
    seen.frames.push(now);
    const play = document.getElementById("play") as HTMLButtonElement | null;
    if (!seen.usable && play && !play.disabled) seen.usable = performance.now();
    if (!seen.trained && /^[1-9]/.test(document.getElementById("epoch")?.textContent ?? ""))
      seen.trained = performance.now();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

const figures = (values: readonly number[], digits = 0): string =>
  [0.1, 0.5, 0.9].map((share) => quantile(values, share).toFixed(digits)).join(" … ");

/** Runs at full speed that are watched; the last with a panel of the page in sight. */
const WATCHED_RUNS: readonly [string, string, string?][] = [
  ["1 thread", "threads=1"],
  ["2 threads", "threads=2"],
  ["LSTM, 1 thread, the wall in sight", "cell=lstm&hiddenSize=128&threads=1", "wall"],
];

test.each(BROWSERS)(
  "%s: long tasks and frames at H 128, full speed",
  async (name) => {
    for (const [run, hash, inSight] of WATCHED_RUNS) {
      const { page } = await openPlayground(name, `#text=source&epochs=100000&${hash}`, {
        before: watch,
      });
      await waitForText(page, "epoch", /^[1-9]/);
      await setValue(page, "speed", "Infinity");
      if (inSight) await page.$eval(`#${inSight}`, (one) => one.scrollIntoView());
      await waitForText(page, "status", /^Training/);
      await page.evaluate("seen.tasks.length = seen.frames.length = 0");
      await new Promise((resolve) => setTimeout(resolve, 1000 * WATCHED));
      const { tasks, frames } = (await page.evaluate("seen")) as {
        tasks: number[];
        frames: number[];
      };
      const gaps = frames.slice(1).map((at, i) => at - (frames[i] as number));
      const late = gaps.filter((gap) => gap > 50).length;
      console.log(
        `${name}, ${run}: ${tasks.length} tasks over 50 ms (${tasks.map(Math.round)}), ${((1000 * gaps.length) / gaps.reduce((a, b) => a + b, 0)).toFixed(1)} frames a second, gaps ${figures(gaps)} ms, longest ${Math.max(...gaps).toFixed(0)}, ${late} over 50`,
      );
      expect(frames.length).toBeGreaterThan(0);
      await page.close(); // or it would train on beside the next
    }
  },
  600_000,
);

/** Steps a second of the page's run over a while. */
async function pageSpeed(page: Page): Promise<number> {
  const stepsOf = async () => Number(/after (\d+)/.exec(await textOf(page, "status"))?.[1]);
  const before = await stepsOf();
  const began = performance.now();
  await press(page, "play");
  await new Promise((resolve) => setTimeout(resolve, 1000 * SECONDS));
  await press(page, "play");
  await waitForText(page, "status", /^Paused after/);
  const took = performance.now() - began;
  return (1000 * ((await stepsOf()) - before)) / took;
}

test.each(BROWSERS)(
  "%s: training against Node's",
  async (name) => {
    for (const threads of [1, 2]) {
      const text = PATHS.map((path) =>
        readFileSync(new URL(`../../src/${path}.ts`, import.meta.url), "utf8"),
      ).join("");
      const config = { ...TEXT_DEFAULTS, epochs: 100_000, threads };
      const { training, validation } = splitCorpus(corpusOf(text, config), config);
      const model = await createModel(training, config);
      const run = train(model, training, validation ? { validation } : {})[Symbol.iterator]();
      const { page } = await openPlayground(name, `#text=source&epochs=100000&threads=${threads}`);
      await waitForText(page, "epoch", /^[1-9]/);
      await setValue(page, "speed", "Infinity");
      await press(page, "play");
      await waitForText(page, "status", /^Paused after/);
      const ratios: number[] = [];
      const speeds: [number, number][] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const there = await pageSpeed(page);
        const began = performance.now();
        let steps = 0;
        while (performance.now() - began < 1000 * SECONDS) {
          run.next();
          steps++;
        }
        const here = (1000 * steps) / (performance.now() - began);
        ratios.push(there / here);
        speeds.push([there, here]);
      }
      model.engine.close();
      const [page50, node50] = [0, 1].map((i) =>
        quantile(
          speeds.map((pair) => pair[i] as number),
          0.5,
        ).toFixed(1),
      );
      console.log(
        `${name}, ${threads} threads: ${page50} steps a second, Node ${node50}; ratio ${figures(ratios, 2)}`,
      );
      expect(ratios.length).toBe(ROUNDS);
    }
  },
  600_000,
);

test.each(BROWSERS)(
  "%s: until it can be used",
  async (name) => {
    const times: { usable: number; trained: number }[] = [];
    const url = await serve();
    const browser = await launchBrowser(name);
    await new Promise((resolve) => setTimeout(resolve, 1000 * CALM));
    for (let round = 0; round < ROUNDS; round++) {
      const visitor = await browser.createBrowserContext(); // without a cache
      const page = await visitor.newPage();
      await page.evaluateOnNewDocument(watch);
      await page.goto(url);
      await page.waitForFunction("seen.trained > 0");
      times.push((await page.evaluate("seen")) as { usable: number; trained: number });
      await visitor.close();
    }
    const of = (key: "usable" | "trained") => figures(times.map((one) => one[key]));
    console.log(
      `${name}: usable after ${of("usable")} ms, first steps shown after ${of("trained")} ms`,
    );
    expect(times.length).toBe(ROUNDS);
  },
  600_000,
);

test("bytes", async () => {
  const { taken } = await openCounted();
  const first = [...new Set(taken())];
  const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(DIST, join(parentPath, name)));
  for (const file of first) console.log(`${file}: ${weightOf([file])} bytes gzipped`);
  console.log(`${first.length} files until it can be used: ${weightOf(first)} bytes gzipped`);
  console.log(`${files.length} files in all: ${weightOf(files)}`);
  expect(files).toEqual(expect.arrayContaining(first));
});
