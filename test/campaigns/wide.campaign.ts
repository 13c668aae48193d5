// One SHA-256 from every Node, with 256-bit vectors and without, with any number of threads; and the check
// that guards them at work. Fetches Nodes from npm.

import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { CLI, makeFolder, receiptOf, run } from "../node/run.ts";
import { folderWithText } from "../node/sea.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const NODES = ["20", "22", "24", "25"];
const RUNS = [
  ["--cell", "rnn", "--hidden-size", "70"],
  ["--cell", "gru", "--hidden-size", "36", "--layers", "2", "--dropout", "0.2"],
  ["--cell", "lstm", "--hidden-size", "44", "--optimizer", "adamw"],
];
const EQUALITY = ["test/assembly", "test/wasm/team.test.ts", "test/train/cells.test.ts"];

const onNode = (version: string, flags: readonly string[], cwd: string) =>
  run("npx", ["-y", "-p", `node@${version}`, "node", ...flags], cwd);

const ALL = ["f64", "f32"].flatMap((precision) =>
  RUNS.map((settings) => ["--precision", precision, ...settings]),
);

test.each(ALL)(
  "one SHA-256: %s %s %s %s",
  async (...settings) => {
    const cwd = folderWithText();
    const hashes = new Map<string, string>();
    for (const node of NODES) {
      for (const tier of ["--no-liftoff", "--liftoff-only", "--liftoff"]) {
        for (const threads of ["1", "2", "3", "4"]) {
          for (const wide of Number(node) >= 24 && tier === "--liftoff" ? [[], ["--wide"]] : [[]]) {
            const out = ["--out-dir", "out", "--quiet", "--threads", threads, ...wide];
            const batch = ["--batch-size", "33", "--seq-length", "9", "--epochs", "3"];
            const command = [tier, CLI, "train", "sea.txt", ...settings, ...batch, ...out];
            const { code, stderr } = await onNode(node, command, cwd);
            expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
            const { parametersSha256, vectorBits } = receiptOf(join(cwd, "out"));
            expect(vectorBits).toBe(wide.length > 0 ? 256 : 128);
            hashes.set([node, tier, threads, ...wide].join(" "), parametersSha256.final);
          }
        }
      }
    }
    console.log(`${hashes.size} runs: ${[...new Set(hashes.values())].join(", ")}`);
    expect(new Set(hashes.values()).size).toBe(1);
  },
  3_600_000,
);

test.each(["24", "25"])(
  "the engines' promises on Node %s under the flag",
  async (version) => {
    const flags = ["--experimental-wasm-revectorize", "--no-liftoff"];
    const vitest = [
      "node_modules/vitest/vitest.mjs",
      "run",
      ...flags.map((flag) => `--execArgv=${flag}`),
    ];
    const { code, stdout } = await onNode(version, [...vitest, ...EQUALITY], ROOT);
    console.log(stdout.trimEnd().split("\n").at(-1));
    expect({ code, stdout: code === 0 ? "" : stdout }).toEqual({ code: 0, stdout: "" });
  },
  3_600_000,
);

test("a negation put back four lanes wide is found on Node 24", async () => {
  const folder = makeFolder();
  cpSync(join(ROOT, "assembly"), join(folder, "assembly"), { recursive: true });
  cpSync(join(ROOT, "asconfig.json"), join(folder, "asconfig.json"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "build/core"), { recursive: true });
  const file = join(folder, "assembly/elementary/double.ts");
  const source = readFileSync(file, "utf8");
  const negated = source.replace(
    "const e = f64x2.abs(signed);\n    const two",
    "const e = f64x2.pmax(signed, f64x2.neg(signed));\n    const two",
  );
  expect(negated).not.toBe(source);
  writeFileSync(file, negated);
  for (const target of ["release", "team"]) {
    const { code, stderr } = await run(
      process.execPath,
      [
        join(ROOT, "node_modules/assemblyscript/bin/asc.js"),
        "--target",
        target,
        "--use",
        "real=f64",
      ],
      folder,
    );
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  }
  const script = join(folder, "check.mjs");
  writeFileSync(
    script,
    `import { readFileSync } from "node:fs";
    import { checksOf, findDifference } from ${JSON.stringify(pathToFileURL(join(ROOT, "build/node/self-check.js")))};
    import { makeWideCores } from ${JSON.stringify(pathToFileURL(join(ROOT, "build/node/wide.js")))};
    const fileOf = (build) => new URL("build/core/" + build + ".wasm", import.meta.url);
    const plain = new WebAssembly.Module(readFileSync(fileOf("release")));
    console.log(await findDifference(plain, "release", checksOf("f64")));
    console.log(await makeWideCores("f64", checksOf("f64"), fileOf));`,
  );
  const { stdout } = await onNode("24", [script], folder);
  expect(stdout).toMatch(
    /^undefined\nexpected the bits of 128-bit vectors .*, got others for .*\n$/,
  );
}, 600_000);
