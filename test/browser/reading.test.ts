// Read a text: what the page shows of a character is what Node computes from the model that it saves.

import type { Page } from "puppeteer-core";
import { describe, expect, test } from "vitest";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import type { Shape } from "../../src/engine/shape.ts";
import { Trace } from "../../src/trace/trace.ts";
import { partsAt } from "../../src/web/training/parts.ts";
import { number } from "../../src/web/views/format.ts";
import {
  catchDownloads,
  finish,
  openPlayground,
  ownBrowsers,
  press,
  setValue,
  textOf,
  waitForText,
} from "./playground.ts";

const PLACE = 30;
const UNITS = 3; // read of each strip

/** The text that is shown, character by character. */
async function shownText(page: Page): Promise<string[]> {
  const spans = await page.$$eval("#reading-text span", (all) => all.map((one) => one.textContent));
  return spans.map((text) => (text === "↵\n" ? "\n" : (text ?? "")));
}

/** Presses keys of a focused element, each heard before the next. */
async function keys(page: Page, selector: string, ...pressed: string[]): Promise<void> {
  await page.focus(selector);
  for (const key of pressed) await page.keyboard.press(key as "Enter");
}

describe.each(ownBrowsers())("%s", (name) => {
  test("a character's probabilities, loss, cells and reach are those of the saved model", async () => {
    const { page, complaints } = await openPlayground(
      name,
      "#text=story&cell=lstm&hiddenSize=12&layers=2&seqLength=25&batchSize=8&epochs=8&learningRate=0.01",
      { before: catchDownloads },
    );
    await waitForText(page, "epoch", /^[1-9]/);
    await page.$eval("#reading-panel", (panel) => panel.scrollIntoView());
    await finish(page);
    await waitForText(page, "reading-when", /^after 120 steps$/);
    await press(page, "save");
    await waitForText(page, "status", /Saved model\.safetensors/);
    const bytes = Uint8Array.from((await page.evaluate("caught.at(-1)")) as number[]);
    const { cell, V, H, layers, parameters, vocabulary } = await loadCheckpoint(bytes);
    const shape: Shape = { V, H, T: 1, B: 1, cell, layers };
    const characters = await shownText(page);
    expect(characters.length).toBe(160);
    const tokens = vocabulary?.encode(characters.join("")) ?? [];
    const trace = new Trace(shape, parameters, tokens);
    // By key to a place, and its numbers.
    await keys(page, "#reading-text", "Home", ...Array<string>(PLACE).fill("ArrowRight"));
    await waitForText(page, "place-said", new RegExp(`, character ${PLACE + 1} of 160: `));
    const loss = number(trace.losses[PLACE - 1] as number);
    expect(await textOf(page, "place-said")).toMatch(new RegExp(` the loss is ${loss}\\.$`));
    const bars = await page.$$eval("#expected-next .value", (all) =>
      all.map((one) => one.textContent),
    );
    const after = [...trace.probabilities.subarray(PLACE * V, (PLACE + 1) * V)];
    expect(bars).toEqual(
      after
        .toSorted((a, b) => b - a)
        .slice(0, 5)
        .map((p) => p.toFixed(2)),
    );
    const { inputs } = trace.reach(PLACE - 1);
    await waitForText(page, "reach-most", number(Math.max(...inputs)));
    const back = PLACE - inputs.findIndex((value) => value > Math.max(...inputs) / 100);
    expect(await textOf(page, "depends-said")).toContain(`characters ${back} back`);
    for (const [i, { name: part, values }] of partsAt(trace, PLACE).entries()) {
      const strip = `.strip:nth-child(${i + 1}) .heat-map`;
      await keys(page, strip, "ArrowDown");
      for (let unit = 0; unit < UNITS; unit++) {
        const said = `${part}, layer 1, unit ${unit}: ${number(values[H + unit] as number)}`;
        expect(await textOf(page, "strip-value")).toContain(said);
        await page.keyboard.press("ArrowRight");
      }
    }
    expect(complaints).toEqual([]);
    await selectsPinsAndTypes(page);
    expect(complaints).toEqual([]);
  });
});

/** A span finds its units, a unit colours the text, and each key that is typed moves the prediction. */
async function selectsPinsAndTypes(page: Page): Promise<void> {
  await page.focus("#reading-text");
  await page.keyboard.down("Shift");
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.up("Shift");
  await waitForText(page, "span-said", /^(On throughout|No unit is on throughout) “.{4,5}” /);
  expect(await page.$$eval("#reading-text .selected", (all) => all.length)).toBe(4);
  const found = await textOf(page, "span-said");
  await waitForText(
    page,
    "ahead-said",
    /^No/.test(found) ? "" : /^In the \d+ characters behind the window: /,
  );
  await page.keyboard.press("Escape");
  await waitForText(page, "span-said", /^Drag over the text/);
  await keys(page, "#wall", "ArrowDown", "ArrowDown");
  await waitForText(page, "wall-said", /^layer [01], unit \d+ after “.+”: .*; follows “.+”, r = /);
  const unit = /layer \d, unit \d+/.exec(await textOf(page, "wall-said"))?.[0];
  const ground = () =>
    page.$eval("#reading-text span", (one) => getComputedStyle(one).backgroundColor);
  const before = await ground();
  await page.keyboard.press("Enter");
  await waitForText(page, "pinned-said", `Along the text: ${unit}`);
  expect(await ground()).not.toBe(before);
  await press(page, "unpin");
  expect(await ground()).toBe(before);
  await setValue(page, "reading-source", "typed");
  await setValue(page, "reading-typed", "the lam");
  await waitForText(page, "place-said", /^“m”, character 7 of 7: /);
  await setValue(page, "reading-typed", "the lampß");
  await waitForText(page, "place-said", /^“p”, character 8 of 8: /);
  expect(await textOf(page, "reading-error")).toBe("The model does not know “ß”: left out.");
  expect(await textOf(page, "expected-next-title")).toBe("After “p” it expects");
}
