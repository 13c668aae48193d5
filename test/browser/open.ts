// Starts a browser and serves the built site, both for one test.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { type Browser, launch } from "puppeteer-core";
import { type Plugin, preview } from "vite";
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

/** A fresh browser, closed with the test. Preferences are Firefox's; Chromium's are set for a page. */
export async function launchBrowser(
  name: BrowserName,
  { isDark = false, isCalm = false } = {},
): Promise<Browser> {
  const browser = await launch({
    browser: name,
    executablePath: findBrowser(name),
    args: name === "chrome" ? CHROME_ARGUMENTS : [],
    extraPrefsFirefox: {
      "ui.systemUsesDarkTheme": isDark ? 1 : 0,
      "ui.prefersReducedMotion": isCalm ? 1 : 0,
    },
  });
  onTestFinished(() => browser.close());
  return browser;
}

export interface Served {
  /** Put before the training worker's script. */
  readonly workerPrefix?: string;
  /** The path the site stands at, and whether it is a host that sends no headers. */
  readonly folder?: string;
  readonly isPlain?: boolean;
}

/** The built site on a local port. @returns its address. */
export async function serve({ workerPrefix, folder, isPlain }: Served = {}): Promise<string> {
  if (isPlain) return servePlain(folder ?? "/");
  const prefix: Plugin = {
    name: "prefix",
    configurePreviewServer({ middlewares, config }) {
      middlewares.use((request, response, next) => {
        const path = request.url ?? "";
        if (workerPrefix === undefined || !/^\/assets\/worker-/.test(path)) return next();
        response.writeHead(200, { ...config.preview.headers, "Content-Type": "text/javascript" });
        response.end(workerPrefix + readFileSync(`${ROOT}dist${path}`, "utf8"));
      });
    },
  };
  const server = await preview({
    root: ROOT,
    configFile: `${ROOT}vite.config.ts`,
    plugins: [prefix],
    preview: { port: 0, host: "127.0.0.1" },
  });
  onTestFinished(() => server.close());
  return server.resolvedUrls?.local[0] as string;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

/** The site as the simplest host serves it: files and their types, no other header. */
async function servePlain(folder: string): Promise<string> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0] as string;
    const name = path.startsWith(folder) ? path.slice(folder.length) || "index.html" : "";
    try {
      const file = readFileSync(`${ROOT}dist/${name}`);
      response.writeHead(200, { "Content-Type": TYPES[extname(name)] ?? "" });
      response.end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${folder}`;
}
