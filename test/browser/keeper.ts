// Keeps what the browser tests of a whole run share, in vitest's main process: browsers and the built
// site, each started when a test first asks for it. Tests ask over HTTP, being in other processes.

import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, launch } from "puppeteer-core";
import { type Plugin, type PreviewServer, preview } from "vite";
import { type BrowserName, CHROME_ARGUMENTS, findBrowser } from "./find-browser.ts";
import type { Preferences } from "./open.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** Starts a browser, in a profile of its own or in the folder given. Nothing about it ends by the clock. */
export function startBrowser(
  name: BrowserName,
  asked: Preferences = {},
  userDataDir?: string,
): Promise<Browser> {
  const { isDark = false, isCalm = false } = asked;
  return launch({
    browser: name,
    executablePath: findBrowser(name),
    args: name === "chrome" ? CHROME_ARGUMENTS : [],
    extraPrefsFirefox: {
      "ui.systemUsesDarkTheme": isDark ? 1 : 0,
      "ui.prefersReducedMotion": isCalm ? 1 : 0,
    },
    ...(userDataDir !== undefined && { userDataDir }),
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
  /** With the folders of their profiles. */
  const browsers: [Browser, string][] = [];
  /** Endpoints of those that nobody has, by name and preferences. */
  const idle = new Map<string, string[]>();

  const idleOf = (query: URLSearchParams): string[] => {
    const key = `${query.get("name")} ${query.get("asked")}`;
    const own = idle.get(key) ?? [];
    idle.set(key, own);
    return own;
  };
  const start = async (query: URLSearchParams): Promise<string> => {
    const asked: Preferences = JSON.parse(query.get("asked") as string);
    const profile = mkdtempSync(join(tmpdir(), "ello-browser-"));
    const browser = await startBrowser(query.get("name") as BrowserName, asked, profile);
    browsers.push([browser, profile]);
    await browser.disconnect(); // it serves one at a time
    return browser.wsEndpoint();
  };
  const answers: Record<string, (query: URLSearchParams) => Promise<string>> = {
    "/site": async () => {
      site ??= startSite();
      return (await site).resolvedUrls?.local[0] as string;
    },
    "/lend": async (query) => idleOf(query).pop() ?? start(query),
    "/giveBack": async (query) => {
      idleOf(query).push(query.get("endpoint") as string);
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
      await Promise.all(browsers.map((one) => endBrowser(...one)));
    },
  };
}

/** Ends a browser that nobody is connected to, with all its processes and its profile. */
async function endBrowser(browser: Browser, profile: string): Promise<void> {
  const child = browser.process() as ChildProcess;
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (process.platform === "win32") child.kill();
    else process.kill(-(child.pid as number), "SIGKILL"); // it leads a group
    await ended;
  }
  rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
}
