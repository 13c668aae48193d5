// The pictures that go with the built page: its icon in the sizes that installing wants, made of icon.svg, and what
// other sites show beside a link to it, made of the page itself; kept in src/web/public.

import { readFileSync, statSync, writeFileSync } from "node:fs";
import type { Page } from "puppeteer-core";
import { expect, test } from "vitest";
import { visit } from "../browser/open.ts";
import { openPlayground, press, setValue, toStart, waitForText } from "../browser/playground.ts";

const FOLDER = new URL("../../src/web/public/", import.meta.url).pathname;
const LARGEST_PREVIEW = 60_000; // bytes
const STEPS = 24; // after which hello is half learned

/** A picture of what is in the window. */
async function take(page: Page, file: string, isClear = false): Promise<void> {
  const type = file.endsWith(".png") ? "png" : "webp";
  const quality = type === "webp" ? { quality: 85 } : {};
  writeFileSync(
    FOLDER + file,
    await page.screenshot({ type, ...quality, omitBackground: isClear }),
  );
}

test("the icon as PNG: with its corners, and whole where a system cuts its own", async () => {
  const page = await (await visit("chrome")).newPage();
  const svg = readFileSync(`${FOLDER}icon.svg`, "utf8");
  const whole = svg.replace(' rx="7"', "").replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"');
  const ground = whole.replace(
    '<rect width="32" height="32"',
    '<rect x="-4" y="-4" width="40" height="40"',
  );
  for (const [file, size, source] of [
    ["icon-192.png", 192, svg],
    ["icon-512.png", 512, svg],
    ["icon-maskable.png", 512, ground],
  ] as const) {
    await page.setViewport({ width: size, height: size });
    const url = `data:image/svg+xml;base64,${Buffer.from(source).toString("base64")}`;
    await page.setContent(
      `<style>body { margin: 0 } img { display: block }</style><img width="${size}" src="${url}">`,
    );
    await take(page, file, true);
  }
});

test("the page, as other sites show a link to it", async () => {
  const { page } = await openPlayground("chrome", "#embed");
  await page.setViewport({ width: 1200, height: 630 });
  await toStart(page);
  await setValue(page, "speed", "60");
  for (let step = 1; step <= STEPS; step++) {
    await press(page, "step");
    await waitForText(page, "status", new RegExp(`^Paused after ${step} `));
  }
  await page.evaluate(() => {
    // Its name in the place of what is pressed.
    const bar = document.querySelector(".toolbar") as HTMLElement;
    const name = document.querySelector("h1") as HTMLElement;
    const sentence = document.createElement("p");
    sentence.textContent = "Watch a recurrent network learn, number by number.";
    name.style.cssText = "display: block; font-size: 3.4rem; line-height: 1.1";
    sentence.style.cssText = "margin: 0; font-size: 1.7rem; max-width: none";
    bar.replaceChildren(name, sentence);
    bar.style.cssText = "gap: 1.5rem; align-items: baseline; padding: 1rem 0.4rem";
  });
  await take(page, "preview.webp");
  expect(statSync(`${FOLDER}preview.webp`).size).toBeLessThan(LARGEST_PREVIEW);
});
