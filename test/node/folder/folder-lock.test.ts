// The lock of a run's folder: one process has it; one that is gone is noticed.

import { spawnSync } from "node:child_process";
import fs, {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename, join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { expectFree, FolderLock, LOCK } from "../../../src/node/folder/folder-lock.ts";
import { RunFiles } from "../../../src/node/folder/run-files.ts";
import { makeFolder } from "../run.ts";

const IN_USE = /^--out-dir: expected a folder that no other run writes, got ".*", in use by /;
const NOBODY = 2_147_483_646; // no process has this number

/** A lock, given back with the test. */
function take(folder: string): FolderLock {
  const lock = new FolderLock(folder);
  onTestFinished(() => lock.release());
  return lock;
}

/** A folder with a lock of this process, of which some facts are others. */
function lockedWith(changes: Record<string, unknown>): string {
  const folder = makeFolder();
  take(folder);
  const path = join(folder, LOCK);
  const holder = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...holder, token: "another's", ...changes }));
  return folder;
}

/** As if the lock had given its last sign of life so many seconds ago. */
function silentFor(folder: string, seconds: number): void {
  const then = Date.now() / 1000 - seconds;
  utimesSync(join(folder, LOCK), then, then);
}

describe("a folder in use", () => {
  test("is refused by any of its names, and free after it", () => {
    const folder = makeFolder();
    const link = join(makeFolder(), "link");
    symlinkSync(folder, link);
    const lock = take(folder);
    for (const name of [folder, `${folder}/`, join(folder, "..", basename(folder)), link]) {
      expect(() => new FolderLock(name)).toThrow(IN_USE);
      expect(() => new RunFiles(name)).toThrow(IN_USE);
      expect(() => expectFree(name)).toThrow(`in use by process ${process.pid} on `);
    }
    expect(lock.isHeld).toBe(true);
    lock.release();
    expectFree(folder);
    expect(take(folder).isHeld).toBe(true);
  });

  test("of a process elsewhere that gives signs of life is refused", () => {
    const folder = lockedWith({ place: "another machine", pid: NOBODY, host: "else\u001bwhere" });
    expect(() => new FolderLock(folder)).toThrow(
      /in use by process 2147483646 on else\\u001bwhere; wait/,
    );
    silentFor(folder, 100);
    expect(() => new FolderLock(folder)).toThrow(IN_USE);
  });

  test("whose lock is only being written is refused", () => {
    const folder = makeFolder();
    writeFileSync(join(folder, LOCK), "");
    expect(() => new FolderLock(folder)).toThrow(/in use by another process; /);
  });
});

describe("a lock is taken over", () => {
  test.each([
    ["of a process that is gone", { pid: NOBODY }],
    ["of a process whose number another one has by now", { pid: process.ppid, started: "1" }],
  ])("%s", (_what, changes) => {
    const folder = lockedWith(changes);
    expectFree(folder);
    expect(take(folder).isHeld).toBe(true);
  });

  test("of a process elsewhere that has been silent for over two minutes", () => {
    const folder = lockedWith({ place: "another machine" });
    silentFor(folder, 121);
    expect(take(folder).isHeld).toBe(true);
  });

  test.each([
    ["nothing", ""],
    ["no lock", "a lock"],
    ["no holder", "{}"],
    ["something deep", "[".repeat(100_000)],
  ])("that says %s", (_what, text) => {
    const folder = makeFolder();
    writeFileSync(join(folder, LOCK), text);
    silentFor(folder, 121);
    expect(take(folder).isHeld).toBe(true);
  });

  test("and its first holder leaves it to the new one", () => {
    const folder = makeFolder();
    const [first, path] = [take(folder), join(folder, LOCK)];
    rmSync(path);
    const second = take(folder);
    expect([first.isHeld, second.isHeld]).toEqual([false, true]);
    first.release();
    expect(second.isHeld).toBe(true);
  });
});

test("a pipe, a folder or a link in its place is refused at once, and stays", () => {
  const makers: ((path: string) => unknown)[] = [
    (path) => spawnSync("mkfifo", [path]),
    (path) => mkdirSync(path),
    (path) => symlinkSync("/dev/null", path),
    (path) => symlinkSync("nowhere", path),
  ];
  for (const make of makers) {
    const folder = makeFolder();
    make(join(folder, LOCK));
    expect(() => new FolderLock(folder)).toThrow(/in use by another process; /);
  }
});

test("a holder gives signs of life without being asked", () => {
  vi.useFakeTimers({ toFake: ["setInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const folder = makeFolder();
  take(folder);
  const path = join(folder, LOCK);
  silentFor(folder, 100);
  const before = statSync(path).mtimeMs;
  vi.advanceTimersByTime(20_000);
  expect(statSync(path).mtimeMs).toBeGreaterThan(before + 90_000);
});

describe("taking a lock", () => {
  /** Makes one of Node's calls on files fail while the test runs. */
  function failing(call: "linkSync" | "writeSync", code: string): void {
    const original = fs[call];
    onTestFinished(() => {
      Object.assign(fs, { [call]: original });
      syncBuiltinESMExports();
    });
    Object.assign(fs, {
      [call]: () => {
        throw Object.assign(new Error(code), { code });
      },
    });
    syncBuiltinESMExports();
  }

  test("that cannot be written leaves nothing behind", () => {
    const folder = makeFolder();
    failing("writeSync", "ENOSPC");
    expect(() => new FolderLock(folder)).toThrow("ENOSPC");
    expect(readdirSync(folder)).toEqual([]);
    failing("linkSync", "EPERM");
    expect(() => new FolderLock(folder)).toThrow("ENOSPC");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("where files cannot have two names", () => {
    const folder = makeFolder();
    failing("linkSync", "EPERM");
    const lock = take(folder);
    expect(lock.isHeld).toBe(true);
    expect(readdirSync(folder)).toEqual([LOCK]);
    expect(() => new FolderLock(folder)).toThrow(IN_USE);
  });

  test("takes away what a process left that was killed in the middle of it", () => {
    const folder = makeFolder();
    writeFileSync(join(folder, `${LOCK}.gone`), "");
    take(folder);
    expect(readdirSync(folder)).toEqual([LOCK]);
  });
});
