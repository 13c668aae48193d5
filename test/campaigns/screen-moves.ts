// What a visitor does to bring the page into the states that pictures are taken of.

import type { Page } from "puppeteer-core";
import { press, setValue, textOf, toStart, waitForText } from "../browser/playground.ts";

const MOST_PRESSES = 12; // on the way through a step of hello

/** A run that was paused on its way. */
export async function pauseEarly(page: Page): Promise<void> {
  await toStart(page);
  await setValue(page, "speed", "60");
  await press(page, "play");
  await waitForText(page, "epoch", /^[1-9]\d\d\b/);
  await press(page, "play");
  await waitForText(page, "status", /^Paused after/);
}

/** The pointer on a cell of a heat map, in shares of its width and height. */
export async function hover(page: Page, selector: string, x: number, y: number): Promise<void> {
  const map = await page.waitForSelector(selector);
  const box = await map?.boundingBox();
  if (!box) throw new Error(`${selector} is not shown`);
  await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
}

/** Opens them where they are a sheet. */
export function goToSettings(page: Page): Promise<void> {
  return page.$eval(".skip[href='#settings-title']", (link) => (link as HTMLElement).click());
}

/** In a lesson, once what is asked can be answered. */
export async function waitForPicks(page: Page): Promise<void> {
  await page.waitForFunction("document.querySelectorAll('.pick').length > 1");
}

/** Chooses the part at this place, from 1, which is the right one. */
export async function pick(page: Page, place: number): Promise<void> {
  await page.$eval(`.pick:nth-child(${place})`, (button) => (button as HTMLElement).click());
  await waitForText(page, "lesson-answer", /^Right/);
}

export async function slide(page: Page, id: string, value: string): Promise<void> {
  await page.$eval(
    `#${id}`,
    (element, wanted) => {
      (element as HTMLInputElement).value = wanted;
      element.dispatchEvent(new Event("input"));
    },
    value,
  );
}

/** Plays the step until its line says this. */
export async function walk(page: Page, until: RegExp): Promise<void> {
  await pauseEarly(page);
  await press(page, "walk");
  for (let presses = 0; !until.test(await textOf(page, "walk-line")); presses++) {
    if (presses > MOST_PRESSES) throw new Error(`walk: ${await textOf(page, "walk-line")}`);
    await press(page, "walk-next");
  }
}

export async function trainAtFullSpeed(page: Page): Promise<void> {
  await setValue(page, "speed", "Infinity");
  await waitForText(page, "status", /^Trained\./);
}

/** A text that is read after training, with the focus in it. */
export async function read(page: Page): Promise<void> {
  await trainAtFullSpeed(page);
  await page.focus("#reading-text");
  await waitForText(page, "reading-when", /^after \d+ steps$/);
}

/** Goes back by characters in what has the focus. */
export async function goBack(page: Page, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await page.keyboard.press("ArrowLeft");
}

export function unfoldAround(element: Element): void {
  const around = element.closest("details");
  if (around) around.open = true;
}
