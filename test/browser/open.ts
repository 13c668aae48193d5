// Starts a browser and serves the built site, both for one test.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { type Browser, type BrowserContext, launch } from "puppeteer-core";
import { type Plugin, preview } from "vite";
import { afterAll, onTestFinished } from "vitest";
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

/** What a visitor's system asks for. For Firefox it is the browser's; Chromium is told for each page. */
export interface Preferences {
  readonly isDark?: boolean;
  readonly isCalm?: boolean;
}

/** A fresh browser, closed with the test. */
export async function launchBrowser(name: BrowserName, asked?: Preferences): Promise<Browser> {
  const browser = await start(name, asked);
  onTestFinished(() => browser.close());
  return browser;
}

const started = new Map<string, Promise<Browser>>();

/** A visitor's own place, with nothing stored, in a browser that the tests of a file share; closed with the test. */
export async function visit(name: BrowserName, asked: Preferences): Promise<BrowserContext> {
  const key = JSON.stringify([name, name === "firefox" && asked]);
  const starting = started.get(key) ?? start(name, asked);
  started.set(key, starting);
  const context = await (await starting).createBrowserContext();
  onTestFinished(() => context.close());
  return context;
}

afterAll(async () => {
  for (const browser of started.values()) await (await browser).close();
  started.clear();
});

async function start(
  name: BrowserName,
  { isDark = false, isCalm = false }: Preferences = {},
): Promise<Browser> {
  return launch({
    browser: name,
    executablePath: findBrowser(name),
    args: name === "chrome" ? CHROME_ARGUMENTS : [],
    extraPrefsFirefox: {
      "ui.systemUsesDarkTheme": isDark ? 1 : 0,
      "ui.prefersReducedMotion": isCalm ? 1 : 0,
    },
  });
}

export interface Served {
  /** Put before the training worker's script. */
  readonly workerPrefix?: string;
  /** What that script waits for. */
  readonly workerWaits?: Promise<unknown>;
  /** The path the site stands at, and whether it is a host that sends no headers. */
  readonly folder?: string;
  readonly isPlain?: boolean;
}

/** The built site on a local port. @returns its address. */
export async function serve({
  workerPrefix = "",
  workerWaits,
  folder,
  isPlain,
}: Served = {}): Promise<string> {
  if (isPlain) return servePlain(folder ?? "/");
  const prefix: Plugin = {
    name: "prefix",
    configurePreviewServer({ middlewares, config }) {
      middlewares.use(async (request, response, next) => {
        const path = request.url ?? "";
        if (!/^\/assets\/worker-/.test(path)) return next();
        await workerWaits;
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
