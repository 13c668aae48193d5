// Builds what is stale: `node src/node/build.js core host viewer site`. Plain JavaScript, since it
// runs before anything is compiled. A target is stale when the hash of its sources has changed.
// Where the compilers are not installed, `--install` has npm do it, and `--if-able` builds nothing.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, normalize, relative } from "node:path";
import { BuildError, compileCore, ROOT } from "./build-core.js";
import { makeReference, REFERENCE_FILES } from "./build-reference.js";

const require = createRequire(import.meta.url);

/**
 * A target: the files and folders it is made of, the files it makes, and how.
 * @typedef {{ sources: string[], outputs: string[], make: () => Promise<void> }} Target
 */

// Targets of asconfig.json, each in f64 and f32.
const KINDS = ["release", "team", "fast", "fast-team", "debug"];
const CORES = KINDS.flatMap((kind) => [kind, `f32-${kind}`]);

/** @type {Record<string, Target>} */
const TARGETS = {
  core: {
    sources: ["assembly", "asconfig.json", "package-lock.json"],
    outputs: CORES.map((target) => `build/core/${target}.wasm`),
    make: async () => {
      for (const target of CORES) await compileCore(target);
    },
  },
  reference: {
    sources: ["src/reference", "src/node/build-reference.js", "package-lock.json"],
    outputs: REFERENCE_FILES,
    make: makeReference,
  },
  host: {
    sources: ["src", "tsconfig.json", "package.json", "package-lock.json"],
    outputs: ["build/index.js", "build/lib/ello.d.ts", "build/lib/ello.js", "build/lib/cli.js"],
    make: async () => {
      compileHost();
      await bundleLibrary();
      declareLibrary();
    },
  },
  viewer: {
    sources: ["src/curves", "src/web", "vite.config.ts", "package-lock.json"],
    outputs: ["build/viewer/curves.js", "build/viewer/curves.css"],
    make: () => bundle({ mode: "viewer" }),
  },
  site: {
    sources: ["assembly", "src", "index.html", "README.md", "vite.config.ts", "package-lock.json"],
    outputs: ["dist/index.html"],
    make: () => bundle({}),
  },
};

function compileHost() {
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const words = [tsc, "-p", ROOT, "--listEmittedFiles"];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
  if (status !== 0) throw new BuildError(`${stdout}${stderr}`);
  // What was made from sources that are no more would be packed.
  const made = new Set(stdout.match(/(?<=^TSFILE: ).+$/gm)?.map((path) => normalize(path)));
  const isOurs = (/** @type {string} */ file) =>
    /\.(js|d\.ts|map)$/.test(file) && !/^build.(core|viewer|lib)\b/.test(file);
  for (const file of made.size > 0 ? filesOf("build").filter(isOurs) : []) {
    if (!made.has(join(ROOT, file))) rmSync(join(ROOT, file));
  }
}

/**
 * What is installed and run: the library, what it needs of Node and of a page, the workers of ranks, and the
 * command line, which share their pieces. Two folders below the root like src/node and src/web, so that an
 * address means the same from all of them.
 */
async function bundleLibrary() {
  const { rolldown } = await import("rolldown");
  const dir = join(ROOT, "build/lib");
  const bundle = await rolldown({
    cwd: ROOT,
    platform: "node",
    external: [/^node:/, "@napi-rs/canvas", "uplot", "bullmq", "ioredis"],
    input: {
      ello: "src/web/index.ts",
      "ello-node": "src/index.ts",
      "rank-worker": "src/web/rank-worker.ts",
      "rank-worker-node": "src/node/rank-worker.ts",
      cli: "src/node/cli.ts",
    },
  });
  rmSync(dir, { recursive: true, force: true });
  const banner = (/** @type {{ moduleIds: string[] }} */ { moduleIds }) =>
    moduleIds.some((id) => id.includes("@assemblyscript/loader"))
      ? "/*! With @assemblyscript/loader, Apache-2.0, https://assemblyscript.org */"
      : "";
  await bundle.write({ dir, format: "esm", minify: true, chunkFileNames: "[name].js", banner });
  await bundle.close();
}

/** The declarations of the API as one file, without the examples, which the reference has. */
function declareLibrary() {
  /** @type {string[]} */
  const texts = [];
  const done = new Set();
  const add = (/** @type {string} */ name) => {
    if (done.has(name)) return;
    done.add(name);
    const text = readFileSync(join(ROOT, "build", name), "utf8");
    for (const [, path = ""] of text.matchAll(/(?:from|import) "(\.[^"]+)"/g)) {
      add(join(dirname(name), path.replace(/\.ts$/, ".d.ts")));
    }
    texts.push(
      text
        .replaceAll(
          /^import "[^"]+";\n|^(?:import|export)\b[^;"]*\bfrom "[^"]+";\n|^export (?:type )?\{[^}]*\};\n|^\/\/\/ .*\n/gm,
          "",
        )
        .replaceAll(/^export (?=declare|interface|type|abstract)/gm, "")
        .replaceAll(/\n *\* @example[\s\S]*?(?=\n *\*(?:\/| @))/g, ""),
    );
  };
  add("api.d.ts");
  const all = texts.join("");
  const pattern = /(?<=^(?:declare )?(?:abstract )?(?:class|interface|type|const|function) )\w+/gm;
  const names = Array.from(all.matchAll(pattern), ([name]) => name);
  const twice = names.find(
    (name, i) => names.indexOf(name) !== i && !all.includes(`function ${name}`),
  );
  if (twice) throw new BuildError(`types: expected names of their own, got ${twice} in two files`);
  const api = readFileSync(join(ROOT, "build/api.d.ts"), "utf8");
  const lists = [...api.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(
    ([, type = "", list = ""]) =>
      list
        .split(",")
        .map((name) => type + name.trim())
        .filter((name) => name.trim() !== type.trim()),
  );
  const head = '/// <reference lib="esnext.disposable" preserve="true" />\n';
  writeFileSync(join(ROOT, "build/lib/rank-worker.d.ts"), "export {};\n");
  const reached = reachable(
    all,
    names,
    lists.map((name) => name.replace(/^type /, "")),
  );
  writeFileSync(
    join(ROOT, "build/lib/ello.d.ts"),
    `${head}${reached}export { ${lists.join(", ")} };\n`,
  );
}

/**
 * Of declarations those that these exports lead to, and what has no name.
 * @param {string} all @param {readonly string[]} names of all @param {readonly string[]} exports
 */
function reachable(all, names, exports) {
  const own = /^(?:declare )?(?:abstract )?(?:class|interface|type|const|function) (\w+)/m;
  const parts = all.split(/^(?<!\*\/\n)(?=\/\*\*|declare |interface |type |abstract )/m);
  const known = new Set(names);
  /** @type {Map<string, Set<string>>} */
  const leads = new Map();
  for (const part of parts) {
    const words = part.replaceAll(/\/\*\*[\s\S]*?\*\//g, "").match(/\w+/g) ?? [];
    const name = own.exec(part)?.[1] ?? "";
    const to = leads.get(name) ?? new Set();
    for (const word of words) if (known.has(word)) to.add(word);
    leads.set(name, to);
  }
  const found = new Set(["", ...exports]); // grows while it is gone over
  for (const name of found) for (const next of leads.get(name) ?? []) found.add(next);
  return parts.filter((part) => found.has(own.exec(part)?.[1] ?? "")).join("");
}

/** Whether the compilers are installed. */
function isAble() {
  try {
    for (const name of ["assemblyscript/asc", "typescript/package.json", "vite"]) {
      import.meta.resolve(name);
    }
    return true;
  } catch {
    return false;
  }
}

/** Installs the compilers, whatever the npm that runs this was told (to pretend, to leave them out). */
function install() {
  process.stderr.write("installing what the build needs\n");
  const words = [
    "ci",
    "--no-dry-run",
    "--include=dev",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
  ];
  const shell = process.platform === "win32";
  const { status } = spawnSync("npm", words, { cwd: ROOT, stdio: ["ignore", 2, 2], shell });
  if (status !== 0)
    throw new BuildError("build: expected npm ci to install the compilers, it failed");
}

/** @param {{ mode?: string }} options */
async function bundle(options) {
  const { build } = await import("vite");
  await build({ root: ROOT, logLevel: "warn", ...options });
}

/** @param {string} path @returns {string[]} the files below a path, sorted */
function filesOf(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  const entries = readdirSync(full, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

/** @param {Target} target */
function hashOf({ sources }) {
  const hash = createHash("sha256");
  for (const source of sources) {
    const files = /\.\w+$/.test(source) ? [source] : filesOf(source);
    for (const file of files)
      hash
        .update(file)
        .update("\0")
        .update(readFileSync(join(ROOT, file)));
  }
  return hash.digest("hex");
}

/**
 * Builds the named targets whose sources have changed since they were last built.
 * @param {string[]} names
 */
async function buildStale(names) {
  for (const name of names) {
    const target = TARGETS[name];
    if (!target) throw new BuildError(`build: expected ${Object.keys(TARGETS)}, got ${name}`);
    const stamp = join(ROOT, `build/${name}.stamp`);
    const hash = hashOf(target);
    const fresh =
      existsSync(stamp) &&
      readFileSync(stamp, "utf8") === hash &&
      target.outputs.every((output) => existsSync(join(ROOT, output)));
    if (fresh) continue;
    process.stderr.write(`building ${name}\n`);
    mkdirSync(dirname(stamp), { recursive: true });
    rmSync(stamp, { force: true });
    await target.make();
    const missing = target.outputs.find((output) => !existsSync(join(ROOT, output)));
    if (missing) throw new BuildError(`build: expected ${name} to make ${missing}, got none`);
    // What changed while it was made may be in it or not.
    if (hashOf(target) === hash) writeFileSync(stamp, hash);
  }
}

/** @param {string[]} words of the command line */
async function main(words) {
  const names = words.filter((word) => !word.startsWith("--"));
  if (!isAble()) {
    if (words.includes("--if-able")) {
      process.stderr.write("not building: the development dependencies are not installed\n");
      return;
    }
    if (!words.includes("--install")) {
      throw new BuildError("build: expected the development dependencies, got none; run npm ci");
    }
    install();
  }
  await buildStale(["reference", ...names]); // which host and site are made of
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error instanceof BuildError ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
