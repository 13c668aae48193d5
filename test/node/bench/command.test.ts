// `npm run bench`: what it reports, not how fast it is.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { agree, compare, MOST_NOISE, prepare, quantile } from "../../../src/bench/measure.ts";
import { sha256 } from "../../../src/checkpoint/sha256.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { flopsPerStep } from "../../../src/engine/shape.ts";
import { ReferenceEngine } from "../../../src/reference/engine.ts";
import { hasRelaxedSimd } from "../../../src/wasm/instantiate.ts";
import { coreBytes, wasmEngine } from "../../support.ts";
import { command, makeFolder } from "../run.ts";

const bench = (cwd: string, ...flags: string[]) => command(cwd, "bench", ...flags);

test("a run prints a table and writes the report and the chart", async () => {
  const cwd = makeFolder();
  const flags = ["--seconds", "0.01", "--shapes", "4x10x4x1,7x9x5x6", "--phases"];
  const { code, stdout, stderr } = await bench(
    cwd,
    ...flags,
    "--json",
    "b.json",
    "--chart",
    "b.png",
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^V 7, H 9, T 5, B 6: the same bits after 3 steps$/m);
  // On a busy machine no ratio is claimed, only the range it lay in.
  expect(stdout).toMatch(
    /^ +wasm-1 +[\d,.]+ +[\d,]+ +[\d.]+ +\d+ % +([\d.]+x|\?) {2}\([\d.]+ – [\d.]+\)$/m,
  );
  for (const phase of [
    "pack",
    "recurrence",
    "logits",
    "softmax",
    "backward",
    "gradients",
    "update",
  ]) {
    expect(stdout).toMatch(new RegExp(`^ +${phase} +[\\d.]+ µs +[\\d.]+ %$`, "m"));
  }
  const report = JSON.parse(readFileSync(join(cwd, "b.json"), "utf8"));
  expect(Object.keys(report)).toEqual(["machine", "node", "builds", "peakGflops", "shapes"]);
  expect(report.node).toBe(process.version);
  for (const build of ["release", "f32-team"] as const) {
    expect(report.builds[build]).toBe(await sha256(await coreBytes(build)));
  }
  expect(report.shapes.length).toBe(2);
  const { rows, ...shape } = report.shapes[1];
  expect(shape).toEqual({ V: 7, H: 9, T: 5, B: 6 });
  const fast = hasRelaxedSimd() ? ["fast-1"] : [];
  expect(rows.map(({ name }: { name: string }) => name)).toEqual([
    "reference",
    "wasm-1",
    ...fast,
    "reference-f32",
    "f32-1",
  ]);
  for (const row of rows) {
    expect(row.charsPerSecond).toBeCloseTo(30e6 / row.microsecondsPerStep, 3);
    expect(row.gflops).toBeCloseTo(flopsPerStep(shape) / row.microsecondsPerStep / 1000, 9);
    expect(row.shareOfPeak).toBeGreaterThan(0);
    const [low, high] = row.ratioSpread;
    expect(row.noise).toBeGreaterThanOrEqual(1);
    const ratio = row.ratioToReference;
    if (row.name.startsWith("reference") || row.noise <= MOST_NOISE) {
      expect(low <= ratio && ratio <= high).toBe(true);
    } else expect(ratio).toBe(null);
  }
  expect(readFileSync(join(cwd, "b.png")).subarray(1, 4).toString()).toBe("PNG");
});

test("the share of the peak is that of the kernel in the same round", async () => {
  const shape = { V: 5, H: 6, T: 4, B: 3 };
  const fixed = (name: string, microseconds: number) => ({ name, time: () => microseconds });
  const { rows, peakGflops } = await compare(
    shape,
    fixed("kernel", 20),
    [fixed("reference", 100), fixed("quick", 25)],
    0,
  );
  expect(rows.map(({ shareOfPeak }) => shareOfPeak)).toEqual([0.2, 0.8]);
  expect(rows.map(({ ratioToReference }) => ratioToReference)).toEqual([1, 4]);
  expect(peakGflops).toBe(flopsPerStep(shape) / 20 / 1000);
});

test("sides that differ by one bit do not agree", async () => {
  const shape = { V: 5, H: 6, T: 4, B: 3 };
  const reference = new ReferenceEngine(shape);
  const wasm = await wasmEngine(shape);
  const sides: Engine[] = [reference, wasm];
  expect(agree(sides, 3)).toBe(true);
  const spoiled = new ReferenceEngine(shape);
  const initialize = spoiled.initialize.bind(spoiled);
  spoiled.initialize = (seed, deviation) => {
    initialize(seed, deviation);
    spoiled.parameters[3]! *= 1 + Number.EPSILON;
  };
  sides.push(spoiled);
  expect(agree(sides, 3)).toBe(false);
  expect(agree(sides, 3, 1e-12)).toBe(true);
});

test("every engine of a shape is given the same work", async () => {
  const shape = { V: 5, H: 6, T: 4, B: 3 };
  const [reference, wasm] = [new ReferenceEngine(shape), await wasmEngine(shape)];
  prepare(reference);
  prepare(wasm);
  expect(wasm.inputs).toEqual(reference.inputs);
  expect(wasm.targets).toEqual(reference.targets);
  expect(wasm.parameters).toEqual(reference.parameters);
  expect(new Set(reference.inputs).size).toBe(5);
});

test("quantiles are elements of the sample", () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([5], 0.9)).toBe(5);
  expect(quantile([4, 3, 2, 1, 0], 0.1)).toBe(0);
});

test.each<[flags: string[], exit: number, line: RegExp]>([
  [
    ["--shapes", "65x128"],
    2,
    /^--shapes: expected VxHxTxB, :CELL and :LAYERS such as 65x128x50x32:lstm:2, got "65x128"$/,
  ],
  [["--shapes", "1x128x1x1"], 2, /^--shapes: expected VxHxTxB/],
  [["--seconds", "0"], 2, /^--seconds: expected a number above 0, at most 3600, got "0"$/],
  [["--seconds"], 2, /^--seconds: expected X, got nothing$/],
  [["--fastest"], 2, /^--fastest: expected a known flag, got this one; see bench --help$/],
  [
    ["--second", "1"],
    2,
    /^--second: expected a known flag, got this one; did you mean --seconds\?$/,
  ],
  [["4x10x4x1"], 2, /^bench: expected flags, got "4x10x4x1"; see --help$/],
  [["--json="], 2, /^--json: expected a path, got ""$/],
  [
    ["--phases", "--rows", "fast-1"],
    2,
    /^--phases: expected a row of one thread among --rows, such as wasm-1, without which/,
  ],
])("%j is refused", async (flags, exit, line) => {
  const { code, stderr, stdout } = await bench(makeFolder(), ...flags);
  expect(stderr.trimEnd()).toMatch(line);
  expect(stderr.trimEnd()).not.toContain("\n");
  expect({ code, stdout }).toEqual({ code: exit, stdout: "" });
});

test("a report that cannot be written is said in one line", async () => {
  const cwd = makeFolder();
  const flags = ["--seconds", "0.01", "--shapes", "2x1x1x1", "--json", "none/b.json"];
  const { code, stderr } = await bench(cwd, ...flags);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^--json: expected a file that can be written, got ENOENT[^\n]*\n$/);
  expect(existsSync(join(cwd, "none"))).toBe(false);
});
