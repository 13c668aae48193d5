// The package: what is in it, what tools that look at packages say, and what Node and TypeScript make of it.

import { cpSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeFolder, run } from "../node/run.ts";
import { npm, type Packed, packInto, ROOT, SOURCES } from "./packed.ts";

/** Bytes of the tarball: 150,000 with what there was before sweeps, trackers and the queue of workers. */
const LARGEST = 175_000;

const PROGRAM = `
const model = await fit("she sells sea shells. ".repeat(30), { hiddenSize: 8, epochs: 1 });
const { likeliest } = await predict(model, "she sel", { count: 1 });
let text = "";
for await (const piece of sample(model, { length: 5, signal: AbortSignal.timeout(60_000) })) text += piece;
console.log(likeliest.length, text.length);
model.close();
`;
/** A user's program, strictly typed, without the types of Node or the DOM. */
const TYPED = `
import { type Dataset, fit, modelFrom, predict, saveCheckpoint, TextDataset, train } from "ello";
using model = await fit("abc abd ".repeat(50), { hiddenSize: 8, epochs: 1 });
const { likeliest } = await predict(model, "ab");
export const token: string | undefined = likeliest[0]?.token;
declare const data: TextDataset;
const validation: Dataset | undefined = undefined;
for (const { loss } of train(model, data, { validation, signal: undefined })) loss.toFixed(3);
await modelFrom(await saveCheckpoint(model), { vocabulary: ["a", "b"] });
// @ts-expect-error: there is no such setting
await fit("ab", { hiddenUnits: 3 });
`;

let packed: Packed;

beforeAll(async () => {
  packed = await packInto({ "package.json": `{ "type": "module" }`, "typed.ts": TYPED });
});
afterAll(() => packed.remove());

const node = (...words: string[]) => run(process.execPath, words, packed.app);

test("a fresh clone packs all that the package names, and nothing that nobody needs", () => {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const named = Object.values(exports).flatMap((one) =>
    Object.values(typeof one === "string" ? [one] : (one as Record<string, string>)),
  );
  const needed = ["./build/lib/cli.js", "./build/viewer/curves.js", "./build/lib/rank-worker.js"];
  for (const name of [...named, ...needed].filter((one) => !one.includes("*")))
    expect(packed.names).toContain(name.slice("./".length));
  expect(packed.names.filter((name) => /\.(map|stamp|wat)$|debug|^src/.test(name))).toEqual([]);
  const folders = packed.names.filter((name) => name.endsWith(".js")).map((name) => dirname(name));
  expect([...new Set(folders)].sort()).toEqual(["build/lib", "build/viewer"]);
  expect(statSync(packed.archive).size).toBeLessThan(LARGEST);
});

test("every file that a packed module names by its address is packed", () => {
  const names = packed.names.filter(
    (name) => name.endsWith(".js") && name !== "build/viewer/curves.js",
  );
  let found = 0;
  for (const name of names) {
    const code = readFileSync(join(packed.app, "node_modules/ello", name), "utf8");
    expect(code, name).not.toContain("sourceMappingURL");
    for (const [, relative] of code.matchAll(
      /new URL\(["`](\.[^"`$]*)["`], ?import\.meta\.url\)/g,
    )) {
      const { pathname } = new URL(relative as string, `file:///${name}`);
      expect(packed.names, `${name} names ${relative}`).toContain(pathname.replace(/^\/|\/$/g, ""));
      found++;
    }
  }
  expect(found).toBeGreaterThan(5);
});

test("the declarations are one file that needs no other, and declare what the library exports", async () => {
  const declarations = packed.names.filter((name) => name.endsWith(".d.ts"));
  expect(declarations.sort()).toEqual(["build/lib/ello.d.ts", "build/lib/rank-worker.d.ts"]);
  const own = join(packed.app, "node_modules/ello");
  const text = readFileSync(join(own, "build/lib/ello.d.ts"), "utf8");
  expect(text).not.toMatch(/\b(from|import) ?\(?"|@example/);
  const list = /^export \{ (.*) \};$/m.exec(text)?.[1]?.split(", ") ?? [];
  const values = list.filter((name) => !name.startsWith("type "));
  const library = await import(pathToFileURL(join(own, "build/lib/ello-node.js")).href);
  // Types exported without the word are not told from values here.
  expect(values).toEqual(expect.arrayContaining(Object.keys(library)));
  expect(new Set(list).size).toBe(list.length);
});

test("a library's user installs one package", () => {
  const own = readFileSync(join(packed.app, "node_modules/ello/package.json"), "utf8");
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(own);
  expect(dependencies).toBeUndefined();
  for (const name of Object.keys(peerDependencies)) {
    expect(peerDependenciesMeta[name], name).toEqual({ optional: true });
  }
});

test.each([
  ["modelFrom and sample", "modelFrom, sample", 34_000],
  ["everything", "*", 44_000],
])(
  "%s, bundled, minified and gzipped with the core: no larger than it was",
  async (_, names, most) => {
    const own = names === "*" ? "export * from 'ello'" : `export { ${names} } from 'ello'`;
    const entry = join(packed.app, `entry-${most}.js`);
    writeFileSync(entry, own);
    const bundle = await rolldown({
      input: entry,
      platform: "browser",
      treeshake: { moduleSideEffects: false },
    });
    const { output } = await bundle.generate({ format: "esm", minify: true });
    await bundle.close();
    const core = readFileSync(join(packed.app, "node_modules/ello/build/core/release.wasm"));
    // What is loaded at once: the reference, the plain TypeScript, only when it is asked for.
    const scripts = output.flatMap((one) =>
      one.type === "chunk" && !one.name.startsWith("reference") ? [Buffer.from(one.code)] : [],
    );
    const bytes = [core, ...scripts].reduce(
      (sum, file) => sum + gzipSync(file, { level: 9 }).length,
      0,
    );
    console.log(`${names}: ${bytes} bytes`);
    expect(bytes).toBeLessThan(most);
  },
);

test("publint and attw find nothing", async () => {
  const { messages } = await publint({
    pkgDir: join(packed.app, "node_modules/ello"),
    strict: true,
  });
  expect(messages).toEqual([]);
  const tarball = createPackageFromTarballData(readFileSync(packed.archive));
  const { problems = [] } = (await checkPackage(tarball)) as { problems?: any[] };
  // Of a package of modules alone: Node's require and every bundler take them, node10's resolution is over.
  const known = ({ kind, resolutionKind, resolutionOption }: any) =>
    kind === "CJSResolvesToESM" || [resolutionKind, resolutionOption].includes("node10");
  expect(problems.filter((problem) => !known(problem))).toEqual([]);
});

describe("Node", () => {
  test("imports it", async () => {
    const code = `import { fit, predict, sample } from "ello";${PROGRAM}`;
    expect(await node("--input-type=module", "--eval", code)).toEqual({
      ...{ code: 0, stdout: "1 5\n", stderr: "" },
    });
  });

  test("requires it", async () => {
    const code = `const { fit, predict, sample } = require("ello"); (async () => {${PROGRAM}})();`;
    expect(await node("--input-type=commonjs", "--no-warnings", "--eval", code)).toEqual({
      ...{ code: 0, stdout: "1 5\n", stderr: "" },
    });
  });

  test("finds the cores, the worker and the package's own file by name", async () => {
    for (const name of ["core/release.wasm", "core/f32-team.wasm", "worker", "package.json"]) {
      const code = `process.stdout.write(new URL(import.meta.resolve("ello/${name}")).pathname)`;
      const { stdout } = await node("--input-type=module", "--eval", code);
      expect(existsSync(stdout), stdout).toBe(true);
    }
  });
});

test.each([
  ["nodenext", "nodenext"],
  ["esnext", "bundler"],
])("TypeScript checks with it, module %s, resolution %s", async (module, resolution) => {
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
  const words = ["--noEmit", "--target", "es2022", "--lib", "es2022,esnext.disposable"];
  const how = ["--module", module, "--moduleResolution", resolution, "--types", ""];
  expect(await node(tsc, ...words, ...strict, ...how, "typed.ts")).toEqual({
    ...{ code: 0, stdout: "", stderr: "" },
  });
});

test("ello trains without the packages that pictures need, and says what they are", async () => {
  const cli = join(packed.app, "node_modules/ello/build/lib/cli.js");
  expect(readFileSync(cli, "utf8").startsWith("#!/usr/bin/env node\n")).toBe(true);
  const { code, stdout, stderr } = await node(cli, "train", "--epochs", "20");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(
    "Without curves.png and curves.html: expected the packages that draw, got none; npm install @napi-rs/canvas @fontsource/inter uplot\n",
  );
  expect(stdout).toContain("Wrote out/metrics.jsonl, out/training.safetensors, ");
  expect(existsSync(join(packed.app, "out/curves.png"))).toBe(false);
  const chart = await node(cli, "bench", "--chart", "x.png", "--seconds", "0.01");
  expect(chart).toMatchObject({ code: 1, stdout: "" });
  expect(chart.stderr).toMatch(
    /^Without --chart: expected the packages that draw, got none; npm install /,
  );
});

test("without the compilers an install builds nothing, and a build says what to do", async () => {
  const clone = makeFolder();
  for (const name of SOURCES) cpSync(join(ROOT, name), join(clone, name), { recursive: true });
  const prepared = await npm(clone, "run", "prepare");
  expect(prepared).toMatchObject({ code: 0, stderr: expect.stringContaining("not installed") });
  const built = await npm(clone, "run", "build");
  expect(built).toMatchObject({ code: 1, stderr: expect.stringContaining("run npm ci") });
});
