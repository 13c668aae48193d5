// The package in apps of users: bundled by Vite, training in a browser to Node's weights; and in a plain page, by
// webpack and by esbuild, with the very probabilities of Node.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild-wasm";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import webpack from "webpack";
import { sha256 } from "../../src/checkpoint/sha256.ts";
import { corpusOf, createModel, splitCorpus, TEXT_DEFAULTS, train } from "../../src/index.ts";
import { run } from "../node/run.ts";
import { type Packed, packInto, ROOT } from "../package/packed.ts";
import { BY_ESBUILD, COUNT, inPage, pageOf, RUN } from "../package/work.ts";
import { host, ISOLATION } from "./host.ts";
import { visit } from "./open.ts";
import { BROWSERS } from "./playground.ts";

/** A text and settings that train on as many threads as there are, where none are named. */
const TEXT = "she sells sea shells by the sea shore. ".repeat(200);
const SETTINGS = {
  ...TEXT_DEFAULTS,
  ...{ hiddenSize: 128, seqLength: 25, batchSize: 16, epochs: 1, learningRate: 0.01 },
};

/** An app: a page and a worker that train alike. */
const APP: Readonly<Record<string, string>> = {
  "package.json": `{ "type": "module" }`,
  "index.html": `<!doctype html><link rel=icon href=data:,><script type=module src=/main.js></script>`,
  "training.js": `
import { corpusOf, createModel, splitCorpus, train } from "ello";
export async function trainOn(text, settings) {
  const { training } = splitCorpus(corpusOf(text, settings), settings);
  const model = await createModel(training, settings);
  for (const _ of train(model, training));
  const found = { threads: model.engine.threads, parameters: [...model.engine.parameters] };
  model.engine.close();
  return found;
}`,
  "main.js": `
import { trainOn } from "./training.js";
globalThis.trainInWindow = trainOn;
globalThis.trainInWorker = (...job) => new Promise((resolve) => {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => resolve(data);
  worker.postMessage(job);
});`,
  "worker.js": `
import { trainOn } from "./training.js";
onmessage = ({ data }) => trainOn(...data).then(postMessage, ({ message }) => postMessage({ message }));`,
};

/** A program in Node, and what finds the same elsewhere. */
const OTHERS = {
  "run.js": RUN,
  "find.js": inPage(),
  "plain.js": inPage("./node_modules/ello/build/lib/ello.js"),
  "by-esbuild.js": BY_ESBUILD,
};

let packed: Packed;
let expected = "";

beforeAll(async () => {
  packed = await packInto({ ...APP, ...OTHERS });
  const { stdout } = await run(process.execPath, ["run.js"], packed.app);
  expected = stdout.trim();
  expect(expected.split(" ").length).toBe(COUNT);
  const vite = join(ROOT, "node_modules/vite/bin/vite.js");
  const built = await run(process.execPath, [vite, "build"], packed.app);
  expect(built, built.stderr).toMatchObject({ code: 0 });
});

afterAll(() => packed.remove());

type Found = { threads: number; parameters: number[] } & { message?: string };

/** Trains in a page of the app. `where` is a function of its main.js. */
async function trainIn(page: Page, where: string, threads: number): Promise<Found> {
  return page.evaluate(
    async (name, text, settings) => {
      const all = globalThis as unknown as Record<string, (...job: unknown[]) => Promise<Found>>;
      try {
        return (await all[name]?.(text, settings)) as Found;
      } catch (error) {
        return { message: (error as Error).message } as Found;
      }
    },
    where,
    TEXT,
    { ...SETTINGS, threads },
  );
}

/** The app in a browser on a machine of four cores. */
async function openApp(name: (typeof BROWSERS)[number], headers = {}): Promise<Page> {
  const context = await visit(name);
  const page = await context.newPage();
  await page.evaluateOnNewDocument(() => {
    Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { get: () => 4 });
  });
  const { origin } = await host((path) => readFileSync(join(packed.app, "dist", path)), headers);
  await page.goto(origin);
  return page;
}

async function nodeSha256(): Promise<string> {
  const settings = { ...SETTINGS, threads: 1 };
  const { training } = splitCorpus(corpusOf(TEXT, settings), settings);
  const model = await createModel(training, settings);
  for (const _ of train(model, training));
  return sha256(model.engine.parameters);
}

const sha256Of = ({ parameters }: Found) => sha256(Float64Array.from(parameters));

test("chrome: Vite's build of the package trains on two threads of a worker, to Node's weights", async () => {
  const page = await openApp("chrome", ISOLATION);
  const found = await trainIn(page, "trainInWorker", 2);
  expect(found.message).toBeUndefined();
  expect(found.threads).toBe(2);
  expect(await sha256Of(found)).toBe(await nodeSha256());
});

test.each(BROWSERS)(
  "%s: an isolated page trains alone on its main thread, and says why",
  async (name) => {
    const page = await openApp(name, ISOLATION);
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    const found = await trainIn(page, "trainInWindow", 0);
    expect(found.message).toBeUndefined();
    expect(found.threads).toBe(1);
    expect(await sha256Of(found)).toBe(await nodeSha256());
    expect((await trainIn(page, "trainInWindow", 2)).message).toBe(
      "threads: expected 1 where others cannot be made and waited for, as on a page's main thread, got 2; train in a worker",
    );
  },
);

test.each(BROWSERS)(
  "%s: a page that is not isolated trains on one thread, and says why",
  async (name) => {
    const page = await openApp(name);
    const found = await trainIn(page, "trainInWorker", 0);
    expect(found.threads).toBe(1);
    expect(await sha256Of(found)).toBe(await nodeSha256());
    expect((await trainIn(page, "trainInWorker", 2)).message).toMatch(
      /^threads: expected 1 in a page that is not cross-origin isolated, got 2; /,
    );
  },
);

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
    entry: "./find.js",
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
