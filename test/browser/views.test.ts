// Curves, writing and race, and the texts: each control does what it says.

import type { Page } from "puppeteer-core";
import { describe, expect, test } from "vitest";
import {
  finish,
  openPlayground,
  ownBrowsers,
  press,
  setValue,
  shortenRaces,
  textOf,
  toStart,
  waitForText,
} from "./playground.ts";

const MOST_LOOKS = 1000; // at a picture that should change: the page draws in between

const FRAMES_TO_FIT = 30;

/** The curves as a picture, to see whether they changed. */
function curvePixels(page: Page): Promise<string> {
  return page.$eval("#curves canvas", (canvas) => (canvas as HTMLCanvasElement).toDataURL());
}

async function changesCurves(page: Page, act: () => Promise<void>): Promise<void> {
  const before = await curvePixels(page);
  await act();
  for (let looks = 0; (await curvePixels(page)) === before; looks++) {
    if (looks > MOST_LOOKS) throw new Error("the curves did not change");
  }
}

/** How many pixels the page is wider than its window, once it has had some frames to fit. */
function widerThanWindow(page: Page): Promise<number> {
  return page.evaluate(
    (most) =>
      new Promise<number>((resolve) => {
        const look = (frames: number): void => {
          const { scrollWidth, clientWidth } = document.documentElement;
          if (frames === most || (frames > 1 && scrollWidth <= clientWidth)) {
            resolve(scrollWidth - clientWidth);
          } else requestAnimationFrame(() => look(frames + 1));
        };
        look(0);
      }),
    FRAMES_TO_FIT,
  );
}

describe.each(ownBrowsers())("%s", (name) => {
  test("curves: series, log scale, smoothing, parts, zoom, and the values under the cursor", async () => {
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    await press(page, "play");
    await finish(page);
    await page.waitForFunction(() => document.querySelector("#curves canvas"));
    for (const id of ["show-loss", "show-mean", "show-accuracy", "show-norm", "log-scale"]) {
      await changesCurves(page, () => press(page, id));
    }
    await changesCurves(page, () => press(page, "show-mean"));
    await changesCurves(page, () => setValue(page, "smoothing", "0.5"));
    await changesCurves(page, () => setValue(page, "part", "0.1"));
    await changesCurves(page, () => press(page, "zoom-out"));
    const value = (series: number) =>
      page.$eval(
        `#curves .u-series:nth-child(${series}) .u-value`,
        (cell) => cell.textContent ?? "",
      );
    await page.focus("#curves");
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() =>
      /^5\d\d$/.test(document.querySelector("#curves .u-value")?.textContent ?? ""),
    );
    expect(await value(2)).toMatch(/^0\.00\d\d nats\/char$/);
    const box = await (await page.$("#curves .u-over"))?.boundingBox();
    if (!box) throw new Error("no plot");
    await page.$eval("#curves", (curves) => curves.scrollIntoView({ block: "center" }));
    const plot = (await (await page.$("#curves .u-over"))?.boundingBox()) ?? box;
    const at = (share: number): [number, number] => [
      plot.x + share * plot.width,
      plot.y + plot.height / 2,
    ];
    await page.mouse.move(...at(0.1));
    await page.mouse.down();
    await page.mouse.move(...at(0.2), { steps: 5 });
    await page.mouse.up();
    await page.mouse.move(...at(0.5));
    await page.waitForFunction(() =>
      /^1[3-6]\d$/.test(document.querySelector("#curves .u-value")?.textContent ?? ""),
    );
    expect(complaints).toEqual([]);
  });

  test("a finger and the keys reach every number", async () => {
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    /** Touches an element at shares of its width and height; found and touched at once. */
    const tap = (selector: string, x: number, y: number) =>
      page.evaluate(
        (own, across, down) => {
          const element = document.querySelector(own) as Element;
          const { left, top, width, height } = element.getBoundingClientRect();
          const [clientX, clientY] = [left + across * width, top + down * height];
          const options = { clientX, clientY, pointerType: "touch", bubbles: true };
          for (const kind of ["pointerdown", "pointerup", "pointerleave"]) {
            element.dispatchEvent(new PointerEvent(kind, options));
          }
        },
        selector,
        x,
        y,
      );
    await tap(".tensor.Whh .heat-map", 0.95, 0.75);
    await waitForText(page, "formula", /^Whh\[7,9\] = .*\n∂L/);
    await tap(".tensor.bh .pair > :nth-child(2) .heat-map", 0.5, 0.95);
    await waitForText(page, "formula", /^bh\[9\] = /);
    await tap(".time:nth-child(3) .thin", 0.5, 0.45);
    await waitForText(page, "formula", /^h₃\[4\] = tanh/);
    await tap(".time:nth-child(4) .bar:nth-child(2)", 0.5, 0.5);
    await waitForText(page, "formula", /^p₄\(e\) = exp/);
    await page.focus(".time:nth-child(2) .bars");
    await waitForText(page, "formula", /^p₂\(h\) = exp/);
    await page.keyboard.press("ArrowDown");
    await waitForText(page, "formula", /^p₂\(e\) = exp/);
    // The formula is in sight of what is pointed at.
    await page.setViewport({ width: 720, height: 450 });
    for (const matrix of ["Whh", "Why", "by"]) {
      await page.focus(`.tensor.${matrix} .heat-map`);
      await waitForText(page, "formula", new RegExp(`^${matrix}\\[`));
      await page.waitForFunction(() => {
        const { top, bottom } = (
          document.getElementById("formula") as HTMLElement
        ).getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      });
    }
    await press(page, "write");
    await waitForText(page, "written-when", /^after 0 steps$/);
    await tap("#written span:nth-child(5)", 0.5, 0.5);
    await waitForText(page, "next-characters", /^After “.” it expects/);
    expect(complaints).toEqual([]);
  });

  test("letters stand beside their cells, and nothing is wider than the window", async () => {
    const pair = "#input=abcdefghijkl&target=bcdefghijkla&hiddenSize=32";
    for (const hash of ["", pair]) {
      const { page } = await openPlayground(name, hash);
      await toStart(page);
      for (const width of [320, 390, 820, 1440]) {
        await page.setViewport({ width, height: 800 });
        expect(await widerThanWindow(page), `${width} px`).toBeLessThanOrEqual(0);
        const apart = await page.$$eval(".with-rows", (all) =>
          all.map((one) => {
            const [labels, map] = [...one.children].map((child) => child.getBoundingClientRect());
            return Math.abs((labels?.height ?? 0) - (map?.height ?? 0));
          }),
        );
        expect(apart.length).toBe(4); // Why and by, with their gradients
        expect(Math.max(...apart)).toBeLessThan(1);
      }
    }
  });

  test("writing: prime, length, temperature, seed, unit, and what is expected next", async () => {
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    await press(page, "play");
    await finish(page);
    await setValue(page, "length", "4");
    await setValue(page, "temperature", "0");
    await setValue(page, "prime", "h");
    await press(page, "write");
    await waitForText(page, "written", "ello");
    await page.focus("#written");
    await waitForText(page, "next-characters", /^After “e” it expectsl/);
    await page.keyboard.press("ArrowRight");
    await waitForText(page, "next-characters", /^After “l” it expectsl/);
    const bars = await page.$$eval("#next-characters .value", (cells) =>
      cells.map((cell) => Number(cell.textContent)),
    );
    expect(bars.length).toBe(4); // hello has four characters
    expect(bars.toSorted((a, b) => b - a)).toEqual(bars);
    expect(bars[0]).toBeGreaterThan(0.9);
    const background = () =>
      page.$eval("#written span", (span) => (span as HTMLElement).style.background);
    expect(await background()).toBe("");
    await setValue(page, "unit", "0");
    expect(await background()).toMatch(/^rgb/);
    await setValue(page, "length", "50");
    await setValue(page, "temperature", "2");
    await page.waitForFunction(
      () => document.getElementById("written")?.textContent?.length === 50,
    );
    const first = await textOf(page, "written");
    await setValue(page, "writing-seed", "7");
    await page.waitForFunction(
      (text) => document.getElementById("written")?.textContent !== text,
      {},
      first,
    );
    await setValue(page, "prime", "xyz");
    await waitForText(
      page,
      "writing-error",
      /^prime: expected characters of the vocabulary, got "x"/,
    );
    await setValue(page, "prime", "");
    await setValue(page, "length", "0");
    await waitForText(
      page,
      "writing-error",
      /^length: expected a whole number from 1 to 1000, got 0/,
    );
    expect(complaints).toEqual([]);
  });

  test("race: the engines agree, training waits and goes on", async () => {
    const { page, complaints } = await openPlayground(name, "", { before: shortenRaces });
    await toStart(page);
    await setValue(page, "speed", "1");
    await press(page, "play");
    await setValue(page, "race-shape", "1");
    await press(page, "race");
    await waitForText(
      page,
      "race-said",
      /^All but fast computed the same weights, those in f32 among themselves: SHA-256 [0-9a-f]{64}($|\. The machine was busy: )/,
    );
    const rows = await page.$$eval("#race-rows tr", (lines) =>
      lines.map((line) => line.textContent ?? ""),
    );
    expect(await textOf(page, "race-words")).toMatch(
      /^(The core did a step in .* times as fast .*|)$/,
    );
    expect(rows[0]).toMatch(/^TypeScript reference.*1\.0×/);
    expect(rows[1]).toMatch(/^Wasm core, 1 thread(.*\d×|\?)/);
    await waitForText(page, "status", /^Training/);
    // What is asked for during a race counts when it is over.
    await page.evaluate("raceShare = 0.4"); // long enough to ask for something meanwhile
    await press(page, "race");
    await waitForText(page, "race-said", /^Racing/);
    await waitForText(page, "status", /^Paused/);
    await waitForText(page, "sha256", /^[0-9a-f]{64}$/);
    const stepOf = async () => Number.parseInt(await textOf(page, "epoch"), 10);
    const step = await stepOf();
    await page.evaluate(() => {
      for (let i = 0; i < 2; i++) document.getElementById("play")?.click();
    });
    await waitForText(page, "race-said", /^All but fast/);
    await waitForText(page, "status", /^Paused/);
    expect((await stepOf()) - step).toBeLessThanOrEqual(1); // between play and pause
    const threads = Number(await page.evaluate("navigator.hardwareConcurrency"));
    if (threads > 1) expect(rows[2]).toMatch(/^Wasm core, 2 threads/);
    expect(complaints).toEqual([]);
  });

  test("texts: the page's own, with validation and threads, live writing, and hello again", async () => {
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    await page.click("input[value=source]");
    await waitForText(page, "sentence", /256 hidden units reads its own source code/);
    await waitForText(page, "command", /--text src\/reference\/engine\.ts .*--epochs 100/);
    await waitForText(page, "validation", /^\d\.\d{4}$/);
    await changesCurves(page, () => press(page, "show-validation"));
    await waitForText(page, "written-when", /^after \d+ steps$/);
    expect(await page.$eval("#thinking", (view) => (view as HTMLElement).hidden)).toBe(true);
    expect(await page.$eval("#not-shown", (note) => (note as HTMLElement).hidden)).toBe(false);
    const cores = Number(await page.evaluate("navigator.hardwareConcurrency"));
    const beside = Math.min(8, Math.max(1, cores - 1));
    await waitForText(page, "isolation", new RegExp(`this run uses ${beside} threads?\\.`));
    const most = Math.min(8, cores);
    await setValue(page, "set-threads", String(most));
    await waitForText(page, "isolation", new RegExp(`this run uses ${most} threads?\\.`));
    for (const [field, value] of [
      ["seqLength", "20"],
      ["batchSize", "4"],
      ["valFraction", "0.2"],
      ["carryState", "false"],
    ] as const) {
      await setValue(page, `set-${field}`, value);
      await waitForText(page, "command", new RegExp(` ${value}( |$)`));
    }
    await page.click("input[value=hello]");
    await waitForText(page, "sentence", /reads “hell”/);
    await waitForText(page, "command", "npm run train");
    expect(complaints).toEqual([]);
  });
});
