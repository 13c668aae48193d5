// `--precision f32`: one set of bits whatever computes it, files of half the size, and both ways between f64 and f32.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { decodeSafetensors } from "../../../src/checkpoint/safetensors.ts";
import { createModel, hello, loadCheckpoint, saveCheckpoint } from "../../../src/index.ts";
import { coreBytes } from "../../support.ts";
import { command, train } from "../run.ts";
import { folderWithText, hashOf, SMALL } from "../sea.ts";

const F32 = [...SMALL, "--precision", "f32", "--epochs", "3"];
const WIDE_BATCH = [...F32, "--batch-size", "17"];

const tensorsOf = (path: string) => decodeSafetensors(readFileSync(path)).tensors;

test("hello in f32 ends with one known set of bits, of the core and of the reference", async () => {
  const cwd = folderWithText();
  const flags = ["--precision", "f32", "--epochs", "100", "--quiet"];
  await train(cwd, ...flags, "--out-dir", "core");
  await train(cwd, ...flags, "--engine", "reference", "--out-dir", "reference");
  expect(hashOf(join(cwd, "core"))).toBe(hashOf(join(cwd, "reference")));
  expect(hashOf(join(cwd, "core"))).toMatchInlineSnapshot(
    `"25b43786f2fc66581cc590088facb67be3e303f55aa406128299fc1a5f480f72"`,
  );
});

test.each(["rnn", "gru", "lstm"])(
  "%s: the reference, threads and a run that was stopped have the same weights",
  async (cell) => {
    const cwd = folderWithText();
    const flags = ["sea.txt", ...WIDE_BATCH, "--cell", cell, "--layers", "2", "--dropout", "0.2"];
    await train(cwd, ...flags, "--threads", "1", "--out-dir", "one");
    await train(cwd, ...flags, "--threads", "2", "--out-dir", "two");
    await train(cwd, ...flags, "--engine", "reference", "--out-dir", "reference");
    await train(cwd, ...flags, "--schedule", "constant", "--out-dir", "whole");
    await train(cwd, ...flags, "--schedule", "constant", "--epochs", "1", "--out-dir", "begun");
    const { code, stderr } = await train(cwd, "--resume", "begun", "--epochs", "3", "--quiet");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(hashOf(join(cwd, "two"))).toBe(hashOf(join(cwd, "one")));
    expect(hashOf(join(cwd, "reference"))).toBe(hashOf(join(cwd, "one")));
    expect(hashOf(join(cwd, "begun"))).toBe(hashOf(join(cwd, "whole")));
  },
);

test("files have F32, are inspected and written with as such, and know their hash", async () => {
  const cwd = folderWithText();
  const { code } = await train(cwd, "sea.txt", ...F32);
  expect(code).toBe(0);
  const isSingle = ({ data }: { data: unknown }) => data instanceof Float32Array;
  expect(tensorsOf(join(cwd, "out/model.safetensors")).every(isSingle)).toBe(true);
  const training = tensorsOf(join(cwd, "out/training.safetensors"));
  const isHistory = ({ name }: { name: string }) => name.startsWith("history.");
  expect(training.filter((one) => !isHistory(one)).every(isSingle)).toBe(true);
  expect(training.filter(isHistory).some(isSingle)).toBe(false);
  const inspected = await command(cwd, "inspect", "out/model.safetensors");
  expect(inspected.stdout).toContain("GRU with 6 hidden units in f32, ");
  expect(inspected.stdout).toContain(`SHA-256 of the parameters ${hashOf(join(cwd, "out"))}\n`);
  const stopped = await command(cwd, "inspect", "out/training.safetensors");
  expect(stopped.stdout).toContain("GRU with 6 hidden units in f32");
  const written = await command(cwd, "sample", "out", "--length", "20");
  expect(written).toMatchObject({ code: 0, stderr: "" });
  const scored = await command(cwd, "eval", "out", "--text", "sea.txt");
  expect(scored.stdout).toContain("(GRU with 6 hidden units in f32) on 1,169 of");
});

test("a model of one precision starts a run of the other, which says so", async () => {
  const cwd = folderWithText();
  await train(cwd, "sea.txt", ...F32, "--out-dir", "single");
  const asDouble = await train(
    cwd,
    ...["sea.txt", ...SMALL.filter((flag) => flag !== "--quiet"), "--epochs", "1"],
    ...["--init-from", "single", "--learning-rate", "1e-30", "--out-dir", "double"],
  );
  expect(asDouble.stdout).toContain(
    "The model's weights are of f32, taken as they are for this run of f64.\n",
  );
  const [single, double] = await Promise.all(
    ["single", "double"].map((folder) =>
      loadCheckpoint(readFileSync(join(cwd, folder, "best.safetensors"))),
    ),
  );
  expect(single?.parameters).toBeInstanceOf(Float32Array);
  expect([...(double?.parameters ?? [])]).toEqual([...(single?.parameters ?? [])]);
  await train(cwd, "sea.txt", ...SMALL, "--epochs", "1", "--out-dir", "fine");
  const asSingle = await train(
    cwd,
    ...["sea.txt", ...F32.filter((flag) => flag !== "--quiet"), "--init-from", "fine"],
  );
  expect(asSingle.stdout).toContain(
    "The model's weights have more digits than f32: rounded for this run.\n",
  );
});

test("a stopped run keeps its precision", async () => {
  const cwd = folderWithText();
  await train(cwd, "sea.txt", ...F32);
  const { code, stderr } = await train(cwd, "--resume", "out", "--precision", "f64");
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      '--precision: expected "f32", that of the run to be resumed, got "f64"; start a new run for another\n',
  });
});

test.each([
  [["--epsilon", "1e-50"], "--epsilon", "1e-50"],
  [["--learning-rate", "1e-60"], "--learning-rate", "1e-60"],
  [["--learning-rate", "1e39"], "--learning-rate", "1e+39"],
])("%j is more than f32 can hold, and refused", async (flags, name, value) => {
  const { code, stderr } = await train(folderWithText(), "sea.txt", ...F32, ...flags);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `${name}: expected a number from 1e-45 to 3e38, as f32 can hold, got ${value}\n`,
  });
});

test("a step whose squares f32 cannot hold is not taken, and the run is saved", async () => {
  const cwd = folderWithText();
  const wild = ["--cell", "rnn", "--init", "normal:0.5", "--clip-norm", "0", "--seq-length", "150"];
  const flags = [...F32, ...wild, "--hidden-size", "64", "--on-divergence", "stop"];
  const { stderr } = await train(cwd, "sea.txt", ...flags);
  expect(stderr).toContain("got an update that is not finite");
  const tensors = tensorsOf(join(cwd, "out/training.safetensors"));
  expect(tensors.every(({ data }) => data.every(Number.isFinite))).toBe(true);
});

test("weights of the other kind are saved as the model's own", async () => {
  for (const precision of ["f64", "f32"] as const) {
    const data = hello();
    const model = await createModel(data, { precision });
    const { parameters } = model.engine;
    const other =
      precision === "f64" ? Float32Array.from(parameters) : Float64Array.from(parameters);
    const loaded = await loadCheckpoint(await saveCheckpoint(model, { parameters: other }));
    expect(loaded.precision).toBe(precision);
    expect([...loaded.parameters]).toEqual([...other]);
    const core = await coreBytes(precision === "f64" ? "f32-release" : "release");
    await expect(createModel(data, { precision }, core)).rejects.toThrow(
      `core: expected one whose numbers have ${precision === "f64" ? 64 : 32} bits, as precision ${precision} wants, got one of ${precision === "f64" ? 32 : 64} bits; take ello/core/release.wasm for f64`,
    );
  }
});
