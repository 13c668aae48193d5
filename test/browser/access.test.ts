// Anyone can use the page: axe-core finds nothing in any state, and the keyboard reaches everything.

import { readFileSync } from "node:fs";
import type { Page } from "puppeteer-core";
import { describe, expect, test } from "vitest";
import {
  BROWSERS,
  finish,
  openPlayground,
  press,
  setValue,
  textOf,
  toStart,
  waitForText,
} from "./playground.ts";

const AXE = readFileSync(
  new URL("../../node_modules/axe-core/axe.min.js", import.meta.url),
  "utf8",
);

/** What axe-core finds wrong, in words. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as any;
    const found = await axe.run(document, { resultTypes: ["violations"] });
    return found.violations.flatMap(({ id, help, nodes }: any) =>
      nodes.map((node: any) => `${id}: ${help}: ${node.target} ${node.failureSummary}`),
    );
  });
}

describe.each(BROWSERS)("%s", (name) => {
  test.each(["light", "dark"])("axe-core finds nothing, %s", async (scheme) => {
    const { page } = await openPlayground(name, "", { isDark: scheme === "dark" });
    const isDark = await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches");
    expect(isDark).toBe(scheme === "dark");
    await toStart(page);
    expect(await violations(page)).toEqual([]);
    await setValue(page, "set-hiddenSize", "none");
    await waitForText(page, "error-hiddenSize", /expected/);
    await page.$eval("details", (details) => details.setAttribute("open", ""));
    await page.focus(".tensor.Whh .heat-map");
    expect(await violations(page)).toEqual([]);
    await press(page, "play");
    await finish(page);
    await press(page, "write");
    await waitForText(page, "written-when", /^after 1000 steps$/);
    await setValue(page, "unit", "3");
    await page.focus("#written");
    await setValue(page, "race-shape", "0");
    await press(page, "race");
    await waitForText(page, "race-said", /SHA-256/);
    expect(await violations(page)).toEqual([]);
    await page.reload();
    await waitForText(page, "offer-text", /saved after 1000 steps/);
    expect(await violations(page)).toEqual([]);
    await page.setViewport({ width: 390, height: 844 });
    await page.click("input[value=own]");
    await press(page, "train-pasted");
    await waitForText(page, "own-error", /expected a text/);
    expect(await violations(page)).toEqual([]);
    await page.click("input[value=story]");
    await waitForText(page, "validation", /^\d/);
    expect(await violations(page)).toEqual([]);
  });

  test("less motion where it is asked for: time that stands still lets nothing be drawn but the end", async () => {
    const { page, complaints } = await openPlayground(name, "", {
      isCalm: true,
      before: () => {
        performance.now = () => 1e6;
      },
    });
    expect(await page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")).toBe(
      true,
    );
    await waitForText(page, "status", /^Training/);
    await press(page, "reset");
    await waitForText(page, "status", /^Ready\./);
    await page.evaluate(() => {
      const shown: string[] = [];
      const step = document.getElementById("shown-step") as HTMLElement;
      new MutationObserver(() => shown.push(step.textContent ?? "")).observe(step, {
        childList: true,
      });
      Object.assign(globalThis, { shown });
    });
    await setValue(page, "speed", "500");
    await press(page, "play");
    await finish(page);
    await waitForText(page, "shown-step", "1000");
    expect(await page.evaluate("shown")).toEqual(["1000"]);
    expect(complaints).toEqual([]);
  });

  test("Tab reaches every control, and each has a name", async () => {
    const { page } = await openPlayground(name);
    await toStart(page);
    const expected = await page.evaluate(() => {
      const all = document.querySelectorAll<HTMLElement>(
        "button, input, select, textarea, summary, [tabindex='0']",
      );
      const shown = [...all].filter(
        (one) => one.checkVisibility() && !(one as HTMLButtonElement).disabled,
      );
      // Of the radio buttons, only the chosen one.
      return shown.filter((one) => !(one as HTMLInputElement).matches("[type=radio]:not(:checked)"))
        .length;
    });
    const reached = new Set<string>();
    for (let i = 0; i < expected + 5; i++) {
      await page.keyboard.press("Tab");
      const own = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        element.dataset["mark"] ??= String(Math.random());
        return element === document.body ? "" : element.dataset["mark"];
      });
      if (own) reached.add(own);
    }
    expect(reached.size).toBeGreaterThanOrEqual(expected);
    expect(await textOf(page, "status")).toMatch(/^Ready/);
  });
});
