// The package, from the files that a clone has to an app of a user: built and packed, installed, bundled
// by Vite, and training in a browser to Node's weights.

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sha256 } from "../../src/checkpoint/sha256.ts";
import { corpusOf, createModel, splitCorpus, TEXT_DEFAULTS, train } from "../../src/index.ts";
import { makeFolder, run } from "../node/run.ts";
import { host, ISOLATION } from "./host.ts";
import { visit } from "./open.ts";
import { BROWSERS } from "./playground.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
/** What a clone has that the package is made of. */
const SOURCES = [
  ...["src", "assembly", "package.json", "package-lock.json", "index.html", "vite.config.ts"],
  ...["asconfig.json", "tsconfig.json", "README.md", "LICENSE", "CHANGELOG.md"],
];

const tool = process.env["npm_execpath"];
const npm = (cwd: string, ...words: string[]) =>
  tool ? run(process.execPath, [tool, ...words], cwd) : run("npm", words, cwd);

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

let base = "";
let packed: string[] = [];

// Everything is built but the core: what takes long to compile is for the tests' own build.
beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "ello-package-"));
  const [clone, app] = [join(base, "clone"), join(base, "app")];
  for (const name of SOURCES) cpSync(join(ROOT, name), join(clone, name), { recursive: true });
  for (const name of ["core", "core.stamp"]) {
    cpSync(join(ROOT, "build", name), join(clone, "build", name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"), "junction");
  const made = await npm(clone, "pack", "--pack-destination", base);
  expect(made, made.stderr).toMatchObject({ code: 0 });

  const own = join(app, "node_modules/ello");
  mkdirSync(own, { recursive: true });
  const archive = readdirSync(base).find((name) => name.endsWith(".tgz")) as string;
  const words = ["xzf", join(base, archive), "--strip-components=1"];
  expect(await run("tar", words, own)).toMatchObject({ code: 0 });
  packed = readdirSync(own, { recursive: true, encoding: "utf8" }).map((name) =>
    name.replaceAll("\\", "/"),
  );
  for (const [name, text] of Object.entries(APP)) writeFileSync(join(app, name), text);
  const loader = "node_modules/@assemblyscript";
  symlinkSync(join(ROOT, loader), join(app, loader), "junction");
  const vite = join(ROOT, "node_modules/vite/bin/vite.js");
  const built = await run(process.execPath, [vite, "build"], app);
  expect(built, built.stderr).toMatchObject({ code: 0 });
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

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
  const { origin } = await host((path) => readFileSync(join(base, "app/dist", path)), headers);
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

test("a fresh clone packs all that the package names, and nothing that nobody needs", () => {
  const { exports, imports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const named = [...Object.values(exports), ...Object.values(imports)].flatMap((one) =>
    Object.values(typeof one === "string" ? [one] : (one as Record<string, string>)),
  );
  const needed = ["./build/node/cli.js", "./build/viewer/curves.js", "./build/node/rank-worker.js"];
  for (const name of [...named, ...needed]) expect(packed).toContain(name.slice("./".length));
  expect(packed.filter((name) => /\.(map|stamp|wat)$|debug|^src/.test(name))).toEqual([]);
  expect(packed.filter((name) => /^build\/web\/.*\.js$/.test(name)).sort()).toEqual([
    "build/web/cores.js",
    "build/web/platform.js",
    "build/web/rank-worker.js",
  ]);
});

test("every file that a packed module names by its address is packed", () => {
  const names = packed.filter((name) => name.endsWith(".js") && name !== "build/viewer/curves.js");
  let found = 0;
  for (const name of names) {
    const code = readFileSync(join(base, "app/node_modules/ello", name), "utf8");
    expect(code, name).not.toContain("sourceMappingURL");
    for (const [, relative] of code.matchAll(/new URL\("(\.[^"]*)", import\.meta\.url\)/g)) {
      const { pathname } = new URL(relative as string, `file:///${name}`);
      expect(packed, `${name} names ${relative}`).toContain(pathname.replace(/^\/|\/$/g, ""));
      found++;
    }
  }
  expect(found).toBeGreaterThan(5);
});

test("without the compilers an install builds nothing, and a build says what to do", async () => {
  const clone = makeFolder();
  for (const name of SOURCES) cpSync(join(ROOT, name), join(clone, name), { recursive: true });
  const prepared = await npm(clone, "run", "prepare");
  expect(prepared).toMatchObject({ code: 0, stderr: expect.stringContaining("not installed") });
  const built = await npm(clone, "run", "build");
  expect(built).toMatchObject({ code: 1, stderr: expect.stringContaining("run npm ci") });
});

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
