// The library from its sources in a worker of a real page, where it may wait for threads. The
// browser is not automated: what drives Firefox 153 listens to its workers, and while it does, a
// worker that makes workers stands still now and then. The page asks the server for work instead.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Plugin } from "vite";
import { onTestFinished } from "vitest";
import { type BrowserName, findBrowser } from "./find-browser.ts";
import { CHROME_ARGUMENTS } from "./open.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** A page that runs what it is given in a worker of its own. */
export interface LibraryPage {
  /**
   * Runs `work` in a module worker with what the named sources export, such as "src/web/index.ts", and
   * `argument`, which like the result must be JSON.
   */
  inWorker<Argument, Result>(
    sources: readonly string[],
    work: (modules: any[], argument: Argument) => Promise<Result>,
    argument: Argument,
  ): Promise<Result>;
}

/** Runs in the page: asks for a worker's source, runs it, answers, for ever. */
async function askForWork(): Promise<void> {
  for (;;) {
    const source = await (await fetch("work")).blob();
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(url, { type: "module" });
    const answer = await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => resolve({ error: message });
    });
    worker.terminate();
    await fetch("answer", { method: "POST", body: JSON.stringify(answer) });
  }
}

const PAGE = `<!doctype html><title>empty</title><link rel=icon href=data:,>
<script>(${askForWork})()</script>`;

/** A browser, by its name or by what opens it, at the page on a server of the sources; all end with the test. */
export async function openLibrary(
  browser: BrowserName | ((url: string) => void),
): Promise<LibraryPage> {
  let asked = (_response: ServerResponse): void => {};
  let answered = (_answer: string): void => {};
  let asking = new Promise<ServerResponse>((resolve) => {
    asked = resolve;
  });
  const work: Plugin = {
    name: "work",
    configureServer({ middlewares, config }) {
      middlewares.use("/library/", (request, response) => {
        if (request.url === "/work") {
          asked(response);
        } else if (request.url === "/answer") {
          let body = "";
          request.on("data", (part) => {
            body += part;
          });
          request.on("end", () => {
            response.end();
            answered(body);
          });
        } else {
          response.writeHead(200, { ...config.server.headers, "Content-Type": "text/html" });
          response.end(PAGE);
        }
      });
    },
  };
  const server = await createServer({
    root: ROOT,
    configFile: `${ROOT}vite.config.ts`,
    logLevel: "error",
    plugins: [work],
    server: { port: 0, host: "127.0.0.1", hmr: false, watch: null },
    // Dependencies as they are: a bundle made on the way would reload the page under the test.
    optimizeDeps: { noDiscovery: true, include: [] },
  });
  onTestFinished(() => server.close());
  await server.listen();
  const origin = server.resolvedUrls?.local[0] as string;
  const url = `${origin}library/`;
  if (typeof browser === "string") startBrowser(browser, url);
  else browser(url);
  return {
    async inWorker(sources, work, argument) {
      const response = await asking;
      asking = new Promise((resolve) => {
        asked = resolve;
      });
      const answer = new Promise<string>((resolve) => {
        answered = resolve;
      });
      const imports = sources.map((source) => `import(${JSON.stringify(origin + source)})`);
      response.end(`
        try {
          const modules = await Promise.all([${imports}]);
          postMessage({ value: await (${work})(modules, ${JSON.stringify(argument)}) });
        } catch (error) {
          postMessage({ error: String(error) });
        }`);
      const { value, error } = JSON.parse(await answer);
      if (error !== undefined) throw new Error(error);
      return value;
    },
  };
}

/** Starts a browser at `url` with a profile of its own, and ends it with the test. */
function startBrowser(name: BrowserName, url: string): void {
  const profile = mkdtempSync(join(tmpdir(), "ello-browser-"));
  const flags = {
    chrome: [...CHROME_ARGUMENTS, "--headless=new", `--user-data-dir=${profile}`],
    firefox: ["--headless", "--no-remote", "--profile", profile],
  };
  const browser = spawn(findBrowser(name), [...flags[name], url], {
    stdio: "ignore",
    detached: process.platform !== "win32",
  });
  const ended = new Promise((resolve) => browser.once("exit", resolve));
  onTestFinished(async () => {
    // Its own children as well, where a process can lead a group.
    if (process.platform === "win32") browser.kill();
    else process.kill(-(browser.pid as number), "SIGKILL");
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  });
}
