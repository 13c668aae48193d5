// The built page, cold: learns hello on arrival and ends with Node's weights, and asks for nothing more.

import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { makeFolder, receiptOf, train } from "../node/run.ts";
import {
  BROWSERS,
  finish,
  openPlayground,
  press,
  textOf,
  waitForSaved,
  waitForText,
} from "./playground.ts";

const LARGEST_SHIFT = 0.002; // a number that grows by a digit may move its label
const ROOT = new URL("../..", import.meta.url).pathname;

/** What Node's `train` with these flags says of itself. */
async function nodeReceipt(...flags: string[]) {
  const folder = makeFolder();
  await train(folder, "--quiet", ...flags);
  return receiptOf(join(folder, "out"));
}

describe.each(BROWSERS)("%s", (name) => {
  test("learns hello on arrival, to the weights that Node ends with, without the network", async () => {
    const receipt = await nodeReceipt();
    const { page, url, complaints, requests } = await openPlayground(name);
    await waitForText(page, "epoch", /^[1-9]\d* of 1000$/);
    const loaded = requests.length;
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    expect(await textOf(page, "sentence")).toContain("reads “hell” and learns to write “ello”");

    expect(await finish(page)).toBe(receipt.parametersSha256.final);
    expect(await textOf(page, "predicted")).toBe("ello");
    expect(await textOf(page, "accuracy")).toBe("100 %");
    expect(await textOf(page, "epoch")).toBe("1000 of 1000");
    expect(await textOf(page, "loss")).toBe(receipt.final.loss.toFixed(4));
    expect(await textOf(page, "command-note")).toContain(receipt.parametersSha256.final);
    await waitForText(
      page,
      "curves-summary",
      /^Loss fell from 1\.39 to [\d.]+ in 1000 steps; lowest /,
    );

    await press(page, "reset");
    await waitForText(page, "status", /^Ready\./);
    expect(await textOf(page, "sha256")).toBe(receipt.parametersSha256.initial);
    await press(page, "play");
    expect(await finish(page)).toBe(receipt.parametersSha256.final);
    expect(complaints).toEqual([]);
    expect(requests.slice(loaded)).toEqual([]);
    for (const request of requests) {
      expect(request.startsWith(url) || request.startsWith("data:"), request).toBe(true);
    }
  });
});

test.each(BROWSERS)(
  "%s: as a plain folder below any path, isolated by the service worker",
  async (name) => {
    const { page, complaints } = await openPlayground(name, "#hiddenSize=9", {
      folder: "/some/where/",
      isPlain: true,
      before: () => {
        globalThis.setTimeout = (() => 0) as never; // a page that waits for the service worker for ever
      },
    });
    await waitForText(page, "isolation", /^This page is isolated/);
    await waitForText(page, "epoch", /^[1-9]/);
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    const { parametersSha256 } = await nodeReceipt("--hidden-size", "9");
    expect(await finish(page)).toBe(parametersSha256.final);
    expect(complaints).toEqual([]);
    // What the service worker answers, to workers too, is under the page's policy.
    const [inPage, inHeader] = await page.evaluate(async () => {
      const meta = document.querySelector<HTMLMetaElement>("meta[http-equiv]");
      const response = await fetch(location.href);
      return [meta?.content, response.headers.get("Content-Security-Policy")];
    });
    expect(inPage).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(inHeader).toBe(inPage);
  },
);

test.each(BROWSERS)("%s: not isolated at all, with one thread and the same bits", async (name) => {
  const { page, complaints } = await openPlayground(
    name,
    "#text=words&hiddenSize=8&epochs=1&threads=2",
    {
      isPlain: true,
      before: () => {
        Reflect.deleteProperty(Navigator.prototype, "serviceWorker");
      },
    },
  );
  await waitForText(
    page,
    "isolation",
    /^This page is not cross-origin isolated: training uses 1 thread/,
  );
  expect(await page.evaluate("crossOriginIsolated")).toBe(false);
  const shown = await finish(page);
  const { parametersSha256 } = await nodeReceipt(
    ...["--text", join(ROOT, "src/web/samples/words.txt")],
    ...(await textOf(page, "command")).replace(/^.*words\.txt /, "").split(" "),
  );
  expect(shown).toBe(parametersSha256.final);
  expect(complaints).toEqual([]);
});

/** Widths and heights: a desk's and a hand's, and in a campaign one between. */
const SIZES: [width: number, height: number][] = [
  [1440, 900],
  [390, 844],
];
if (inject("isCampaign")) SIZES.push([820, 1180]);

test.each(SIZES)("nothing moves under a visitor at %i × %i", async (width, height) => {
  for (const hash of ["", "#text=story&seqLength=25&batchSize=8&epochs=8"]) {
    const { page } = await openPlayground("chrome", hash, {
      before: () => {
        const shifts: number[] = [];
        const note = (list: PerformanceObserverEntryList) =>
          shifts.push(...list.getEntries().map((entry) => (entry as any).value));
        new PerformanceObserver(note).observe({ type: "layout-shift", buffered: true });
        Object.assign(globalThis, { shifts });
      },
    });
    await page.setViewport({ width, height });
    await page.reload();
    await waitForText(page, "epoch", /^[1-9]/);
    await finish(page);
    await waitForText(page, "written-when", /^after \d+ steps$/);
    for (const id of ["curves-title", "writing-title", "keep-title"]) {
      await page.$eval(`#${id}`, (title) => title.scrollIntoView());
      await page.evaluate("new Promise(requestAnimationFrame)");
    }
    const shifted = async (): Promise<number> => {
      const shifts = (await page.evaluate("shifts")) as number[];
      return shifts.reduce((sum, value) => sum + value, 0);
    };
    expect(await shifted()).toBeLessThan(LARGEST_SHIFT);
    const note = await page.$eval("#data-note", (element) => element.textContent);
    expect(note).toMatch(hash ? /^148 of 349 characters are not evaluated on/ : /^$/);
    // The offer of the run is there when the views are.
    const steps = /\d+/.exec(await textOf(page, "written-when"))?.[0];
    await waitForSaved(page, Number(steps));
    await page.reload();
    await waitForText(page, "offer-text", /^Your last run/);
    await waitForText(page, "epoch", /^[1-9]/);
    expect(await shifted()).toBeLessThan(LARGEST_SHIFT);
  }
});
