// Event files are read back by a reader of their own, and say what metrics.jsonl says.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { crc32c, framed } from "../../../src/node/trackers/tensorboard.ts";
import { makeFolder, train } from "../run.ts";
import { folderWithText, hashOf } from "../sea.ts";
import { crc32cBitwise, eventsIn, recordsIn, type Shown, shownOf } from "./events.ts";
import {
  eventFilesIn,
  eventsOf,
  FLAGS,
  killedRun,
  LOGS,
  recordsOf,
  samplesOf,
  WILD,
} from "./folders.ts";

const indented = (text: string) => `    ${text.split("\n").join("\n    ")}`;

/** What TensorBoard is to show of a run, by its log. */
function expectedOf(folder: string): Shown {
  const records = recordsOf(folder);
  const validated = records.filter(({ validation }) => validation);
  const of = (all: any[], value: (record: any) => number): [number, unknown][] =>
    all.map((record) => [record.step, Math.fround(value(record))]);
  return {
    "train/loss": of(records, ({ loss }) => loss),
    "train/accuracy": of(records, ({ accuracy }) => accuracy),
    "train/gradient_norm": of(records, ({ gradNorm }) => gradNorm),
    "train/learning_rate": of(records, ({ learningRate }) => learningRate),
    "validation/loss": of(validated, ({ validation }) => validation.loss),
    "validation/bits": of(validated, ({ validation }) => validation.loss / Math.log(2)),
    "validation/accuracy": of(validated, ({ validation }) => validation.accuracy),
    sample: samplesOf(folder).map(([step, text]) => [step, indented(text)]),
  };
}

function expectShown(files: readonly Buffer[], expected: Shown): void {
  for (const isOld of [false, true]) expect(shownOf(files, isOld)).toEqual(expected);
}

describe("checksums", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  test("are CRC-32C, which of 123456789 is e3069283, of ours and of the reader's", () => {
    for (const sum of [crc32c, crc32cBitwise]) {
      expect(sum(bytes("123456789"))).toBe(0xe3069283);
      expect(sum(bytes(""))).toBe(0);
      // RFC 3720, B.4: 32 bytes of zeros, of ones, and 0 … 31.
      expect(sum(new Uint8Array(32))).toBe(0x8a9136aa);
      expect(sum(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
      expect(sum(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    }
  });

  test("stand masked in a frame, which is refused for any byte that is another", () => {
    // The first record that TensorFlow 1 and 2 write: the length 24, and the checksum of it.
    expect(Buffer.from(framed(new Uint8Array(24)).subarray(0, 12)).toString("hex")).toBe(
      "1800000000000000a37f4b22",
    );
    const frame = Buffer.from(framed(bytes("hello")));
    expect(recordsIn(frame).map(String)).toEqual(["hello"]);
    for (const [at, byte] of frame.entries()) {
      const broken = Buffer.from(frame);
      broken[at] = byte ^ 1;
      expect(() => recordsIn(broken), `byte ${at}`).toThrow();
    }
  });
});

test("a run's numbers and samples are in one file, of the version that TensorBoard knows", async () => {
  const cwd = folderWithText();
  await train(cwd, ...FLAGS, "--out-dir", "plain");
  const { code, stderr } = await train(cwd, ...FLAGS, "--log", "tensorboard");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const out = join(cwd, "out");
  expect(eventFilesIn(out)).toEqual([
    expect.stringMatching(/^events\.out\.tfevents\.\d{10}\.ello$/),
  ]);
  const [first, ...others] = eventsOf(out).flatMap(eventsIn);
  expect(first).toMatchObject({ step: 0, version: "brain.Event:2", values: [] });
  expect(others[0]).toMatchObject({ step: 0, isStart: true });
  expect(others.slice(1).every((event) => !("version" in event || "isStart" in event))).toBe(true);
  const texts = others.flatMap(({ values }) => values).filter(({ tag }) => tag === "sample");
  expect(texts.length).toBe(9);
  expect(texts.every(({ plugin }) => plugin === "text")).toBe(true);
  const times = others.map(({ wallTime }) => wallTime);
  expect(times).toEqual(times.toSorted());
  expect(Math.abs((times[0] as number) * 1000 - Date.now())).toBeLessThan(864e5); // seconds, not ms
  expectShown(eventsOf(out), expectedOf(out));
  expect(hashOf(out)).toBe(hashOf(join(cwd, "plain")));
});

test("a run on a pair has them too", async () => {
  const cwd = makeFolder();
  const { stdout } = await train(cwd, "--epochs", "5", "--log", "tensorboard");
  const [name] = eventFilesIn(join(cwd, "out"));
  expect(stdout).toContain(`out/${name}`);
  expect(shownOf(eventsOf(join(cwd, "out")))["train/loss"]?.map(([step]) => step)).toEqual([
    0, 1, 2, 3, 4,
  ]);
});

test("a run that was killed goes on in a file of its own, before whose steps all else is forgotten", async () => {
  const cwd = folderWithText();
  await killedRun(cwd, ...FLAGS, ...LOGS);
  const out = join(cwd, "out");
  const [first, second] = eventFilesIn(out);
  expect(eventFilesIn(out)).toEqual([first, second]);
  await train(cwd, "--resume", "out", ...LOGS, "--quiet", "--out-dir", "other");
  await train(cwd, "--resume", "out", ...LOGS, "--quiet");
  const third = eventFilesIn(out).at(-1) as string;
  expect(third > (second as string)).toBe(true); // it is read last
  expect(eventFilesIn(out)).toEqual([first, third]); // nobody knows of the second any more
  expect(eventsOf(out).map((file) => eventsIn(file)[0]?.version)).toEqual([
    "brain.Event:2",
    "brain.Event:2",
  ]);
  expect(eventsIn(eventsOf(out)[1] as Buffer)[1]).toMatchObject({ step: 20, isStart: true });
  for (const folder of [out, join(cwd, "other")]) {
    expectShown(eventsOf(folder), expectedOf(folder));
  }
  // What a dashboard that had read all three files shows.
  await killedRun(cwd, ...FLAGS, ...LOGS);
  const before = eventsOf(out);
  await train(cwd, "--resume", "out", ...LOGS, "--quiet");
  const all = [...before, eventsOf(out).at(-1) as Buffer];
  expectShown(all, expectedOf(out));
});

test("a run that goes back makes TensorBoard forget the way that it left", async () => {
  const cwd = folderWithText();
  const { code } = await train(cwd, ...WILD, ...LOGS, "--eval-every", "3");
  expect(code).toBe(0);
  const out = join(cwd, "out");
  const starts = eventsOf(out)
    .flatMap(eventsIn)
    .filter(({ isStart }) => isStart);
  expect(starts.length).toBeGreaterThan(2); // its own, and more than one way back
  const { sample = [], ...numbers } = shownOf(eventsOf(out));
  const { sample: written = [], ...expected } = expectedOf(out);
  expect(numbers).toEqual(expected);
  expect(sample?.length).toBeLessThanOrEqual(written.length);
  expect(sample?.map(([step]) => step)).toEqual([...new Set(sample?.map(([step]) => step))]);
});

test("an older run moves aside with its events", async () => {
  const cwd = makeFolder();
  for (let i = 0; i < 2; i++) await train(cwd, "--epochs", "2", ...LOGS, "--quiet");
  expect([eventFilesIn(join(cwd, "out")).length, eventFilesIn(join(cwd, "out-1")).length]).toEqual([
    1, 1,
  ]);
});
