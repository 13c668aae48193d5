// The package in a plain page, and bundled by webpack and esbuild: the very probabilities of Node in each.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild-wasm";
import { afterAll, beforeAll, expect, test } from "vitest";
import webpack from "webpack";
import { run } from "../node/run.ts";
import { type Packed, packInto } from "../package/packed.ts";
import { BY_ESBUILD, COUNT, inPage, pageOf, RUN } from "../package/work.ts";
import { host } from "./host.ts";
import { visit } from "./open.ts";

const FILES = {
  "package.json": `{ "type": "module" }`,
  "run.js": RUN,
  "main.js": inPage(),
  "plain.js": inPage("./node_modules/ello/build/lib/ello.js"),
  "by-esbuild.js": BY_ESBUILD,
};

let packed: Packed;
let expected = "";

beforeAll(async () => {
  packed = await packInto(FILES);
  const { stdout } = await run(process.execPath, ["run.js"], packed.app);
  expected = stdout.trim();
  expect(expected.split(" ").length).toBe(COUNT);
});
afterAll(() => packed.remove());

/** What a page finds whose script is in a folder of the app. */
async function foundBy(folder: string, script: string): Promise<string> {
  const { origin } = await host((path) =>
    path === "/index.html" ? pageOf(script) : readFileSync(join(packed.app, folder, path)),
  );
  const page = await (await visit("chrome")).newPage();
  await page.goto(origin);
  await page.waitForFunction(() => document.title !== "");
  return page.title();
}

test("a plain page, from a static folder, without an import map", async () => {
  expect(await foundBy(".", "plain.js")).toBe(expected);
});

test("webpack finds the core by itself", async () => {
  const compiler = webpack({
    mode: "production",
    context: packed.app,
    entry: "./main.js",
    output: { path: join(packed.app, "webpack"), filename: "main.js" },
  });
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) =>
    compiler?.run((error, result) => (error ? reject(error) : resolve(result))),
  );
  expect(stats?.toJson({ all: false, errors: true, warnings: true })).toMatchObject({
    errors: [],
    warnings: [],
  });
  expect(await foundBy("webpack", "main.js")).toBe(expected);
});

test("esbuild, with the core as a file", async () => {
  const { warnings } = await build({
    absWorkingDir: packed.app,
    entryPoints: ["by-esbuild.js"],
    outdir: "esbuild",
    ...{ bundle: true, splitting: true, minify: true, format: "esm", logLevel: "silent" },
    loader: { ".wasm": "file" },
  });
  expect(warnings).toEqual([]);
  expect(await foundBy("esbuild", "by-esbuild.js")).toBe(expected);
});
