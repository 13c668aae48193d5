// Tasks in the page, with the weights that Node gets, and a run pinned beside the next one.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeFolder, receiptOf, train } from "../node/run.ts";
import {
  finish,
  openPlayground,
  ownBrowsers,
  press,
  textOf,
  toStart,
  waitForText,
} from "./playground.ts";
import { violations } from "./states.ts";

const isSeen = (selector: string): boolean =>
  document.querySelector(selector)?.checkVisibility() ?? false;

describe.each(ownBrowsers())("%s", (name) => {
  test("each task is trained on as its command does in Node, and its answers are shown", async () => {
    const { page, complaints } = await openPlayground(name);
    for (const task of ["copy", "brackets", "recall", "counting"]) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `#text=${task}&hiddenSize=8&epochs=1`);
      await waitForText(page, "command", new RegExp(`task:${task} `));
      expect(await page.evaluate(isSeen, "#distances")).toBe(true);
      const sha256 = await finish(page);
      const command = await textOf(page, "command");
      const folder = makeFolder();
      await train(folder, "--quiet", ...command.replace("npm run train -- ", "").split(" "));
      expect(sha256).toBe(receiptOf(join(folder, "out")).parametersSha256.final);
      await waitForText(page, "distances-said", /^After 281 steps, \d+ % of the answers/);
    }
    await page.evaluate(() => {
      location.hash = "";
    });
    await waitForText(page, "sentence", /hell/);
    expect(await page.evaluate(isSeen, "#distances")).toBe(false);
    expect(complaints).toEqual([]);
  });

  test("a pinned run stands beside the next, in curves, bars and writing; a contrast makes both", async () => {
    const { page, complaints } = await openPlayground(name, "#epochs=40");
    await finish(page);
    await waitForText(page, "written-when", "after 40 steps");
    const written = await textOf(page, "written-plain");
    await press(page, "contrast-seed");
    await waitForText(page, "pinned-note", /^Pinned: seed 42, after 40 steps: .* Now: seed 43\.$/);
    await finish(page);
    expect(await page.evaluate("location.hash")).toBe("#speed=full&seed=43&epochs=40");
    expect(await textOf(page, "pinned-written")).toBe(written);
    expect(await textOf(page, "curves")).toContain("Pinned: seed 42");
    const marks = await page.$$eval(".bar .mark", (all) =>
      all.map((mark) => [
        mark.checkVisibility(),
        (mark as HTMLElement).style.getPropertyValue("--share"),
      ]),
    );
    const shares = await page.$$eval(".bar .fill", (all) =>
      all.map((fill) => (fill as HTMLElement).style.getPropertyValue("--share")),
    );
    expect(marks.length).toBe(16);
    expect(marks.every(([seen]) => seen)).toBe(true);
    expect(marks.map(([, share]) => share)).not.toEqual(shares.slice(0, 16));
    expect(await violations(page)).toEqual([]);
    await press(page, "pin");
    expect(await page.evaluate(isSeen, ".bar .mark")).toBe(false);
    expect(await page.evaluate(isSeen, "#pinned-writing")).toBe(false);
    expect(await textOf(page, "curves")).not.toContain("Pinned");

    // The first run of a contrast that there is not yet goes to its end, and the other follows by itself.
    await press(page, "contrast-cell");
    await waitForText(page, "command", /task:recall --cell rnn/);
    await page.evaluate(() => {
      location.hash = "#text=recall&cell=rnn&epochs=1";
    });
    await waitForText(page, "epoch", /of 1$/);
    await toStart(page);
    await press(page, "contrast-cell");
    await waitForText(page, "pinned-note", /^Pinned: tanh, after 281 steps: .* Now: LSTM\.$/);
    await waitForText(page, "status", /^Trained\./);
    expect(await textOf(page, "sentence")).toContain("An LSTM");
    await waitForText(page, "distances-said", /^After 281 steps, .*; the pinned run \d+ %\.$/);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
