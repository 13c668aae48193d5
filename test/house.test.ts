// The house stays as docs/design.md has it: floors, imports, sizes, one list of offsets.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { VERSION } from "../src/index.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LONGEST_FILE = 300; // lines
const LONGEST_CORE_FILE = 250;

/** Source files below a folder, as paths from the root. */
function files(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|js|css)$/.test(name) && !/node_modules|^reference-f32/.test(name))
    .map((name) => join(folder, name));
}

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** What a file imports, relative paths resolved from the root. */
function importsOf(file: string): string[] {
  const pattern =
    /^\s*(?:import|export)\b[^"';]*?from\s*"([^"]+)"|import\s*\(?\s*"([^"]+)"|new URL\("(\.[^"]+)"/gm;
  return [...read(file).matchAll(pattern)].map(([, from, plain, url]) => {
    const name = (from ?? plain ?? url) as string;
    return name.startsWith(".") ? normalize(join(dirname(file), name)) : name;
  });
}

/** The folder of src a file is in; "index" for src/index.ts and its like. */
const floorOf = (file: string): string => /^src\/(\w+)\//.exec(file)?.[1] ?? "top";

// Which folders of src each folder may import from, beside itself: those below it. "top" is api.ts, index.ts
// (the API in Node) and version.ts.
const GROUND = ["outside", "settings"];
const MIDDLE = [...GROUND, "engine", "data"];
const ALL = [
  ...MIDDLE,
  ...[
    "model",
    "wasm",
    "reference",
    "train",
    "generate",
    "checkpoint",
    "receipt",
    "curves",
    "bench",
    "sweep",
    "trace",
    "tasks",
  ],
  "top",
];
const MAY_IMPORT: Record<string, string[]> = {
  outside: [],
  settings: ["outside"],
  engine: GROUND,
  data: GROUND,
  wasm: [...GROUND, "engine"],
  reference: [...GROUND, "engine"],
  model: MIDDLE,
  train: [...MIDDLE, "model"],
  generate: [...MIDDLE, "model"],
  checkpoint: [...MIDDLE, "model", "top"],
  receipt: [...MIDDLE, "model", "train", "checkpoint", "top"],
  curves: [...MIDDLE, "model", "train"],
  bench: [...GROUND, "engine", "wasm"],
  sweep: [...GROUND, "reference"], // the generator
  trace: [...GROUND, "engine", "top"], // the reference of a precision
  tasks: [...GROUND, "reference"],
  library: ALL,
  top: [...ALL, "library", "node"],
  node: [...ALL, "library"],
  web: [...ALL, "library"],
};

const sources = files("src");

describe("imports", () => {
  test.each(sources)("%s stays on its floor", (file) => {
    const floor = floorOf(file);
    for (const name of importsOf(file)) {
      if (name.startsWith("src/")) {
        const other = floorOf(name);
        if (other !== floor) expect(MAY_IMPORT[floor], `${file} imports ${name}`).toContain(other);
        // The version is the one thing above that a lower floor may know.
        if (["checkpoint", "receipt"].includes(floor) && other === "top")
          expect(name).toBe("src/version.ts");
        if (floor === "top" && other === "node") expect(file).toBe("src/index.ts");
      } else if (name.startsWith("node:")) {
        expect(floor, `${file} imports ${name}`).toBe("node");
      } else if (name === "@assemblyscript/loader") {
        expect(file).toBe("src/wasm/instantiate.ts");
      }
    }
  });

  test("are found by this test", () => {
    expect(importsOf("src/wasm/instantiate.ts")).toContain("@assemblyscript/loader");
    expect(importsOf("src/node/platform.ts")).toContain("node:fs/promises");
    expect(importsOf("src/web/training/session.ts")).toContain("src/web/training/worker.ts");
    expect(importsOf("src/train/trainer.ts")).toContain("src/model/record.ts");
  });

  test("only node/ and web/ touch the page or the process", () => {
    const below = sources.filter((file) => !["node", "web"].includes(floorOf(file)));
    for (const file of below) {
      const code = read(file).replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, "");
      expect(code, file).not.toMatch(/\b(document|window|process|navigator|self)\s*[.[]/);
    }
  });

  test("have no cycles", () => {
    const done = new Set<string>();
    const visit = (file: string, path: string[]): void => {
      expect(path, `cycle at ${file}`).not.toContain(file);
      if (done.has(file)) return;
      for (const name of importsOf(file)) {
        if (sources.includes(name) && !name.endsWith("worker.ts")) visit(name, [...path, file]);
      }
      done.add(file);
    };
    for (const file of sources) visit(file, []);
  });
});

/** What src/api.ts exports: names, files, and the docstrings above them. */
function publicNames(): { name: string; file: string; docstring: string }[] {
  const lists = read("src/api.ts").matchAll(/^export (?:type )?\{([^}]*)\} from "\.\/([^"]+)"/gm);
  return [...lists].flatMap(([, list = "", path = ""]) => {
    const names = list.split(",").map((name) => name.replace("type ", "").trim());
    return names
      .filter((name) => name !== "")
      .map((name) => {
        const file = `src/${path}`;
        const kinds = "(?:async )?(?:function\\*?|class|interface|type|const)";
        const own = new RegExp(
          `(?:/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\n)export ${kinds} ${name}\\b`,
        );
        const declaring = [file, ...importsOf(file)].filter((one) => sources.includes(one));
        const [text = ""] = declaring.flatMap((one) => own.exec(read(one))?.[1] ?? []);
        return {
          name,
          file,
          docstring: text.replaceAll(/\n \*/g, " ").replaceAll(/\s+/g, " ").trim(),
        };
      });
  });
}

test("all that is public says what it is, and the reference has it", () => {
  const all = publicNames();
  expect(all.length).toBeGreaterThan(80);
  const reference = read("docs/api.md").replaceAll("\\", "").replaceAll(/\s+/g, " ");
  for (const { name, file, docstring } of all) {
    expect(docstring, `${name} of ${file}`).toMatch(/\w{2}/);
    expect(reference, `${name}: npm run docs`).toMatch(new RegExp(` ### ${name}(\\(\\))? `));
    const [about = ""] = docstring.split("@");
    expect(reference, `${name}: npm run docs`).toContain(about.trim());
  }
});

test("nothing that decides a weight asks Math.random, the clock or the locale", () => {
  const deciding = sources.filter((file) =>
    ["settings", "engine", "model", "data", "tasks", "wasm", "reference", "checkpoint"].includes(
      floorOf(file),
    ),
  );
  const pace = "src/wasm/pace.ts"; // how many threads take part decides no bit
  for (const file of [...deciding.filter((one) => one !== pace), ...files("assembly")]) {
    expect(read(file), file).not.toMatch(/Math\.random\(|Date\.|performance\.|toLocale|Intl\./);
    expect(read(file), file).not.toMatch(/Math\.(exp|log|tanh|pow|sin|cos)\(/);
  }
});

test(`no file is over ${LONGEST_FILE} lines, none of the core over ${LONGEST_CORE_FILE}`, () => {
  for (const file of files("assembly")) {
    expect(read(file).split("\n").length, file).toBeLessThanOrEqual(LONGEST_CORE_FILE + 1);
  }
  for (const file of [...sources, ...files("assembly"), ...files("test")]) {
    expect(read(file).split("\n").length, file).toBeLessThanOrEqual(LONGEST_FILE + 1);
  }
});

test("every source file says its job in its first line", () => {
  for (const file of [...sources, ...files("assembly"), ...files("test")]) {
    expect(read(file).replace(/^#!.*\n/, ""), file).toMatch(/^(\/\/|\/\*) \S.{15}/);
  }
});

test("style sheets take their type and their space from the scales of page.css", () => {
  const own = /^\s+(font-size|gap|padding[\w-]*|margin[\w-]*):[^;]*\d(rem|px)/;
  const allowed = /font-size: [\d.]+px|: -?[123]px;|: [123]px [123]px;/; // of drawings and paper, and of hairs
  const found = files("src/web/styles").flatMap((file) =>
    read(file)
      .split("\n")
      .filter((line) => own.test(line) && !allowed.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});

test("in assembly/ only the places of dimensions, addresses, memory and guards load, store and keep state", () => {
  const names = ["dimensions", "layout", "allocate", "activations", "memory", "guards"];
  const allowed = names.map((name) => `assembly/${name}.ts`);
  for (const file of files("assembly").filter((name) => !allowed.includes(name))) {
    const code = read(file).replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, "");
    expect(code, file).not.toMatch(/(?<!atomic\.)\b(load|store)</);
    expect(code, file).not.toMatch(
      /\b(parameters|gradients|hidden|state|inputs|targets|generator) *\+/,
    );
    expect(code, file).not.toMatch(/^(export )?let /m);
  }
});

test("the version is that of package.json, and both compiler and loader are pinned alike", () => {
  const { version, devDependencies } = JSON.parse(read("package.json"));
  expect(VERSION).toBe(version);
  for (const range of Object.values<string>(devDependencies)) {
    expect(range).toMatch(/^\d+\.\d+\.\d+$/);
  }
  expect(devDependencies.assemblyscript).toBe(devDependencies["@assemblyscript/loader"]);
});
