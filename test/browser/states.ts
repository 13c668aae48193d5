// axe-core in every state of the page, and what it finds.

import { readFileSync } from "node:fs";
import type { Page } from "puppeteer-core";
import { expect } from "vitest";
import {
  finish,
  press,
  setValue,
  toStart,
  unfoldAll,
  waitForSaved,
  waitForText,
} from "./playground.ts";

const AXE = readFileSync(
  new URL("../../node_modules/axe-core/axe.min.js", import.meta.url),
  "utf8",
);

/** The rules that depend on the scheme. */
export const COLOURS = ["color-contrast", "link-in-text-block"];

/** What axe-core finds wrong, in words. `rules`: all of them, or these. */
export async function violations(page: Page, rules: readonly string[] = []): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async (values) => {
    const { axe } = globalThis as any;
    const found = await axe.run(document, {
      resultTypes: ["violations"],
      ...(values.length > 0 && { runOnly: { type: "rule", values } }),
    });
    return found.violations.flatMap(({ id, help, nodes }: any) =>
      nodes.map((node: any) => `${id}: ${help}: ${node.target} ${node.failureSummary}`),
    );
  }, rules);
}

/** Goes through the states of a page that has just been opened, and looks at each. */
export async function lookAtEveryState(
  page: Page,
  look: (page: Page) => Promise<string[]>,
): Promise<void> {
  await toStart(page);
  expect(await look(page)).toEqual([]);
  await setValue(page, "set-hiddenSize", "none");
  await waitForText(page, "error-hiddenSize", /expected/);
  await unfoldAll(page);
  await page.focus(".tensor.Whh .heat-map");
  expect(await look(page)).toEqual([]);
  await press(page, "play");
  await finish(page);
  await press(page, "write");
  await waitForText(page, "written-when", /^after 1000 steps$/);
  await setValue(page, "unit", "3");
  await page.focus("#written");
  await setValue(page, "race-shape", "0");
  await press(page, "race");
  await waitForText(page, "race-said", /SHA-256/);
  expect(await look(page)).toEqual([]);
  await waitForSaved(page, 1000);
  await page.reload();
  await waitForText(page, "offer-text", /saved after 1000 steps/);
  await page.waitForSelector("body:not(.loading)"); // an offer stands before the views do
  expect(await look(page)).toEqual([]);
  await page.setViewport({ width: 390, height: 844 });
  await press(page, "to-settings");
  await page.click("input[value=own]");
  await press(page, "train-pasted");
  await waitForText(page, "own-error", /expected a text/);
  expect(await look(page)).toEqual([]);
  await page.click("input[value=story]");
  await waitForText(page, "validation", /^\d/);
  expect(await look(page)).toEqual([]);
}
