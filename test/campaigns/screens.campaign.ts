// The page in every state, at three widths, light and dark: one sheet a state, kept in docs/screens.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { expect, test } from "vitest";
import { launchBrowser } from "../browser/open.ts";
import {
  finish,
  openPlayground,
  press,
  setValue,
  textOf,
  toStart,
  unfoldAll,
  waitForText,
} from "../browser/playground.ts";

const SIZES = [
  [1440, 900],
  [820, 1180],
  [390, 844],
] as const;
const SHOWN = "formula"; // the state on the README's picture
const SHEET_HEIGHT = 620; // px of each screen on a sheet

const FOLDER = new URL("../../docs/screens/", import.meta.url).pathname;
const PICTURE = new URL("../../docs/page.webp", import.meta.url).pathname as `${string}.webp`;

interface State {
  readonly hash?: string;
  /** The panel that the window is scrolled to. */
  readonly at?: string;
  readonly reach: (page: Page) => Promise<unknown>;
}

/** A run that was paused on its way. */
async function pauseEarly(page: Page): Promise<void> {
  await toStart(page);
  await setValue(page, "speed", "60");
  await press(page, "play");
  await waitForText(page, "epoch", /^[1-9]\d\d\b/);
  await press(page, "play");
  await waitForText(page, "status", /^Paused after/);
}

/** The pointer on a cell of a heat map, in shares of its width and height. */
async function hover(page: Page, selector: string, x: number, y: number): Promise<void> {
  const map = await page.waitForSelector(selector);
  const box = await map?.boundingBox();
  if (!box) throw new Error(`${selector} is not shown`);
  await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
}

/** Opens them where they are a sheet. */
function goToSettings(page: Page): Promise<void> {
  return page.$eval(".skip[href='#settings-title']", (link) => (link as HTMLElement).click());
}

const STATES: Readonly<Record<string, State>> = {
  arrival: { reach: (page) => waitForText(page, "epoch", /^[1-9]\d\b/) },
  formula: {
    reach: async (page) => {
      await pauseEarly(page);
      await hover(page, ".time:nth-child(3) .heat-map", 0.5, 0.45);
    },
  },
  long: {
    hash: "#input=abcdefghijkl&target=bcdefghijkla&hiddenSize=32&init=uniform",
    reach: async (page) => {
      await pauseEarly(page);
      await hover(page, ".time:nth-child(3) .heat-map", 0.5, 0.45);
    },
  },
  stopped: {
    hash: "#text=words&learningRate=10&clipNorm=0&hiddenSize=16&batchSize=8&seqLength=10&init=normal:5&optimizer=sgd",
    reach: async (page) => {
      await setValue(page, "speed", "Infinity");
      await waitForText(page, "status", /^Stopped\./);
    },
  },
  scrubbed: {
    at: "weights",
    reach: async (page) => {
      await pauseEarly(page);
      await page.$eval("#scrubber", (element) => {
        const scrubber = element as HTMLInputElement;
        scrubber.value = "40";
        scrubber.dispatchEvent(new Event("input"));
      });
      await waitForText(page, "shown-step", "40");
      await hover(page, ".Whh .heat-map", 0.35, 0.55);
    },
  },
  done: {
    at: "keep-title",
    reach: async (page) => {
      await finish(page);
      await unfoldAll(page);
    },
  },
  text: {
    hash: "#text=words&epochs=6&learningRate=0.01",
    at: "curves-title",
    reach: async (page) => {
      await setValue(page, "speed", "Infinity");
      await waitForText(page, "status", /^Trained\./);
      await waitForText(page, "written-when", /^after \d+ steps$/);
      await press(page, "write");
    },
  },
  writing: {
    hash: "#text=words&epochs=6&learningRate=0.01",
    at: "writing-title",
    reach: async (page) => {
      await setValue(page, "speed", "Infinity");
      await waitForText(page, "status", /^Trained\./);
      await setValue(page, "unit", "3");
      await waitForText(page, "written-when", /^after \d+ steps$/);
      await page.focus("#written");
      for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowRight");
    },
  },
  race: {
    at: "race-title",
    reach: async (page) => {
      await unfoldAll(page);
      await press(page, "race");
      await waitForText(page, "race-said", /same weights/);
    },
  },
  own: {
    at: "settings-title",
    reach: async (page) => {
      await pauseEarly(page);
      await page.$eval("#own-text", (element) => {
        document.querySelector<HTMLInputElement>("input[value=own]")?.click();
        if ((element as HTMLElement).hidden) throw new Error("the panel of own texts is hidden");
      });
      await goToSettings(page);
    },
  },
  error: {
    at: "settings-title",
    reach: async (page) => {
      await pauseEarly(page);
      await setValue(page, "set-learningRate", "-3");
      await goToSettings(page);
    },
  },
  offer: {
    reach: async (page) => {
      await pauseEarly(page);
      await page.reload();
      await waitForText(page, "offer-text", /./);
      await waitForText(page, "epoch", /^[1-9]\d\b/);
    },
  },
};

test.each(Object.entries(STATES))(
  "%s",
  async (name, { hash = "", at, reach }) => {
    const screens: { width: number; height: number; data: string }[] = [];
    for (const isDark of [false, true]) {
      for (const [width, height] of SIZES) {
        const { page } = await openPlayground("chrome", hash, { isDark });
        await page.setViewport({ width, height, isMobile: width < 600, hasTouch: width < 600 });
        await waitForText(page, "status", /^(Training|Trained|Stopped)/);
        await reach(page);
        await page.$eval(
          `#${at ?? "sentence"}`,
          (element, top) =>
            scrollTo(0, top ? 0 : element.getBoundingClientRect().top + scrollY - 175),
          at === undefined,
        );
        await page.evaluate(
          "new Promise((done) => requestAnimationFrame(() => setTimeout(done, 400)))",
        );
        const overflow = await page.evaluate(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth",
        );
        expect(overflow, `${width} px: wider than the window`).toBeLessThanOrEqual(0);
        expect(await textOf(page, "status")).not.toMatch(/Reload/);
        const data = await page.screenshot({ encoding: "base64" });
        screens.push({ width, height, data });
        if (name === SHOWN && screens.length === 1) {
          await page.screenshot({ path: PICTURE, type: "webp", quality: 70 });
        }
        const folder = process.env.ELLO_SCREENS;
        if (folder) {
          const path = join(folder, `${name}-${width}-${isDark ? "dark" : "light"}.png`);
          writeFileSync(path, Buffer.from(data, "base64"));
        }
        await page.close();
      }
    }
    mkdirSync(FOLDER, { recursive: true });
    await makeSheet(screens, join(FOLDER, `${name}.webp`));
    expect(readFileSync(join(FOLDER, `${name}.webp`)).length).toBeLessThan(250_000);
  },
  600_000,
);

/** The screens side by side, at one height. */
async function makeSheet(
  screens: readonly { width: number; height: number; data: string }[],
  path: string,
): Promise<void> {
  const browser = await launchBrowser("chrome");
  const page = await browser.newPage();
  const row = screens.length / 2;
  const images = screens.map(
    ({ data }, i) =>
      `<img src="data:image/png;base64,${data}" height="${SHEET_HEIGHT}">${i === row - 1 ? "<br>" : ""}`,
  );
  await page.setContent(
    `<body style="margin:0;background:#888;width:max-content"><div style="padding:8px;line-height:0;white-space:nowrap" id="sheet">${images.join(" ")}</div>`,
  );
  const sheet = await page.waitForSelector("#sheet");
  await sheet?.screenshot({ path: path as `${string}.webp`, type: "webp", quality: 60 });
  await browser.close();
}
