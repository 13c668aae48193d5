// Anyone can use the page: axe-core finds nothing in any state, and the keyboard reaches everything.

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
  unfoldAll,
  waitForText,
} from "./playground.ts";
import { COLOURS, lookAtEveryState, violations } from "./states.ts";

/** Asks Chromium for a scheme, and lets the page draw in it. */
async function setScheme(page: Page, value: "light" | "dark"): Promise<void> {
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
  await page.evaluate(
    "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))",
  );
}

/** What can be pressed and is smaller than 24 CSS pixels, but for links in a sentence and what its label enlarges. */
function smallTargets(page: Page): Promise<string[]> {
  return page.$$eval("button, input, select, textarea, summary, a, [tabindex='0']", (all) =>
    all.flatMap((one) => {
      const target = one.closest("label") ?? one;
      const isThere = target.checkVisibility({ visibilityProperty: true });
      if (!isThere || one.matches(".skip, p a")) return [];
      const { width, height } = target.getBoundingClientRect();
      if (width >= 24 && height >= 24) return [];
      return [`${one.id || one.className || one.outerHTML}: ${width} × ${height}`];
    }),
  );
}

describe.each(ownBrowsers())("%s", (name) => {
  // Firefox has one scheme for all its pages: `npm run campaign` goes through the states in its dark one.
  test("axe-core finds nothing in any state, nor in the dark where a page can be told", async () => {
    const { page } = await openPlayground(name, "", { before: shortenRaces });
    const ground = () =>
      page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    await lookAtEveryState(page, async () => {
      expect(await ground()).toBe("rgb(255, 255, 255)");
      const found = await violations(page);
      if (name === "chrome") {
        await setScheme(page, "dark");
        expect(await ground()).toBe("rgb(18, 22, 29)");
        found.push(...(await violations(page, COLOURS)));
        await setScheme(page, "light");
      }
      return found;
    });
  });

  test("less motion where it is asked for: time that stands still lets nothing be drawn but the end", async () => {
    const { page, complaints } = await openPlayground(name, "", {
      isCalm: true,
      isDark: true,
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
    expect(await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")).toBe(true);
    expect(await violations(page)).toEqual([]);
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

  test("in a hand: the bar takes at most 15 % of the height, whatever it reads", async () => {
    const { page } = await openPlayground(name);
    await page.setViewport({ width: 390, height: 844 });
    const long = "input=hello+world%21&target=ello+world%21h";
    for (const hash of [long, "text=story", "hiddenSize=11"]) {
      await page.evaluate((own) => {
        location.hash = own;
      }, hash);
      await waitForText(page, "epoch", /^[1-9]/);
      expect(await page.$eval(".toolbar", (bar) => bar.clientHeight)).toBeLessThan(0.15 * 844);
    }
  });

  test("in a hand: the settings as a sheet, and targets that a finger meets", async () => {
    const { page } = await openPlayground(name);
    await toStart(page);
    expect(await smallTargets(page)).toEqual([]);
    await page.setViewport({ width: 390, height: 844 });
    const focus = (id: string) =>
      page.waitForFunction((own) => document.activeElement?.id === own, {}, id);
    const isGone = () =>
      page.waitForFunction(() => !document.getElementById("settings")?.checkVisibility());
    await isGone();

    await page.focus("#to-settings");
    await page.keyboard.press("Enter");
    await focus("close-settings");
    expect(await page.$eval("#settings", (own) => own.role)).toBe("dialog");
    await unfoldAll(page);
    expect(await smallTargets(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await isGone();
    await focus("to-settings");

    // Whoever tabs on out of it is not left behind it.
    await page.keyboard.press("Enter");
    await page.focus("#standard");
    await page.keyboard.press("Tab");
    await isGone();
    await page.focus(".skip[href='#settings-title']");
    await page.keyboard.press("Enter");
    await focus("settings-title");
  });
});
