// Starts a browser and serves the built site, both for one test.

import { type Browser, launch } from "puppeteer-core";
import { preview } from "vite";
import { onTestFinished } from "vitest";
import { type BrowserName, findBrowser } from "./find-browser.ts";

export const CHROME_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const ROOT = new URL("../..", import.meta.url).pathname;

/** A fresh browser, closed with the test. */
export async function launchBrowser(name: BrowserName): Promise<Browser> {
  const browser = await launch({
    browser: name,
    executablePath: findBrowser(name),
    args: name === "chrome" ? CHROME_ARGUMENTS : [],
  });
  onTestFinished(() => browser.close());
  return browser;
}

/** The built site on a local port. */
export async function serve(): Promise<string> {
  const server = await preview({ root: ROOT, preview: { port: 0, host: "127.0.0.1" } });
  onTestFinished(() => server.close());
  return server.resolvedUrls?.local[0] as string;
}
