// The page for a room and for a frame: what its address asks for, what is shown then, and what stays in the address.

import type { Page } from "puppeteer-core";
import { expect, test } from "vitest";
import { openPlayground, ownBrowsers, press, setValue, textOf, waitForText } from "./playground.ts";
import { violations } from "./states.ts";

const address = (page: Page) => page.evaluate("location.hash");

/** Which of these can be seen. */
function seen(page: Page, ids: readonly string[]): Promise<string[]> {
  return page.evaluate(
    (all) => all.filter((id) => document.getElementById(id)?.checkVisibility()),
    ids,
  );
}

const MAIN = ["play", "step", "reset", "loss", "network"];
const REST = ["settings-title", "race-title", "keep-title", "proof-title", "open-whole"];

test.each(ownBrowsers())(
  "%s: large by P or a link, small in a frame; nothing else is lost from the address",
  async (name) => {
    const { page, complaints } = await openPlayground(name, "#hiddenSize=9&present&speed=1", {
      before: () => {
        // As where storage is blocked.
        ServiceWorkerContainer.prototype.register = () =>
          Promise.reject(new DOMException("The operation is insecure.", "SecurityError"));
      },
    });
    await page.setViewport({ width: 1920, height: 1080 });
    await waitForText(page, "epoch", /^[1-9]/);
    expect(await page.$eval("#speed", (list) => (list as HTMLSelectElement).value)).toBe("1");
    expect(await seen(page, [...MAIN, ...REST])).toEqual(MAIN);
    const type = () => page.evaluate("getComputedStyle(document.documentElement).fontSize");
    expect(await type()).toBe("25.6px");
    const bottom = () => page.$eval("#network", (one) => one.getBoundingClientRect().bottom);
    expect(await bottom()).toBeLessThan(1080);
    expect(await bottom()).toBeGreaterThan(900);
    expect(await violations(page)).toEqual([]);

    await page.keyboard.press("Escape");
    expect(await address(page)).toBe("#speed=1&hiddenSize=9");
    expect(await type()).toBe("18px"); // of a large screen
    await page.focus("#set-input");
    await page.keyboard.press("p"); // a letter there
    expect(await address(page)).toBe("#speed=1&hiddenSize=9");
    await setValue(page, "set-input", "hell");
    await page.keyboard.press("P");
    await setValue(page, "speed", "Infinity");
    await waitForText(page, "status", /^Trained\./);
    await setValue(page, "set-hiddenSize", "8");
    await waitForText(page, "sentence", /with 8 hidden units/);
    expect(await address(page)).toBe("#present&speed=full&hiddenSize=8");
    await waitForText(page, "status", /^Trained\./);
    await press(page, "presentation");

    await page.evaluate("location.hash = 'embed&hiddenSize=8'");
    await page.waitForSelector("body.embed");
    expect(await textOf(page, "status")).toMatch(/^Trained\./); // the same run
    const framed = ["play", "step", "reset", "loss", "network", "open-whole"];
    expect(await seen(page, [...MAIN, ...REST, "presentation", "sentence"])).toEqual(framed);
    expect(await page.$eval("#open-whole", (link) => link.getAttribute("href"))).toBe(
      "#hiddenSize=8",
    );
    expect(await page.$eval("#speed", (list) => (list as HTMLSelectElement).value)).toBe("20");
    expect(await violations(page)).toEqual([]);

    await page.evaluate("location.hash = 'speed=7&hiddenSize=8'");
    await waitForText(
      page,
      "status",
      /The link was not understood \(speed: expected 1, .* got "7"\); this is hello\.$/,
    );
    await waitForText(page, "sentence", /with 10 hidden units/);
    expect(complaints).toEqual([]);
  },
);

test("on paper there is nothing to press, and forced colours leave the numbers theirs", async () => {
  const { page } = await openPlayground("chrome", "", { isDark: true });
  await waitForText(page, "epoch", /^[1-9]/);
  await page.emulateMediaType("print");
  const ids = ["network", "curves", "play", "scrubber", "settings-title", "race-title"];
  expect(await seen(page, ids)).toEqual(["network", "curves"]);
  const ground = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
  expect(await ground()).toBe("rgb(255, 255, 255)");
  await page.setViewport({ width: 688, height: 1000 }); // of A4, within its margins
  const wide = await page.evaluate("document.documentElement.scrollWidth");
  expect(wide).toBeLessThanOrEqual(688);

  await page.emulateMediaType();
  const session = await page.createCDPSession();
  const features = [{ name: "forced-colors", value: "active" }];
  await session.send("Emulation.setEmulatedMedia", { features });
  const styles = await page.evaluate(() => {
    const of = (selector: string) =>
      getComputedStyle(document.querySelector(selector) as HTMLElement);
    return {
      map: of(".states canvas").forcedColorAdjust,
      target: of(".bar.target").borderTopColor !== of(":root").backgroundColor,
      other: of(".bar:not(.target)").borderTopColor === of(":root").backgroundColor,
    };
  });
  expect(styles).toEqual({ map: "none", target: true, other: true });
});
