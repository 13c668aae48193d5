// Puts each fault of faults.js in, one at a time, builds what it changes, and runs what should find it: the golden
// runs, then the tests; for a fault in core and reference at once only tests against numbers of others. Prints what
// found each, and ends with 1 if one was not found.
//
//   npm run mutants [-- PATTERN]      half an hour on two cores

import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BOTH, CORE, REFERENCE } from "./faults.js";

/** @typedef {import("./faults.js").Fault} Fault */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COPIED = [
  "assembly",
  "src",
  "test/golden",
  "test/mutants",
  "test/assembly",
  "test/wasm",
  "test/train",
];
const ALSO = [
  "test/generate",
  "test/engine",
  "test/fixtures",
  "test/checkpoint",
  "test/node",
  "test/support.ts",
];
const FILES = [
  "package.json",
  "asconfig.json",
  "tsconfig.json",
  "vite.config.ts",
  "index.html",
  "package-lock.json",
];
const LONGEST = 300_000; // ms; what hangs is found too
const QUICK = ["--optimizeLevel", "1", "--disableWarning"];
/** Tests whose numbers are others': PyTorch's, the script's, differences, decimal digits, published vectors. */
const INDEPENDENT = [
  "test/train",
  "test/assembly/elementary.test.ts",
  "test/assembly/random.test.ts",
  "test/generate",
];

const pattern = new RegExp(process.argv[2] ?? "");
const faults = [
  ...CORE.map((fault) => ({ fault, find: findInCore })),
  ...REFERENCE.map((fault) => ({ fault, find: findInReference })),
  ...BOTH.map((fault) => ({ fault, find: findInBoth })),
].filter(({ fault }) => pattern.test(fault.name));

/** A folder to spoil, with a build of its own. */
function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), "ello-mutants-"));
  for (const name of [
    ...COPIED,
    ...ALSO,
    ...FILES,
    "build",
    "test/browser",
    "test/tsconfig.json",
    "test/count-reporter.ts",
  ])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter: isOurs });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** @param {string} path */
const isOurs = (path) => !/[/\\](node_modules|stryker-tmp)$/.test(path);

/** @param {string} folder @param {string[]} words @returns {Promise<{ code: number | null, text: string }>} */
function node(folder, ...words) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, words, {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LONGEST,
      killSignal: "SIGKILL",
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (text += data));
    child.on("close", (code) => resolve({ code, text }));
  });
}

/** Compiles cores as quickly as can be. @param {string} folder @param {string[]} builds @returns {Promise<undefined>} */
async function compile(folder, ...builds) {
  for (const build of builds) {
    const [target, real] = build.startsWith("f32-") ? [build.slice(4), "f32"] : [build, "f64"];
    const files = [
      "--outFile",
      `build/core/${build}.wasm`,
      "--textFile",
      `build/core/${build}.wat`,
    ];
    const words = ["--target", target, "--use", `real=${real}`, ...files, ...QUICK];
    const { code, text } = await node(folder, "node_modules/assemblyscript/bin/asc.js", ...words);
    if (code !== 0) throw new Error(`the compiler: ${text.trim().split("\n")[0]}`);
  }
  return undefined;
}

/** @param {string} folder @param {Record<string, unknown>} own */
async function quick(folder, own) {
  const { code, text } = await node(folder, "test/mutants/quick.js", JSON.stringify(own));
  if (code === 0) return undefined;
  return code === null
    ? "a hang"
    : (text
        .trim()
        .split("\n")
        .find((line) => /golden|Error|unreachable/.test(line)) ?? "an error");
}

/** The first test of some that fails. @param {string} folder @param {string[]} tests */
async function vitest(folder, ...tests) {
  const { code, text } = await node(
    folder,
    "node_modules/vitest/vitest.mjs",
    "run",
    "--bail",
    "1",
    ...tests,
  );
  if (code === 0) return undefined;
  const plain = text.replaceAll(/\x1b\[[\d;]*m/g, "");
  return (
    /FAIL +(.*)/.exec(plain)?.[1] ?? (code === null ? "a hang" : `vitest: ${plain.slice(-200)}`)
  );
}

/** @param {string} folder */
async function findInCore(folder) {
  return (
    (await compile(folder, "release")) ??
    (await quick(folder, { precision: "f64" })) ??
    (await compile(folder, "team")) ??
    (await quick(folder, { precision: "f64", threads: 3 })) ??
    (await compile(folder, "f32-release", "f32-team", "debug", "f32-debug")) ??
    (await vitest(folder, "test/assembly", "test/wasm", "test/train", "test/generate"))
  );
}

/** @param {string} folder */
async function findInReference(folder) {
  const built = await node(folder, "src/node/build.js", "reference", "host");
  if (built.code !== 0) throw new Error(built.text);
  return (
    (await quick(folder, { engine: "reference" })) ??
    (await vitest(folder, "test/assembly", "test/train", "test/generate"))
  );
}

/** @param {string} folder */
async function findInBoth(folder) {
  const built = await node(folder, "src/node/build.js", "reference");
  if (built.code !== 0) throw new Error(built.text);
  return (
    (await compile(folder, "release", "f32-release", "debug", "team")) ??
    (await vitest(folder, ...INDEPENDENT))
  );
}

/** @param {string} folder @param {Fault} fault @param {boolean} isBack */
function edit(folder, { edits }, isBack) {
  for (const { file, from, to } of edits) {
    const source = readFileSync(join(ROOT, file), "utf8");
    if (!source.includes(from)) throw new Error(`faults.js: expected ${from} in ${file}, got none`);
    writeFileSync(join(folder, file), isBack ? source : source.replace(from, () => to));
  }
}

let left = faults.length;
/** @type {string[]} */
const missed = [];
const waiting = [...faults];
{
  const folder = makeFolder();
  const found = (await findInCore(folder)) ?? (await vitest(folder, ...INDEPENDENT));
  if (found !== undefined)
    throw new Error(`without a fault: expected nothing to be found, got ${found}`);
  rmSync(folder, { recursive: true });
}
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    const folder = makeFolder();
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { fault, find } = next;
      edit(folder, fault, false);
      const found = await find(folder);
      edit(folder, fault, true);
      for (const name of [
        "build/core",
        "build/reference",
        "build/reference-f32",
        "src/reference-f32",
      ])
        cpSync(join(ROOT, name), join(folder, name), { recursive: true });
      if (find === findInReference)
        cpSync(join(ROOT, "build"), join(folder, "build"), { recursive: true, filter: isOurs });
      if (found === undefined) missed.push(fault.name);
      console.log(
        `${--left} left. ${found === undefined ? "NOT FOUND" : "found"}: ${fault.name.replaceAll(/\s+/g, " ").slice(0, 150)}${found ? ` [${found}]` : ""}`,
      );
    }
    rmSync(folder, { recursive: true });
  }),
);
console.log(`${faults.length - missed.length} of ${faults.length} faults found`);
for (const name of missed) console.log(`not found: ${name}`);
process.exitCode = missed.length > 0 ? 1 : 0;
