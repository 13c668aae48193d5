// A place in a browser and the built site, both for one test.

import { readFileSync } from "node:fs";
import { type Browser, type BrowserContext, connect } from "puppeteer-core";
import type { Plugin } from "vite";
import { inject, onTestFinished } from "vitest";
import { type BrowserName, CHROME_ARGUMENTS } from "./find-browser.ts";
import { host } from "./host.ts";

export { CHROME_ARGUMENTS };

const ROOT = new URL("../..", import.meta.url).pathname;

/** What a visitor's system asks for. For Firefox it is the browser's; Chromium is told for each page. */
export interface Preferences {
  readonly isDark?: boolean;
  readonly isCalm?: boolean;
}

/** A fresh browser, closed with the test. */
export async function launchBrowser(name: BrowserName, asked?: Preferences): Promise<Browser> {
  const { startBrowser } = await import("./keeper.ts");
  const browser = await startBrowser(name, asked);
  onTestFinished(() => browser.close());
  return browser;
}

/**
 * A visitor's own place, with nothing stored, in a browser that the tests have one after the other;
 * closed with the test. Nothing in it is given up because of the time it takes.
 */
export async function visit(
  name: BrowserName,
  { isDark = false, isCalm = false }: Preferences = {},
): Promise<BrowserContext> {
  const isFirefox = name === "firefox";
  const asked = JSON.stringify(isFirefox ? { isDark, isCalm } : {});
  const endpoint = await askKeeper("lend", { name, asked });
  const browser = await connect({
    browserWSEndpoint: endpoint,
    protocol: isFirefox ? "webDriverBiDi" : "cdp",
    protocolTimeout: 0,
  });
  const context = await browser.createBrowserContext();
  onTestFinished(async () => {
    await context.close();
    await browser.disconnect();
    await askKeeper("giveBack", { name, asked, endpoint });
  });
  const newPage = context.newPage.bind(context);
  context.newPage = async (options) => {
    const page = await newPage(options);
    page.setDefaultTimeout(0);
    return page;
  };
  return context;
}

/** Asks the keeper of what all tests share. @throws what it could not do. */
async function askKeeper(what: string, query: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(`${inject("keeper")}/${what}?${new URLSearchParams(query)}`);
  if (!answer.ok) throw new Error(`${what}: ${await answer.text()}`);
  return answer.text();
}

export interface Served {
  /** Put before the training worker's script. */
  readonly workerPrefix?: string;
  /** What that script waits for. */
  readonly workerWaits?: Promise<unknown>;
  /** What the lessons' script waits for. */
  readonly lessonsWait?: Promise<unknown>;
  /** The path the site stands at, and whether it is a host that sends no headers. */
  readonly folder?: string;
  readonly isPlain?: boolean;
  /** Whether that host lets pages of other origins load its files. */
  readonly isShared?: boolean;
}

/** The built site on a local port, the same one for all that want nothing special. @returns its address. */
export async function serve(served: Served = {}): Promise<string> {
  const { workerPrefix = "", workerWaits, lessonsWait, folder, isPlain, isShared = false } = served;
  if (isPlain) return servePlain(folder ?? "/", isShared);
  if (!workerPrefix && !workerWaits && !lessonsWait) return askKeeper("site");
  const prefix: Plugin = {
    name: "prefix",
    configurePreviewServer({ middlewares, config }) {
      middlewares.use(async (request, response, next) => {
        const path = request.url ?? "";
        if (path.startsWith("/assets/lesson-view-")) await lessonsWait;
        if (!path.startsWith("/assets/worker-")) return next();
        await workerWaits;
        response.writeHead(200, { ...config.preview.headers, "Content-Type": "text/javascript" });
        response.end(workerPrefix + readFileSync(`${ROOT}dist${path}`, "utf8"));
      });
    },
  };
  const { startSite } = await import("./keeper.ts");
  const server = await startSite([prefix]);
  onTestFinished(() => server.close());
  return server.resolvedUrls?.local[0] as string;
}

/** The site as the simplest host serves it: files and their types, no other header, or that of sharing. */
async function servePlain(folder: string, isShared: boolean): Promise<string> {
  const headers = isShared ? { "Access-Control-Allow-Origin": "*" } : {};
  const { origin } = await host((path) => {
    if (!path.startsWith(folder)) throw new Error(`expected a path below ${folder}, got ${path}`);
    return readFileSync(`${ROOT}dist/${path.slice(folder.length)}`);
  }, headers);
  return origin + folder;
}
