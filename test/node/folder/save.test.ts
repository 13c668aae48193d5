// A save is one thing: whatever call on its files fails, or is the last before the power goes, all files
// are those of one moment, and what is said of them is true.

import fs, { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { RunError } from "../../../src/node/errors.ts";
import { LOCK } from "../../../src/node/folder/folder-lock.ts";
import { isRunFile } from "../../../src/node/folder/names.ts";
import { holdFolder, type RunContents, RunFiles } from "../../../src/node/folder/run-files.ts";
import { placeOf } from "../../../src/node/folder/save-journal.ts";
import { makeFolder } from "../run.ts";

/** What becomes of the calls that change files: the `nth` fails, or it and all after it. */
const calls = {
  isWatched: false,
  nth: 0,
  isLast: false,
  count: 0,
  /** Each as its name and the file's path. */
  made: [] as [name: string, path: string][],
  /** Paths of open files. */
  open: new Map<number, string>(),
};

const NAMES = [
  ...(["openSync", "writeSync", "fsyncSync", "closeSync", "ftruncateSync"] as const),
  ...(["renameSync", "rmSync", "rmdirSync", "mkdirSync"] as const),
] as const;
const own: Record<string, (...values: any[]) => any> = {};

/** The call of this name, as it is watched. */
function watched(name: (typeof NAMES)[number]): (...values: any[]) => any {
  const call = own[name] as (...values: any[]) => any;
  return (...values) => {
    const [first, second] = values;
    if (calls.isWatched) {
      const path = typeof first === "number" ? calls.open.get(first) : first;
      calls.count++;
      const fails = calls.isLast ? calls.count >= calls.nth : calls.count === calls.nth;
      if (fails && name === "closeSync") call(...values); // it closes all the same
      if (fails && name === "writeSync") call(first, second, 0, 1); // a part is written
      if (fails) throw Object.assign(new Error(`EIO: i/o error, ${name}`), { code: "EIO" });
      calls.made.push([name, name === "renameSync" ? second : (path ?? "")]);
    }
    const result = call(...values);
    if (name === "openSync") calls.open.set(result, first);
    return result;
  };
}

beforeAll(() => {
  for (const name of NAMES) {
    own[name] = fs[name];
    Object.assign(fs, { [name]: watched(name) });
  }
  syncBuiltinESMExports();
});
afterAll(() => {
  Object.assign(fs, own);
  syncBuiltinESMExports();
});

process.setMaxListeners(0); // each run listens to the end of the process

/** Does something of which the `nth` call fails. @returns whether there was such a call, and the error. */
function failing(
  nth: number,
  isLast: boolean,
  work: () => void,
): { made: boolean; error: unknown } {
  Object.assign(calls, { isWatched: true, nth, isLast, count: 0, made: [] });
  let error: unknown;
  try {
    work();
  } catch (thrown) {
    error = thrown;
  } finally {
    calls.isWatched = false;
  }
  return { made: calls.count >= nth, error };
}

/** The files of a save, each with its name; the state knows the logs. */
function contentsOf(save: string, files: RunFiles): RunContents {
  const marks = JSON.stringify({ save, marks: files.marks });
  const own = save === "old" ? { "best.safetensors": save } : { "curves.png": save };
  return { ...own, "model.safetensors": save, "receipt.json": save, "training.safetensors": marks };
}

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "none";
  }
};

/** Of which save the files in a folder are, by where they are found. */
function saveIn(folder: string, find = placeOf): string {
  const state = JSON.parse(read(find(folder, "training.safetensors")));
  const isOld = state.save === "old";
  const expected = {
    "model.safetensors": state.save,
    "receipt.json": state.save,
    "best.safetensors": isOld ? "old" : "none",
    "curves.png": isOld ? "none" : "new",
  } as const;
  for (const [name, content] of Object.entries(expected)) {
    if (isRunFile(name)) expect(read(find(folder, name)), name).toBe(content);
  }
  return state.save;
}

/** As if the process that holds the folder were gone. */
function abandon(folder: string): void {
  const path = join(folder, LOCK);
  const text = read(path);
  if (text === "none") return;
  const holder = text === "" ? { token: "", started: "" } : JSON.parse(text);
  writeFileSync(path, JSON.stringify({ ...holder, pid: 2_147_483_646 }));
}

/** Opens a folder as the next run does, and finds one save and the logs that its state knows. */
function expectWhole(folder: string): string {
  abandon(folder);
  const lock = holdFolder(folder);
  onTestFinished(() => lock.release());
  const save = saveIn(folder, (path, name) => join(path, name));
  const { marks } = JSON.parse(read(join(folder, "training.safetensors")));
  const files = new RunFiles(folder, lock);
  files.keep({ folder, marks });
  expect(read(join(folder, "metrics.jsonl"))).toBe(save === "old" ? "1\n" : "1\n2\n");
  files.save(contentsOf("new", files));
  files.close();
  expect(readdirSync(folder).filter((name) => !isRunFile(name))).toEqual([]);
  return save;
}

/** A folder with a save, and a run there that goes on to the next. */
function between() {
  const folder = join(makeFolder(), "out");
  const files = new RunFiles(folder);
  onTestFinished(() => files.close());
  files.addMetrics("1");
  files.save(contentsOf("old", files));
  return { folder, files };
}

/** Tries `one` for the first call, the second … until there is no more. @returns the tries. */
function forEachCall(one: (nth: number) => boolean): number {
  for (let nth = 1; ; nth++) if (!one(nth)) return nth - 1;
}

describe("a save of which a call fails", () => {
  test("says what is there, and can be made again", () => {
    const found = new Set<string>();
    const tries = forEachCall((nth) => {
      const { folder, files } = between();
      const { made, error } = failing(nth, false, () => {
        files.addMetrics("2");
        files.save(contentsOf("new", files));
      });
      const before = saveIn(folder);
      if (error) {
        expect(error).toBeInstanceOf(RunError);
        const { message } = error as Error;
        const isOld = message.includes("; the files there are those of the save before; ");
        const isNew = message.includes("; the new files are saved, some perhaps still beside ");
        expect([isOld, isNew], message).toEqual([before === "old", before === "new"]);
      } else expect(before).toBe("new");
      found.add(`${before} ${error !== undefined}`);
      files.save(contentsOf("new", files));
      expect(saveIn(folder)).toBe("new");
      files.close();
      expectWhole(folder);
      return made;
    });
    expect(tries).toBeGreaterThan(30);
    expect([...found].sort()).toEqual(["new false", "new true", "old true"]);
  });

  test("ends with one save where it is the last call of all", () => {
    const found = new Set<string>();
    const tries = forEachCall((nth) => {
      const { folder, files } = between();
      const { made } = failing(nth, true, () => {
        files.addMetrics("2");
        files.save(contentsOf("new", files));
      });
      const seen = saveIn(folder);
      found.add(seen);
      expect(expectWhole(folder)).toBe(seen);
      return made;
    });
    expect(tries).toBeGreaterThan(30);
    expect([...found].sort()).toEqual(["new", "old"]);
  });
});

test("a new run of which any call fails, or is the last, loses nothing of the one before", () => {
  for (const isLast of [false, true]) {
    const tries = forEachCall((nth) => {
      const { folder, files } = between();
      files.close();
      const { made } = failing(nth, isLast, () => {
        const next = new RunFiles(folder);
        next.addMetrics("1", "2");
        next.save(contentsOf("new", next));
        next.close();
      });
      const aside = `${folder}-1`;
      const places = readdirSync(join(folder, "..")).includes("out-1") ? [aside] : [folder];
      for (const place of places) expect(saveIn(place)).toBe("old");
      expect(read(join(places[0] as string, "metrics.jsonl"))).toBe("1\n");
      abandon(folder);
      const again = new RunFiles(folder); // the folder is not left unusable
      again.close();
      return made;
    });
    expect(tries).toBeGreaterThan(40);
  }
});

test("a log of which a piece was written in part goes on without a double line", () => {
  const { folder, files } = between();
  const { error } = failing(1, false, () => files.addMetrics("x".repeat(70_000)));
  expect(error).toBeInstanceOf(RunError);
  files.addMetrics("3");
  files.save(contentsOf("new", files));
  expect(read(join(folder, "metrics.jsonl"))).toBe(`1\n${"x".repeat(70_000)}\n3\n`);
});

test("all is safe on the disk before a save counts, and the journal before its files move", () => {
  const { folder, files } = between();
  failing(0, false, () => {
    files.addMetrics("2");
    files.save(contentsOf("new", files));
  });
  const names = calls.made.map(([name, path]) => `${name} ${path.slice(folder.length)}`);
  const last = (call: string, before = names.length) => names.lastIndexOf(call, before);
  const counts = names.indexOf("renameSync /.save");
  const written = names.filter((name, i) => i < counts && name.startsWith("writeSync /"));
  expect(new Set(written).size).toBe(6); // the log, four files, the journal
  for (const write of new Set(written)) {
    const flush = write.replace("writeSync", "fsyncSync");
    expect(last(flush, counts), flush).toBeGreaterThan(last(write, counts));
  }
  // The folder's own entries: the files' before the journal is there, the journal's before they move.
  const flushes = names.flatMap((name, i) => (name === "fsyncSync " ? [i] : []));
  const opened = last("openSync /.training.safetensors.partial");
  const moved = names.findIndex((name, i) => i > counts && /^(renameSync|rmSync) /.test(name));
  const ended = last("rmSync /.save");
  const isBetween = (from: number, to: number) => flushes.some((i) => from < i && i < to);
  expect(isBetween(opened, counts)).toBe(true);
  expect(isBetween(counts, moved)).toBe(true);
  expect(isBetween(last("renameSync /training.safetensors"), ended)).toBe(true);
  expect(Math.min(moved, ended)).toBeGreaterThan(counts);
});

test("logs that a run goes on behind are safe before they take their place", () => {
  const { folder, files } = between();
  const { marks } = files;
  files.close();
  const lock = holdFolder(folder);
  const next = new RunFiles(folder, lock);
  onTestFinished(() => next.close());
  failing(0, false, () => next.keep({ folder, marks }));
  const names = calls.made.map(([name, path]) => `${name} ${path.slice(folder.length)}`);
  const flush = names.lastIndexOf("fsyncSync /.metrics.jsonl.partial");
  expect(flush).toBeGreaterThan(names.lastIndexOf("writeSync /.metrics.jsonl.partial"));
  expect(names.indexOf("renameSync /metrics.jsonl")).toBeGreaterThan(flush);
});
