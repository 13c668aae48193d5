// Vite: the page (dev server and static site), the viewer inside curves.html, and the unit tests.

import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { compileCore } from "./src/node/build-core.js";
import { makeReference } from "./src/node/build-reference.js";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// SharedArrayBuffer, and so threads, wants a page that shares its process with no other origin.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const PUBLIC = "src/web/public";
const PREVIEW = "preview.webp"; // for other sites that link to the page; it does not show it itself
const README = "readme.txt";
const SOURCE = "source.txt"; // the core and its reference, in one file to be read

// In the place of the built page's service worker, if one was left at the dev server's address.
const NO_WORKER = `
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.registration.unregister()));
`;

/** Lets no service worker stay that would answer in the dev server's place. */
function noWorker(): Plugin {
  return {
    name: "no-worker",
    configureServer({ middlewares }) {
      middlewares.use("/isolation-worker.js", (_request, response) => {
        response.writeHead(200, { "Content-Type": "text/javascript" }).end(NO_WORKER);
      });
    },
  };
}

/** Makes cores, and the second reference, anew when their sources change; errors go to the page's overlay. */
function core(): Plugin {
  return {
    name: "core",
    configureServer({ watcher, ws }) {
      watcher.add(at("assembly"));
      watcher.on("change", async (file) => {
        try {
          if (file.startsWith(at("src/reference/"))) await makeReference();
          if (!file.startsWith(at("assembly"))) return;
          await compileCore("release");
          await compileCore("f32-release");
          ws.send({ type: "full-reload" });
        } catch (error) {
          const { message = "", stack = "" } = error as Error;
          ws.send({ type: "error", err: { message, stack } });
        }
      });
    },
  };
}

// What the built page may do: run its own scripts and cores, and nothing from elsewhere. The dev server
// injects styles and scripts and goes without.
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The icon within the page: browsers ask for one that is a file whenever they like, after the load too. */
function iconInline(): string {
  const svg = readFileSync(at(`${PUBLIC}/icon.svg`), "utf8").trim();
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** All sources in these folders, each below its path. */
function sourcesIn(...folders: readonly string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(at(folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .sort()
        .map((name) => `${folder}/${name}`),
    )
    .map((path) => `// ======== ${path}\n\n${readFileSync(at(path), "utf8")}`)
    .join("\n");
}

/** The built page's policy, in the page and in the service worker beside it, which knows its files. */
function page(): Plugin {
  return {
    name: "page",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (html) => ({
        // A page that is opened as a file may load styles, but not by CORS.
        html: html
          .replaceAll('rel="stylesheet" crossorigin', 'rel="stylesheet"')
          .replace('href="./icon.svg"', `href="${iconInline()}"`),
        tags: [
          {
            tag: "meta",
            attrs: { "http-equiv": "Content-Security-Policy", content: POLICY },
            injectTo: "head-prepend",
          },
        ],
      }),
    },
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const entry = Object.values(bundle).find((one) => one.type === "chunk" && one.isEntry);
        // Shown as text wherever they are put; the mark says that they are UTF-8.
        const readme = `\ufeff${readFileSync(at("README.md"), "utf8")}`;
        const source = `\ufeff${sourcesIn("assembly", "src/reference")}`;
        const files = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
        const named = [
          ...readdirSync(at(PUBLIC)).filter((name) => name !== PREVIEW),
          README,
          SOURCE,
        ];
        const site = { policy: POLICY, script: entry?.fileName, files, named };
        this.emitFile({ type: "asset", fileName: README, source: readme });
        this.emitFile({ type: "asset", fileName: SOURCE, source });
        const worker = readFileSync(at("src/web/isolation-worker.js"), "utf8").replace(
          /(?<=const SITE = )\{[^}]*\}(?=;)/,
          JSON.stringify(site),
        );
        if (!site.script || !worker.includes(POLICY))
          throw new Error("isolation-worker.js: expected a script and a place for the policy");
        this.emitFile({ type: "asset", fileName: "isolation-worker.js", source: worker });
      },
    },
  };
}

const viewer = {
  outDir: "build/viewer",
  lib: {
    entry: "src/web/curves-viewer.ts",
    formats: ["iife" as const],
    name: "curves",
    fileName: () => "curves.js",
    cssFileName: "curves",
  },
  // It stands before the viewer in the file, from its own package.
  rolldownOptions: { external: ["uplot"], output: { globals: { uplot: "uPlot" } } },
};

// `vitest --mode campaign` runs the long ones instead of the tests, and the page in every browser.
const RUNS: Readonly<Record<string, string[]>> = {
  test: ["test/**/*.test.ts"],
  campaign: ["test/**/*.campaign.ts", "test/browser/**/*.test.ts"],
};

export default defineConfig(({ mode }) => ({
  base: "./",
  publicDir: mode === "viewer" ? false : PUBLIC,
  plugins: mode === "viewer" ? [] : [core(), noWorker(), page()],
  worker: { format: "es" },
  server: { headers },
  preview: { headers: { ...headers, "Content-Security-Policy": POLICY } },
  build:
    mode === "viewer"
      ? viewer
      : { assetsInlineLimit: 0, target: "es2023", modulePreload: { polyfill: false } },
  test: {
    include: RUNS[mode] ?? [],
    globalSetup: ["./test/browser/setup.ts"],
    reporters: ["default", "./test/count-reporter.ts"],
    maxWorkers: availableParallelism(), // tests of the page wait as much as they work
    allowOnly: false, // the linter takes our `fit` for a test in focus, so it is not asked
    isolate: false, // no process for each file: nothing here changes what other files see
    // These end a test that hangs, and decide nothing else.
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    teardownTimeout: 600_000,
  },
}));
