// Keeps what the browser tests of a whole run share, in vitest's main process: browsers and the built
// site, each started when a test first asks for it. Tests ask over HTTP, being in other processes.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, launch } from "puppeteer-core";
import { type Plugin, type PreviewServer, preview } from "vite";
import { type BrowserName, CHROME_ARGUMENTS, findBrowser } from "./find-browser.ts";
import type { Preferences } from "./open.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
/** Starts a browser. Nothing about it ends by the clock. */
export function startBrowser(name: BrowserName, asked: Preferences = {}): Promise<Browser> {
  const { isDark = false, isCalm = false } = asked;
  return launch({
    browser: name,
    executablePath: findBrowser(name),
    args: name === "chrome" ? CHROME_ARGUMENTS : [],
    extraPrefsFirefox: {
      "ui.systemUsesDarkTheme": isDark ? 1 : 0,
      "ui.prefersReducedMotion": isCalm ? 1 : 0,
    },
    timeout: 0,
    protocolTimeout: 0,
  });
}

/** The built site, as `npm run preview` serves it, on a port of its own. */
export function startSite(plugins: Plugin[] = []): Promise<PreviewServer> {
  return preview({
    root: ROOT,
    configFile: `${ROOT}vite.config.ts`,
    plugins,
    preview: { port: 0, host: "127.0.0.1" },
  });
}

/** Starts keeping. @returns the address to ask at, and what ends all that was started. */
export async function startKeeper(): Promise<{ address: string; close(): Promise<void> }> {
  let site: Promise<PreviewServer> | undefined;
  const browsers: Promise<Browser>[] = [];
  let chrome: Promise<Browser> | undefined;
  /** Firefox serves one connection at a time: those that nobody has, by their preferences. */
  const idle = new Map<string, string[]>();

  const start = async (name: BrowserName, asked?: Preferences): Promise<Browser> => {
    const starting = startBrowser(name, asked);
    browsers.push(starting);
    return starting;
  };
  const lend = async (name: BrowserName, asked: string): Promise<string> => {
    if (name === "chrome") {
      chrome ??= start(name);
      return (await chrome).wsEndpoint();
    }
    const free = idle.get(asked)?.pop();
    if (free !== undefined) return free;
    const browser = await start(name, JSON.parse(asked));
    const endpoint = browser.wsEndpoint();
    await browser.disconnect();
    return endpoint;
  };
  const answers: Record<string, (query: URLSearchParams) => Promise<string>> = {
    "/site": async () => {
      site ??= startSite();
      return (await site).resolvedUrls?.local[0] as string;
    },
    "/lend": (query) => lend(query.get("name") as BrowserName, query.get("asked") as string),
    "/giveBack": async (query) => {
      if (query.get("name") === "chrome") return "";
      const asked = query.get("asked") as string;
      idle.set(asked, [...(idle.get(asked) ?? []), query.get("endpoint") as string]);
      return "";
    },
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url as string, "http://keeper");
    try {
      response.end(await answers[pathname]?.(searchParams));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await (await site)?.close();
      for (const browser of browsers) await endBrowser(await browser);
    },
  };
}

/** Ends a browser, also one that is not connected. */
async function endBrowser(browser: Browser): Promise<void> {
  if (browser.connected) return browser.close();
  const child = browser.process();
  if (!child || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}
