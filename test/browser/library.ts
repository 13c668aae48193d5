// The library from its sources in a worker of a real page, where it may wait for threads.

import type { Page } from "puppeteer-core";
import { createServer, type Plugin } from "vite";
import { onTestFinished } from "vitest";

const ROOT = new URL("../..", import.meta.url).pathname;
// A page that holds nothing, not even Vite's client, which reloads a page when its socket is lost.
const EMPTY_PAGE = "<!doctype html><title>empty</title><link rel=icon href=data:,>";

const emptyPage: Plugin = {
  name: "empty-page",
  configureServer({ middlewares, config }) {
    middlewares.use("/empty", (_request, response) => {
      response.writeHead(200, { ...config.server.headers, "Content-Type": "text/html" });
      response.end(EMPTY_PAGE);
    });
  },
};

/** Opens an empty, isolated page on a server that serves the sources. */
export async function openSources(page: Page): Promise<void> {
  const server = await createServer({
    root: ROOT,
    configFile: `${ROOT}vite.config.ts`,
    logLevel: "error",
    plugins: [emptyPage],
    server: { port: 0, host: "127.0.0.1", hmr: false, watch: null },
    // Dependencies as they are: a bundle made on the way would reload the page under the test.
    optimizeDeps: { noDiscovery: true, include: [] },
  });
  onTestFinished(() => server.close());
  await server.listen();
  await page.goto(`${server.resolvedUrls?.local[0]}empty`);
}

/**
 * Runs `work` in a module worker of the page with what the named sources export, such as
 * "src/index.ts", and `argument`, which like the result must be able to be posted.
 */
export function inWorker<Argument, Result>(
  page: Page,
  sources: readonly string[],
  work: (modules: any[], argument: Argument) => Promise<Result>,
  argument: Argument,
): Promise<Result> {
  const run = (names: readonly string[], code: string, given: unknown) => {
    const imports = names.map((name) => `import(${JSON.stringify(`${location.origin}/${name}`)})`);
    const source = `
      onmessage = async ({ data }) => {
        try {
          const modules = await Promise.all([${imports}]);
          postMessage({ value: await (${code})(modules, data) });
        } catch (error) {
          postMessage({ error: String(error) });
        }
      };`;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(url, { type: "module" });
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        if ("error" in data) reject(new Error(data.error));
        else resolve(data.value);
      };
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(given);
    });
  };
  return page.evaluate(run, sources, String(work), argument) as Promise<Result>;
}
