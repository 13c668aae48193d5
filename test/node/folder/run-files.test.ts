// The folder of a run: an older run moves aside, logs go on behind their own lines, nothing is followed.

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { RunError } from "../../../src/node/errors.ts";
import { holdFolder, RunFiles } from "../../../src/node/folder/run-files.ts";
import { makeFolder } from "../run.ts";

const read = (folder: string, name: string) => readFileSync(join(folder, name), "utf8");

/** A run's files, given up with the test. */
function begin(...values: ConstructorParameters<typeof RunFiles>): RunFiles {
  const files = new RunFiles(...values);
  onTestFinished(() => files.close());
  return files;
}

/** A folder with a run whose files hold its name. */
function aRun(folder: string, name: string): void {
  const files = new RunFiles(folder);
  files.addMetrics(name);
  files.save({ "model.safetensors": name, "receipt.json": name });
  files.close();
}

describe("a save", () => {
  test("puts all files and logs in place; what another save had goes", () => {
    const folder = join(makeFolder(), "deep/er");
    const files = begin(folder);
    files.addMetrics("1", "2");
    files.addSample("text");
    const first = files.save({ "receipt.json": "new", "best.safetensors": Uint8Array.of(65, 66) });
    const names = ["metrics.jsonl", "samples.txt", "best.safetensors", "receipt.json"];
    expect(first).toEqual(names.map((name) => join(folder, name)));
    expect(names.map((name) => read(folder, name))).toEqual(["1\n2\n", "text", "AB", "new"]);
    files.addMetrics("3");
    files.save({ "model.safetensors": "C" }, ["receipt.json"]);
    files.close();
    expect(readdirSync(folder).sort()).toEqual(
      ["metrics.jsonl", "model.safetensors", "receipt.json", "samples.txt"].sort(),
    );
    expect(read(folder, "metrics.jsonl")).toBe("1\n2\n3\n");
  });

  test("of which a file cannot be written leaves the save before, and says so", () => {
    const folder = makeFolder();
    const files = begin(folder);
    files.addMetrics("1");
    const broken = { "model.safetensors": "new", "receipt.json": null as never };
    expect(() => files.save(broken)).toThrow(/; nothing of this run was saved; /);
    files.save({ "model.safetensors": "old", "receipt.json": "old" });
    expect(() => files.save(broken)).toThrow(/; the files there are those of the save before; /);
    files.close();
    expect(readdirSync(folder).sort()).toEqual(
      ["metrics.jsonl", "model.safetensors", "receipt.json"].sort(),
    );
    expect(read(folder, "model.safetensors")).toBe("old");
  });

  test("finds a folder in a file's place before any file is replaced", () => {
    const folder = makeFolder();
    aRun(folder, "old");
    mkdirSync(join(folder, "curves.png"));
    const files = begin(folder, holdFolder(folder));
    const put = () => files.save({ "model.safetensors": "new", "curves.png": "new" });
    expect(put).toThrow(/got EISDIR: curves.png is a folder for /);
    expect(read(folder, "model.safetensors")).toBe("old");
  });

  test("makes a folder that was deleted again, with whole logs", () => {
    const folder = join(makeFolder(), "out");
    const files = begin(folder);
    files.addMetrics("1");
    files.save({ "model.safetensors": "1" });
    rmSync(folder, { recursive: true });
    files.addMetrics("2");
    files.save({ "model.safetensors": "2" });
    files.close();
    expect(readdirSync(folder).sort()).toEqual(["metrics.jsonl", "model.safetensors"]);
    expect(read(folder, "metrics.jsonl")).toBe("1\n2\n");
  });

  test("goes into a folder of its own where the run's was renamed and another took its name", () => {
    const base = makeFolder();
    const folder = join(base, "out");
    const files = begin(folder);
    files.addMetrics("1");
    files.save({ "model.safetensors": "1" });
    renameSync(folder, join(base, "kept"));
    mkdirSync(folder);
    writeFileSync(join(folder, "model.safetensors"), "another's");
    files.addMetrics("2");
    files.save({ "model.safetensors": "2" });
    files.close();
    expect(read(base, "kept/model.safetensors")).toBe("1");
    expect(read(base, "out-1/model.safetensors")).toBe("another's");
    expect(read(folder, "model.safetensors")).toBe("2");
    expect(read(folder, "metrics.jsonl")).toBe("1\n2\n");
  });
});

describe("a new run", () => {
  test("moves the one that is there aside, as often as it is begun", () => {
    const base = makeFolder();
    const folder = join(base, "out");
    for (const name of ["first", "second", "third"]) aRun(folder, name);
    expect(readdirSync(base).sort()).toEqual(["out", "out-1", "out-2"]);
    for (const [name, of] of [
      ["out-1", "first"],
      ["out-2", "second"],
      ["out", "third"],
    ] as const) {
      expect(readdirSync(join(base, name)).sort()).toEqual(
        ["metrics.jsonl", "model.safetensors", "receipt.json"].sort(),
      );
      expect(read(base, `${name}/model.safetensors`)).toBe(of);
    }
    expect(begin(`${folder}/`).notes).toEqual([
      `The run that was here is now in ${join(base, "out-3")}.`,
    ]);
  });

  test("takes no number that another folder has, nor a lower one", () => {
    const base = makeFolder();
    for (const name of ["out-7", "out-x", "out-1e3"]) mkdirSync(join(base, name));
    for (const name of ["first", "second"]) aRun(join(base, "out"), name);
    expect(read(base, "out-8/model.safetensors")).toBe("first");
  });

  test("moves what a killed one had begun aside too", () => {
    const base = makeFolder();
    mkdirSync(join(base, "out"));
    writeFileSync(join(base, "out/metrics.jsonl"), "begun");
    writeFileSync(join(base, "out/.model.safetensors.partial"), "a part");
    aRun(join(base, "out"), "new");
    expect(readdirSync(join(base, "out-1"))).toEqual(["metrics.jsonl"]);
  });

  test("begins in a folder without a run, and touches nothing there", () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "notes.md"), "mine");
    mkdirSync(join(folder, "texts"));
    aRun(folder, "new");
    expect(read(folder, "notes.md")).toBe("mine");
    expect(read(folder, "model.safetensors")).toBe("new");
  });

  test.each(["notes.md", "texts"])("is refused where a run stands beside %s", (name) => {
    const folder = makeFolder();
    aRun(folder, "old");
    mkdirSync(join(folder, name));
    expect(() => new RunFiles(folder)).toThrow(
      new RegExp(
        `^--out-dir: expected a folder for this run alone.*got one with a run and with "${name}": `,
      ),
    );
    expect(readdirSync(folder)).not.toContain(".lock");
    expect(read(folder, "model.safetensors")).toBe("old");
  });

  test("is refused in the folder where it was called", () => {
    const folder = makeFolder();
    aRun(folder, "old");
    const before = process.cwd();
    process.chdir(folder);
    onTestFinished(() => process.chdir(before));
    expect(() => new RunFiles(".")).toThrow(/got the current one: /);
    expect(read(folder, "model.safetensors")).toBe("old");
  });

  test("that is given up leaves nothing, not even its folder", () => {
    const base = makeFolder();
    const files = new RunFiles(join(base, "out"));
    files.addMetrics("1");
    expect(readdirSync(join(base, "out")).sort()).toEqual([".lock", "metrics.jsonl"]);
    files.close();
    expect(readdirSync(base)).toEqual([]);
  });
});

describe("a run that goes on", () => {
  /** A folder with a stopped run, and what its state would say of its logs. */
  function stopped() {
    const folder = join(makeFolder(), "out");
    const files = new RunFiles(folder);
    files.addMetrics("1", "2");
    files.addSample("a");
    const { marks } = files;
    files.save({ "model.safetensors": "old" });
    files.addMetrics("3"); // of steps that it takes again
    files.save({ "model.safetensors": "old" });
    files.close();
    return { folder, marks };
  }

  test("cuts its logs to what its state knows, and goes on behind them", () => {
    const { folder, marks } = stopped();
    expect(marks["metrics.jsonl"]).toEqual({
      bytes: 4,
      // printf '1\n2\n' | sha256sum
      sha256: "a6e2b7a040683432de03a18fd8a1939a2fdf82585b364bfc874bdd4095c4cae1",
    });
    const files = begin(folder, holdFolder(folder));
    files.keep({ folder, marks });
    files.addMetrics("4");
    expect(files.marks["metrics.jsonl"]?.bytes).toBe(6);
    files.save({ "model.safetensors": "new" });
    expect(read(folder, "metrics.jsonl")).toBe("1\n2\n4\n");
    expect(read(folder, "samples.txt")).toBe("a");
    expect(files.notes).toEqual([]);
  });

  test("in another folder takes its logs along and leaves the first as it was", () => {
    const { folder, marks } = stopped();
    const other = `${folder}-on`;
    const files = begin(other);
    files.keep({ folder, marks });
    files.addMetrics("4");
    files.save({ "model.safetensors": "new" });
    expect(read(other, "metrics.jsonl")).toBe("1\n2\n4\n");
    expect(read(folder, "metrics.jsonl")).toBe("1\n2\n3\n");
    expect(read(folder, "model.safetensors")).toBe("old");
  });

  test.each([
    ["another run's", (path: string) => writeFileSync(path, "1\n7\n3\n"), /got another log, whose/],
    ["a shorter one", (path: string) => writeFileSync(path, "1\n"), /got only 2 of its 4 bytes; /],
    ["a folder", (path: string) => mkdirSync(path), /got EISDIR: a folder; /],
  ])("refuses %s in the place of its log, and leaves it", (_what, put, message) => {
    const { folder, marks } = stopped();
    const path = join(folder, "metrics.jsonl");
    rmSync(path);
    put(path);
    const factsOf = () => {
      const { ino, size, mtimeMs } = lstatSync(path);
      return { ino, size, mtimeMs };
    };
    const before = factsOf();
    const files = begin(folder, holdFolder(folder));
    expect(() => files.keep({ folder, marks })).toThrow(message);
    expect(factsOf()).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  test("says that a log was not there, and begins a new one", () => {
    const { folder, marks } = stopped();
    rmSync(join(folder, "metrics.jsonl"));
    const files = begin(folder, holdFolder(folder));
    files.keep({ folder, marks });
    files.addMetrics("4");
    files.save({ "model.safetensors": "new" });
    expect(files.notes).toEqual([
      "metrics.jsonl of the run was not there: a new one goes on from here.",
    ]);
    expect(read(folder, "metrics.jsonl")).toBe("4\n");
  });

  test("follows no link: what they lead to stays as it was", () => {
    const { folder, marks } = stopped();
    const target = join(folder, "../precious");
    const names = ["metrics.jsonl", "model.safetensors", ".model.safetensors.partial", ".save"];
    writeFileSync(target, "1\n2\n3\nprecious\n");
    for (const name of names) {
      rmSync(join(folder, name), { force: true });
      symlinkSync(target, join(folder, name));
    }
    const files = begin(folder, holdFolder(folder));
    files.keep({ folder, marks });
    files.addMetrics("4");
    files.save({ "model.safetensors": "new" });
    files.close();
    expect(readFileSync(target, "utf8")).toBe("1\n2\n3\nprecious\n");
    expect(read(folder, "metrics.jsonl")).toBe("1\n2\n4\n");
    for (const name of ["metrics.jsonl", "model.safetensors"]) {
      expect(lstatSync(join(folder, name)).isFile()).toBe(true);
    }
    expect(existsSync(join(folder, ".save"))).toBe(false);
  });
});

test("errors are one line of the command line's kind", () => {
  const file = join(makeFolder(), "file");
  writeFileSync(file, "kept");
  expect(() => new RunFiles(file)).toThrow(RunError);
  expect(() => new RunFiles(file)).toThrow(
    /^--out-dir: expected a folder that can be written, got EEXIST.* for ".*"; choose another$/,
  );
  expect(readFileSync(file, "utf8")).toBe("kept");
});
