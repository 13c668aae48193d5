// The page in every state, at five widths, light and dark: one sheet a state, kept in docs/screens.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { launchBrowser } from "../browser/open.ts";
import { openPlayground, textOf, waitForText } from "../browser/playground.ts";
import { STATES } from "./screen-states.ts";

const SIZES = [
  [2560, 1440],
  [1920, 1080],
  [1440, 900],
  [820, 1180],
  [390, 844],
] as const;
const SHOWN = "formula"; // the state on the README's picture, at this width, light
const PICTURED = 1440;
const SHEET_HEIGHT = 360; // px of each screen on a sheet

const FOLDER = new URL("../../docs/screens/", import.meta.url).pathname;
const PICTURE = new URL("../../docs/page.webp", import.meta.url).pathname as `${string}.webp`;

test.each(Object.entries(STATES))(
  "%s",
  async (name, { hash = "", at, reach }) => {
    const screens: { width: number; height: number; data: string }[] = [];
    for (const isDark of [false, true]) {
      for (const [width, height] of SIZES) {
        const { page } = await openPlayground("chrome", hash, { isDark });
        await page.setViewport({ width, height, isMobile: width < 600, hasTouch: width < 600 });
        await waitForText(page, "status", /^(Training|Trained|Stopped|Paused|Ready)/);
        await reach(page);
        if (at !== null)
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
        if (name === SHOWN && !isDark && width === PICTURED) {
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
  await sheet?.screenshot({ path: path as `${string}.webp`, type: "webp", quality: 50 });
  await browser.close();
}
