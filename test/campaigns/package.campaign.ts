// The packed library wherever else people run it: other Nodes, Bun, Deno, workerd, and what Rollup and Vite's
// dev server make of it in a browser. Every one prints the very probabilities of this Node. Fetches the tools
// from npm.

import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createServer } from "vite";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { host } from "../browser/host.ts";
import { visit } from "../browser/open.ts";
import { run } from "../node/run.ts";
import { npm, type Packed, packInto } from "../package/packed.ts";
import { COUNT, inPage, pageOf, RUN, WORK } from "../package/work.ts";

const TOOLS = [
  ...["esbuild@0.28.2", "rollup@4.68.8", "@rollup/plugin-node-resolve@16", "miniflare@4"],
];
const FILES: Readonly<Record<string, string>> = {
  "package.json": `{ "type": "module" }`,
  "index.html": pageOf("main.js"),
  "run.js": RUN,
  "main.js": inPage(),
  "by-rollup.js": `
import { useCores } from "ello";
useCores({ release: new URL("release.wasm", import.meta.url) });
await import("./main.js");`,
  "rollup.config.js": `
import resolve from "@rollup/plugin-node-resolve";
export default { input: "by-rollup.js", output: { dir: "rollup" }, plugins: [resolve({ browser: true })] };`,
  "worker.js": `
import { fit, predict, useCores } from "ello";
import release from "./release.wasm";
useCores({ release });
export default { async fetch() {${WORK}return new Response(found); } };`,
  "workerd.js": `
import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";
const contents = (path) => readFileSync(path);
const modules = [
  { type: "ESModule", path: "worker.js", contents: contents("bundled/worker.js").toString() },
  { type: "CompiledWasm", path: "release.wasm", contents: contents("node_modules/ello/build/core/release.wasm") },
];
const flare = new Miniflare({ compatibilityDate: "2025-01-01", modules });
console.log(await (await flare.dispatchFetch("http://x/")).text());
await flare.dispose();`,
};

let packed: Packed;
let expected = "";

beforeAll(async () => {
  packed = await packInto(FILES);
  rmSync(join(packed.app, "node_modules"), { recursive: true }); // npm puts its own there
  const words = ["install", "--no-save", "--no-audit", packed.archive, ...TOOLS];
  const installed = await npm(packed.app, ...words);
  expect(installed, installed.stderr).toMatchObject({ code: 0 });
  const { stdout } = await run(process.execPath, ["run.js"], packed.app);
  expected = stdout.trim();
  expect(expected.split(" ").length).toBe(COUNT);
}, 600_000);
afterAll(() => packed.remove());

const npx = (...words: string[]) => run("npx", ["-y", ...words], packed.app);

test.each([
  ["Node 22", ["-p", "node@22", "node", "run.js"]],
  ["Node 24", ["-p", "node@24", "node", "run.js"]],
  ["Bun", ["bun@1", "run.js"]],
  ["Deno", ["deno@2", "run", "-A", "run.js"]],
])("%s", async (_, words) => {
  const { code, stdout, stderr } = await npx(...words);
  expect({ code, found: stdout.trim() }, stderr).toEqual({ code: 0, found: expected });
});

test("workerd, by a compiled core", async () => {
  const conditions = [
    "--conditions=workerd,browser",
    "--platform=neutral",
    "--main-fields=module,main",
  ];
  const words = ["esbuild", "worker.js", "--bundle", "--format=esm", "--external:*.wasm"];
  const bundled = await npx(...words, ...conditions, "--outdir=bundled");
  expect(bundled, bundled.stderr).toMatchObject({ code: 0 });
  const { stdout, stderr } = await run(process.execPath, ["workerd.js"], packed.app);
  expect(stdout.trim(), stderr).toBe(expected);
});

async function titleOf(address: string): Promise<string> {
  const page = await (await visit("chrome")).newPage();
  await page.goto(address);
  await page.waitForFunction(() => document.title.startsWith("0."));
  return page.title();
}

test("Rollup", async () => {
  const built = await npx("rollup", "-c", "rollup.config.js");
  expect(built, built.stdout).toMatchObject({ code: 0 });
  const core = "node_modules/ello/build/core/release.wasm";
  copyFileSync(join(packed.app, core), join(packed.app, "rollup/release.wasm"));
  const { origin } = await host((path) =>
    path === "/index.html"
      ? pageOf("by-rollup.js")
      : readFileSync(join(packed.app, "rollup", path)),
  );
  expect(await titleOf(origin)).toBe(expected);
});

test("Vite's dev server", async () => {
  const server = await createServer({ root: packed.app, configFile: false, logLevel: "error" });
  onTestFinished(() => server.close());
  await server.listen();
  expect(await titleOf(server.resolvedUrls?.local[0] as string)).toBe(expected);
});
