// A step that is played, the error's reach under the slider, gates with the reference's numbers: as a visitor
// comes upon them.

import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { describe, expect, test } from "vitest";
import { PairDataset } from "../../src/data/pair.ts";
import { modelFor } from "../../src/model/create.ts";
import { createReference } from "../../src/reference.ts";
import { completeConfig } from "../../src/settings/check.ts";
import { Anatomist } from "../../src/web/training/anatomy.ts";
import { number } from "../../src/web/views/format.ts";
import { formulaOf } from "../../src/web/views/formula.ts";
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

const TWELVE = "input=hello+world%21&target=ello+world%21h";

/** Where the points of the error plot stand, from the last letter back; 0 is the top. */
const heights = (page: Page): Promise<number[]> =>
  page.$$eval("#error-plot circle", (all) => all.map((one) => Number(one.getAttribute("cy"))));

async function slideTo(page: Page, radius: number): Promise<void> {
  await page.$eval(
    "#radius",
    (element, value) => {
      (element as HTMLInputElement).value = String(value);
      element.dispatchEvent(new Event("input", { bubbles: true }));
    },
    radius,
  );
  await waitForText(page, "radius-value", radius.toFixed(2));
}

describe.each(ownBrowsers())("%s", (name) => {
  test("vanishing and exploding under one finger; Back undoes it", async () => {
    const { page, complaints } = await openPlayground(name, `#${TWELVE}`);
    await toStart(page);
    await page.waitForFunction(() => document.querySelectorAll("#error-plot circle").length === 12);
    const asDrawn = await heights(page);
    expect(Math.max(...asDrawn)).toBe(asDrawn.at(-1)); // it falls, and all of it is seen
    expect(new Set(asDrawn).size).toBeGreaterThan(9);
    await slideTo(page, 1.5);
    const grown = await heights(page);
    expect(grown.at(-1)).toBeLessThan((grown[0] as number) - 8); // a power of ten is 7 high
    await page.evaluate("history.back()");
    await waitForText(page, "radius-value", "0.03");
    await waitForText(page, "status", /^Training/);
    await slideTo(page, 0.7);
    const faded = await heights(page);
    expect(faded.at(-1)).toBeGreaterThan((faded[0] as number) + 8);
    await waitForText(page, "status", /^Ready\. Whh begins with radius 0\.7\.$/);
    expect(await page.evaluate("location.hash")).toBe(`#${TWELVE}&recurrentRadius=0.7`);
    expect(await textOf(page, "command")).toContain("--recurrent-radius 0.7");
    expect(complaints).toEqual([]);
  });

  test("a step is played letter by letter by space, and then taken", async () => {
    const { page, complaints } = await openPlayground(name, "#epochs=200", { isCalm: true });
    await toStart(page);
    await press(page, "walk");
    const states = () =>
      page.$$eval("#network .time", (all) =>
        all.map((one) =>
          ["data-walk", "data-error"].flatMap((name) => one.getAttribute(name) ?? []).join(" "),
        ),
      );
    expect(await states()).toEqual(["now", "ahead", "ahead", "ahead"]);
    for (const letter of [2, 3, 4]) {
      await page.keyboard.press("Space");
      await waitForText(page, "walk-line", new RegExp(`^Forward, letter ${letter} of 4: `));
    }
    await page.keyboard.press("Space");
    await waitForText(page, "walk-line", /^Back: the last letter's loss/);
    expect(await states()).toEqual(["read", "read", "read", "read now"]);
    await page.keyboard.press("Space");
    await waitForText(page, "walk-line", /^Back to letter 3: the error was multiplied by [\d.]+ /);
    const gains = await page.$$eval("#network .arrow", (all) => all.map((one) => one.textContent));
    expect(gains.slice(0, 2)).toEqual(["Whh", "Whh"]);
    expect(gains[2]).toMatch(/^× 0\.\d+$/);
    for (const letter of [2, 1]) {
      await page.keyboard.press("Space");
      await waitForText(page, "walk-line", new RegExp(`^Back to letter ${letter}: `));
    }
    await page.keyboard.press("Space");
    await waitForText(page, "walk-line", /^Update: /);
    await waitForText(page, "shown-step", "1");
    expect(await states()).toEqual(["", "", "", ""]);
    expect(complaints).toEqual([]);
  });

  test("an LSTM's gates are the reference's, and its weights Node's", async () => {
    const { page, complaints } = await openPlayground(name, "#cell=lstm&epochs=60");
    await toStart(page);
    const config = completeConfig({ cell: "lstm", epochs: 60 });
    const dataset = new PairDataset(config.input, config.target);
    const model = await modelFor(dataset, { cell: "lstm" }, (_config, shape, moments) =>
      createReference(shape, moments),
    );
    const anatomy = new Anatomist(config).open(0, Float64Array.from(model.engine.parameters));
    await page.focus("#network .time:nth-child(2) .gates");
    for (const key of ["ArrowRight", "ArrowDown", "ArrowDown"] as const) {
      await page.keyboard.press(key);
    }
    const formula = formulaOf({ kind: "gate", t: 1, slot: 1, unit: 2 }, anatomy);
    expect(await textOf(page, "formula")).toBe(formula);
    const roads = await page.$$eval("#network .road", (all) => all.map((one) => one.textContent));
    expect(roads).toEqual(anatomy.passing.map((mean) => `× f ${mean.toFixed(2)}`));
    expect(await textOf(page, "loss")).toBe(anatomy.loss.toFixed(4));
    expect(await page.$eval("#network .loss .number", (one) => one.textContent)).toBe(
      number(anatomy.losses[0] as number),
    );
    await press(page, "play");
    const sha256 = await finish(page);
    const folder = makeFolder();
    await train(folder, "--quiet", "--cell", "lstm", "--epochs", "60");
    expect(sha256).toBe(receiptOf(join(folder, "out")).parametersSha256.final);
    expect(complaints).toEqual([]);
  });
});
