// The built page in a browser, with what its console, its network and its policy said.

import { join } from "node:path";
import type { ElementHandle, Page } from "puppeteer-core";
import { expect, inject, type TestAPI, test } from "vitest";
import { makeFolder, receiptOf, train } from "../node/run.ts";
import type { BrowserName } from "./find-browser.ts";
import { type Preferences, type Served, serve, visit } from "./open.ts";

export const BROWSERS = ["chrome", "firefox"] as const satisfies readonly BrowserName[];

const nothing = Object.assign(() => {}, { each: () => () => {} }) as unknown as TestAPI;

/**
 * For what is the page's own logic and no browser's: tests in Chromium, and in the others too where
 * `npm run campaign` runs them.
 */
export function logicTest(name: BrowserName): TestAPI {
  return name === "chrome" || inject("isCampaign") ? test : nothing;
}

/** The browsers of tests of what is the page's own in all parts: Chromium, and where `npm run campaign` runs them, all. */
export const ownBrowsers = (): readonly BrowserName[] =>
  inject("isCampaign") ? BROWSERS : ["chrome"];

export interface Opened {
  readonly page: Page;
  readonly url: string;
  /** What the console said, errors, failed requests and violations of the policy. */
  readonly complaints: string[];
  readonly requests: string[];
}

export interface Opening extends Served, Preferences {
  /** Run in the page before its own scripts. */
  readonly before?: (() => void) | readonly (() => void)[];
}

/** Loads the page, without waiting for anything. */
export async function openPlayground(
  name: BrowserName,
  hash = "",
  { before, isDark = false, isCalm = false, ...served }: Opening = {},
): Promise<Opened> {
  const context = await visit(name, { isDark, isCalm });
  const page = await context.newPage();
  await page.setViewport({ width: 1200, height: 900 });
  if (name === "chrome") {
    await page.emulateMediaFeatures([
      { name: "prefers-color-scheme", value: isDark ? "dark" : "light" },
      { name: "prefers-reduced-motion", value: isCalm ? "reduce" : "no-preference" },
    ]);
  }
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error}`));
  page.on("request", (request) => requests.push(request.url()));
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  await page.evaluateOnNewDocument(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  for (const own of [before ?? []].flat()) await page.evaluateOnNewDocument(own);
  const url = await serve(served);
  await page.goto(url + hash);
  return { page, url, complaints, requests };
}

export function textOf(page: Page, id: string): Promise<string> {
  return page.$eval(`#${id}`, (element) => element.textContent ?? "");
}

// Drawn by the page while it waits for a text, at most: minutes on a quiet machine, and longer on a
// busy one, where each frame takes longer.
const MOST_FRAMES = 7200;

let waits = 0;

/** Waits until an element's text is, or matches, what is expected. */
export async function waitForText(
  page: Page,
  id: string,
  expected: string | RegExp,
): Promise<void> {
  const [source, flags] =
    typeof expected === "string"
      ? [`^${expected.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`, ""]
      : [expected.source, expected.flags];
  const outcome = await page.waitForFunction(
    (own, pattern, how, most, wait) => {
      if (new RegExp(pattern, how).test(document.getElementById(own)?.textContent ?? "")) {
        return "seen";
      }
      const all = globalThis as unknown as { waited?: Record<string, number> };
      all.waited ??= {};
      all.waited[wait] = (all.waited[wait] ?? 0) + 1;
      return all.waited[wait] > most ? "late" : false;
    },
    {},
    id,
    source,
    flags,
    MOST_FRAMES,
    waits++,
  );
  if ((await outcome.jsonValue()) === "seen") return;
  const status = await textOf(page, "status");
  throw new Error(
    `#${id} is ${JSON.stringify(await textOf(page, id))}, expected ${expected}; status: ${status}`,
  );
}

/** Puts a value into a field or list as a visitor does, and leaves it. */
export async function setValue(page: Page, id: string, value: string): Promise<void> {
  await page.$eval(
    `#${id}`,
    (element, wanted) => {
      const field = element as HTMLInputElement;
      field.focus();
      field.value = wanted;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
      field.blur();
    },
    value,
  );
}

/** Presses an element wherever it is scrolled to, once it can be seen: nobody presses what is not there yet. */
export async function press(page: Page, id: string): Promise<void> {
  await page.waitForFunction(
    (own) => {
      const element = document.getElementById(own) as HTMLElement;
      const canBeSeen = getComputedStyle(element).visibility === "visible";
      if (canBeSeen) element.click();
      return canBeSeen;
    },
    {},
    id,
  );
}

/** Opens all that is folded away. */
export function unfoldAll(page: Page): Promise<void> {
  return page.$$eval("details", (all) => {
    for (const details of all) details.open = true;
  });
}

/** The weights' SHA-256 once the run has ended, at full speed. */
export async function finish(page: Page): Promise<string> {
  await setValue(page, "speed", "Infinity");
  await waitForText(page, "status", /^Trained\./);
  const sha256 = await textOf(page, "sha256");
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  return sha256;
}

/**
 * Waits until the browser keeps a run as it was after `step` steps; -1: until it keeps none. What a page
 * shows is there before: a reload at once loses what was being written.
 */
export async function waitForSaved(page: Page, step: number): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      new Promise((resolve) => {
        const opening = indexedDB.open("ello");
        opening.onsuccess = () => {
          const request = opening.result.transaction("runs").objectStore("runs").getAll();
          request.onsuccess = () => {
            opening.result.close();
            const all: { step: number }[] = request.result;
            resolve(wanted < 0 ? all.length === 0 : all.some(({ step }) => step === wanted));
          };
        };
      }),
    {},
    step,
  );
}

const MOST_LOOKS = 3000;

/** Waits until so many builds are kept for when there is no network, each with its page, which is kept last. */
export async function waitForKept(page: Page, folder = "/", count = 1): Promise<void> {
  const seen = await page.evaluate(
    async (path, wanted, most) => {
      let names: string[] = [];
      for (let looks = 0; looks < most; looks++) {
        names = await caches.keys();
        const pages = names.map((cacheName) => caches.match(path, { cacheName }));
        if (names.length === wanted && (await Promise.all(pages)).every(Boolean)) return "";
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return names.join(", ") || "none";
    },
    folder,
    count,
    MOST_LOOKS,
  );
  if (seen) throw new Error(`expected ${count} builds to be kept whole, got ${seen}`);
}

/** A page that stands at the start of its run, paused. */
export async function toStart(page: Page): Promise<void> {
  await waitForText(page, "epoch", /^[1-9]/);
  await press(page, "reset");
  await waitForText(page, "status", /^Ready\./);
}

/** Gives a file to a field as a visitor chooses it. */
export async function choose(page: Page, id: string, path: string): Promise<void> {
  const input = (await page.$(`#${id}`)) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(path);
}

/** The SHA-256 of hello's final weights. */
export async function helloSha256(...flags: string[]): Promise<string> {
  const folder = makeFolder();
  await train(folder, "--quiet", ...flags);
  return receiptOf(join(folder, "out")).parametersSha256.final;
}

/** Keeps what the page would save as a file, in place of saving it. */
export function catchDownloads(): void {
  const caught: Promise<number[]>[] = [];
  Object.assign(globalThis, { caught });
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    caught.push((blob as Blob).arrayBuffer().then((bytes) => [...new Uint8Array(bytes)]));
    return make(blob);
  };
  HTMLAnchorElement.prototype.click = () => {};
}

/** Lets a test reach the page's workers. */
export function catchWorkers(): void {
  const workers: Worker[] = [];
  const Own = globalThis.Worker;
  Object.assign(globalThis, {
    workers,
    Worker: class extends Own {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        if (!String(url).includes("rank")) workers.push(this);
      }
    },
  });
}

/** Makes races take a share of their time, where nobody looks at what they measure. */
export function shortenRaces(): void {
  const post = Worker.prototype.postMessage as (...given: unknown[]) => void;
  Worker.prototype.postMessage = function (message, ...more: unknown[]) {
    const { raceShare } = globalThis as unknown as { raceShare: number };
    if (message.name === "race") message.argument.seconds *= raceShare;
    post.call(this, message, ...more);
  };
  Object.assign(globalThis, { raceShare: 0.05 });
}

/** Ends the newest of the workers that were caught, at once, whatever it is doing. */
export function endWorker(page: Page): Promise<void> {
  return page.evaluate(() => {
    const { workers } = globalThis as unknown as { workers: Worker[] };
    workers.at(-1)?.terminate();
  });
}
