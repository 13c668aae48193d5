// Every step of every lesson by its link: answered wrong and right, by mouse, keyboard and touch, and clean
// for axe-core. In `npm test` a few, by one of the three.

import type { Page } from "puppeteer-core";
import { describe, expect, inject, test } from "vitest";
import { LESSONS } from "../../src/web/lessons/lessons.ts";
import { openPlayground, ownBrowsers, press, textOf, waitForText } from "./playground.ts";
import { violations } from "./states.ts";

const WAYS = ["mouse", "keyboard", "touch"] as const;
type Way = (typeof WAYS)[number];
const THUMB = 16; // CSS pixels, of a slider: as far as its middle stays from both ends
const MOST_PRESSES = 100;
const DOWN_THE_MIDDLE = [0.5, 0.6, 0.7, 0.8, 0.9, 0.4, 0.3, 0.2, 0.1].map(
  (down) => [0.5, down] as const,
);
const isWhole = inject("isCampaign");

/** A few steps of every kind: a letter, a slider, a part of the page; the others in the campaign. */
function isSampled(lesson: string, place: number): boolean {
  return ["by-hand 0", "error 1", "vanishing 2", "memory 2"].includes(`${lesson} ${place}`);
}

/** Goes to a step, once what is asked can be answered. */
async function goTo(page: Page, lesson: string, step: number): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `lesson=${lesson}&step=${step}`);
  await waitForText(page, "lesson-asks", /./);
}

/**
 * The first of some points of an element at which nothing is above it, once the page stands still. Points are
 * shares of its width and height.
 */
async function seenPoint(
  page: Page,
  { selector, place = 0 }: { readonly selector: string; readonly place?: number },
  shares: readonly (readonly [number, number])[],
): Promise<{ x: number; y: number }> {
  const seen = await page.waitForFunction(
    (own, which, all) => {
      const element = document.querySelectorAll(own)[which] as HTMLElement;
      const { left, top, width, height } = element.getBoundingClientRect();
      const { dataset } = document.documentElement;
      const where = `${own} ${which} ${left} ${top}`;
      const isStill = dataset.seenAt === where;
      dataset.seenAt = where;
      const points = all.map(([across, down]) => ({
        x: left + across * width,
        y: top + down * height,
      }));
      return isStill && points.find(({ x, y }) => document.elementFromPoint(x, y) === element);
    },
    {},
    selector,
    place,
    shares,
  );
  return (await seen.jsonValue()) as { x: number; y: number };
}

/** Chooses a part as a visitor does. */
async function choose(page: Page, place: number, way: Way): Promise<void> {
  const pick = (await page.$$(".pick"))[place];
  if (!pick) throw new Error(`pick: expected one at ${place}, got none`);
  await pick.focus();
  if (way === "keyboard") {
    await page.keyboard.press("Enter");
    return;
  }
  const { x, y } = await seenPoint(page, { selector: ".pick", place }, DOWN_THE_MIDDLE);
  if (way === "mouse") await page.mouse.click(x, y);
  else await page.touchscreen.tap(x, y);
}

/** Answers until it is right. @returns how often it was wrong. */
async function answer(page: Page, way: Way): Promise<number> {
  await page.waitForFunction("document.querySelectorAll('.pick').length > 1");
  const count = (await page.$$(".pick")).length;
  let wrong = 0;
  for (let place = 0; place < count; place++) {
    await choose(page, place, way);
    await waitForText(page, "lesson-answer", /^(Right|Not yet|Still not)\. ./);
    if ((await textOf(page, "lesson-answer")).startsWith("Right")) return wrong;
    wrong++;
  }
  throw new Error(`${page.url()}: expected a right answer, got ${count} wrong ones`);
}

/** Moves a slider as a visitor does, to a value that is at one of its ends or that `accepts` takes. */
async function slide(
  page: Page,
  selector: string,
  to: { readonly way: Way; readonly isEnd: boolean; readonly accepts: (value: number) => boolean },
): Promise<string> {
  const slider = await page.$(selector);
  if (!slider) throw new Error(`slider: expected ${selector}, got none`);
  await slider.focus();
  const currentValue = () =>
    slider.evaluate((element) => Number((element as HTMLInputElement).value));
  if (to.way === "keyboard") {
    await page.keyboard.press(to.isEnd ? "End" : "Home");
    for (let presses = 0; !to.isEnd && !to.accepts(await currentValue()); presses++) {
      if (presses > MOST_PRESSES) throw new Error(`${selector}: no value is accepted`);
      await page.keyboard.press("ArrowRight");
    }
    return textOf(page, "lesson-answer");
  }
  await slider.scrollIntoView();
  const { width, values } = await slider.evaluate((element) => {
    const { min, max, step } = element as HTMLInputElement;
    const count = Math.round((Number(max) - Number(min)) / Number(step));
    const all = Array.from({ length: count + 1 }, (_, i) => Number(min) + i * Number(step));
    return { width: element.getBoundingClientRect().width, values: all };
  });
  const right = values.filter(to.accepts);
  const wanted = to.isEnd ? values.at(-1) : right[Math.floor(right.length / 2)];
  const share = values.indexOf(wanted as number) / (values.length - 1);
  const across = (THUMB / 2 + share * (width - THUMB)) / width;
  const { x, y } = await seenPoint(page, { selector }, [[across, 0.5]]);
  if (to.way === "mouse") await page.mouse.click(x, y);
  else await page.touchscreen.tap(x, y);
  return textOf(page, "lesson-answer");
}

describe.each(ownBrowsers())("%s", (name) => {
  test("every step by its link, its question answered wrong and right", async () => {
    const { page, complaints } = await openPlayground(name, "#lesson=by-hand&step=1");
    let turn = 0;
    let wrongs = 0;
    for (const { name: lesson, steps } of LESSONS) {
      for (const [place, step] of steps.entries()) {
        if (!isWhole && !isSampled(lesson, place)) continue;
        const ways = isWhole ? WAYS : [WAYS[turn++ % WAYS.length] as Way];
        for (const way of ways) {
          await goTo(page, lesson, place + 1);
          await waitForText(page, "lesson-asks", step.asks);
          if ("among" in step.answer) wrongs += await answer(page, way);
          else {
            const { slider, accepts } = step.answer;
            await page.waitForSelector(slider, { visible: true });
            expect(await slide(page, slider, { way, accepts, isEnd: true })).toMatch(/^Not yet\./);
            expect(await slide(page, slider, { way, accepts, isEnd: false })).toMatch(/^Right\./);
          }
          expect(await textOf(page, "lesson-answer")).toBe(`Right. ${step.because}`);
          expect(await page.$$(".pick")).toEqual([]);
          const { hash } = new URL(page.url());
          expect(hash).toContain(`lesson=${lesson}&step=${place + 1}`);
          // Away, so that the next way begins anew.
          const other = lesson === "by-hand" && place === 1 ? 0 : 1;
          await goTo(page, "by-hand", other + 1);
          await waitForText(page, "lesson-asks", LESSONS[0]?.steps[other]?.asks ?? "");
        }
        await goTo(page, lesson, place + 1);
        await page.waitForFunction(
          "document.querySelector('.pick') || document.querySelector('.lit')",
        );
        expect(await violations(page), `${lesson} ${place + 1}`).toEqual([]);
      }
    }
    expect(wrongs).toBeGreaterThan(3);
    expect(complaints).toEqual([]);
  });

  test("every step is clean in the dark", async () => {
    const { page } = await openPlayground(name, "#lesson=by-hand&step=1", { isDark: true });
    expect(await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")).toBe(true);
    for (const { name: lesson, steps } of LESSONS) {
      for (const [place, { asks }] of steps.entries()) {
        if (!isWhole && `${lesson} ${place}` !== "vanishing 2") continue;
        await goTo(page, lesson, place + 1);
        await waitForText(page, "lesson-asks", asks);
        await page.waitForSelector(".lit");
        expect(await violations(page), `${lesson} ${place + 1}`).toEqual([]);
      }
    }
  });

  test("of two links followed while the lessons are on their way the later one is shown", async () => {
    let send = (): void => {};
    const lessonsWait = new Promise<void>((resolve) => {
      send = resolve;
    });
    const { page } = await openPlayground(name, "#lesson=by-hand&step=1", { lessonsWait });
    await page.waitForFunction(() =>
      performance.getEntriesByType("resource").some((entry) => entry.name.includes("worker-")),
    );
    await page.evaluate(() => {
      location.hash = "lesson=vanishing&step=3";
    });
    await page.evaluate("new Promise(requestAnimationFrame)");
    send();
    await page.waitForSelector(".lit");
    await waitForText(page, "status", /^Ready/);
    expect(await textOf(page, "lesson-title")).toMatch(/^It vanishes/);
  });

  test("a first visit is invited, and one that closed the lessons is not again", async () => {
    const { page, url } = await openPlayground(name);
    await waitForText(page, "lesson-title", "New here?");
    await press(page, "lesson-next");
    await waitForText(page, "lesson-title", /^One step by hand · 1 of/);
    await press(page, "lesson-close");
    expect(await page.$eval("#lesson", (one) => (one as HTMLElement).hidden)).toBe(true);
    expect(new URL(page.url()).hash).toBe("");
    await page.goto(`${url}#lesson=memory&step=9`);
    await page.reload();
    await waitForText(page, "status", /lesson|step: expected 1 to 3, got 9/);
    expect(await page.$eval("#lesson", (one) => (one as HTMLElement).hidden)).toBe(true);
    await press(page, "to-lessons");
    await waitForText(page, "lesson-title", "New here?");
  });
});
