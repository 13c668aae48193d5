// A stopped run's file gives back every part that it was given, and is laid out as it says.

import { beforeAll, describe, expect, test } from "vitest";
import { decodeSafetensors } from "../../src/checkpoint/safetensors.ts";
import { sha256 } from "../../src/checkpoint/sha256.ts";
import { loadTraining, saveTraining } from "../../src/checkpoint/training.ts";
import type { Model } from "../../src/index.ts";
import { headerOf, withMetadata } from "./headers.ts";
import {
  arraysOf,
  CHAIN,
  HISTORY,
  LOGS,
  PROGRESS,
  pendingWith,
  RECORD,
  runOf,
  stoppedFile,
  stoppedModel,
} from "./stopped.ts";

let model: Model;
let file: Uint8Array;
beforeAll(async () => {
  model = await stoppedModel();
  file = await stoppedFile(model);
});

describe("comes back whole", () => {
  test.each([{}, { precision: "f32" }, { cell: "lstm", layers: 2 }, { cell: "gru" }] as const)(
    "with every part that a run may have: %j",
    async (settings) => {
      const own = await stoppedModel(settings);
      const read = await loadTraining(await stoppedFile(own));
      expect(read).toEqual({
        ...runOf(own),
        config: own.config,
        vocabulary: own.vocabulary,
      });
      // Alike in kind too: toEqual takes one array of numbers for another.
      for (const [name, array] of Object.entries(arraysOf(own))) {
        expect(read.state.arrays[name], name).toBeInstanceOf(array.constructor);
      }
    },
  );

  test("with nothing but what it must have", async () => {
    const least = { best: null, good: null, pending: null, recent: null, misses: 0, rollbacks: 0 };
    const progress = { ...PROGRESS, ...least, rateScale: 1 };
    const own = await stoppedModel({ optimizer: "sgd" });
    const { parameters, state } = arraysOf(own) as Record<string, Float64Array>;
    const arrays = { parameters: parameters!, state: state!, firstMoment: new Float64Array(0) };
    const words = { textSha256: "", history: {}, logs: {} };
    const bytes = await saveTraining(own, { state: { progress, arrays }, ...words });
    const { metadata, tensors } = decodeSafetensors(bytes);
    expect(metadata).not.toHaveProperty("chain");
    expect(tensors.map(({ name }) => name)).toEqual(["parameters", "state"]); // empty ones are left out
    const read = await loadTraining(bytes);
    expect(read.state).toEqual({ progress, arrays: { parameters, state } });
    expect(read).toMatchObject(words);
    expect(read.chain).toBeUndefined();
  });

  test.each<[string, object]>([
    ["a record of a step that did not go back", { pending: RECORD }],
    ["a reason of the greatest length", { pending: pendingWith("x".repeat(200)) }],
    ["nothing done", { step: 0, updates: 0, rollbacks: 0, misses: 0 }],
    ["a mean and a best loss of 0", { recent: 0, best: { step: 0, loss: 0 } }],
    ["a good state before any loss", { good: { step: 0, updates: 0, recent: null, misses: 0 } }],
  ])("with %s", async (_name, changes) => {
    const { state } = await loadTraining(await stoppedFile(model, { progress: changes }));
    expect(state.progress).toEqual({ ...PROGRESS, ...changes });
  });

  test("an LSTM's c may be any number, its h not", async () => {
    const own = await stoppedModel({ cell: "lstm", layers: 2 }); // [layer][h, c][2 units]
    const state = Float64Array.of(1, -1, 7, -7, 0.5, 0, 1e300, -1e300);
    const read = await loadTraining(await stoppedFile(own, { arrays: { state } }));
    expect(read.state.arrays["state"]).toEqual(state);
  });
});

describe("of an older version", () => {
  test("has no misses at its last good state: they are those of now", async () => {
    const { step, updates, recent } = PROGRESS.good!;
    const older = await stoppedFile(model, { progress: { good: { step, updates, recent } } });
    const { good } = (await loadTraining(older)).state.progress;
    expect(good).toEqual({ step, updates, recent, misses: PROGRESS.misses });
  });

  test("knows no record that waits, no unit of its vocabulary, no text's hash", async () => {
    const { pending: _, ...progress } = PROGRESS;
    const older = withMetadata(file, {
      ...{ progress: JSON.stringify(progress), unit: undefined },
      ...{ textSha256: undefined, chain: undefined },
    });
    const read = await loadTraining(older);
    expect(read.state.progress.pending).toBeNull();
    expect(read.vocabulary.unit).toBe("codepoint");
    expect(read).toMatchObject({ textSha256: "", chain: undefined });
  });

  test("had one log and only its length", async () => {
    const older = (logBytes: string) =>
      loadTraining(withMetadata(file, { logs: undefined, logBytes }));
    expect((await older("123")).logs).toEqual({ "metrics.jsonl": { bytes: 123 } });
    expect((await older("0")).logs).toEqual({ "metrics.jsonl": { bytes: 0 } });
    for (const wrong of ["", "-1", "1.5", "many"]) {
      await expect(older(wrong), wrong).rejects.toThrow(
        /^__metadata__\.logs: expected lengths and hashes by name, got something else$/,
      );
    }
  });
});

describe("is laid out so that", () => {
  test("every tensor is aligned: F64 stands before F32", async () => {
    const own = await stoppedModel({ precision: "f32", hiddenSize: 1 });
    const { header } = headerOf(await saveTraining(own, runOf(own)));
    const { __metadata__, ...entries } = header;
    const placed = Object.entries(entries).sort(
      ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0],
    );
    const arrays = Object.keys(arraysOf(own));
    const columns = Object.keys(HISTORY).map((name) => `history.${name}`);
    expect(placed.map(([name]) => name)).toEqual([...columns, ...arrays]);
    expect(placed.map(([, { dtype }]) => dtype)).toEqual([
      ...columns.map(() => "F64"),
      ...arrays.map(() => "F32"),
    ]);
  });

  test("its hash is over the names and the hashes of all tensors, a line each", async () => {
    const { tensors, metadata } = decodeSafetensors(await stoppedFile(model));
    let lines = "";
    for (const { name, data } of tensors) lines += `${name} ${await sha256(data)}\n`;
    expect(metadata["tensorsSha256"]).toBe(await sha256(new TextEncoder().encode(lines)));
  });

  test("its words are JSON that others can read", async () => {
    const { metadata } = decodeSafetensors(await stoppedFile(model));
    const { logs, progress, chain } = metadata as Record<"logs" | "progress" | "chain", string>;
    expect(metadata["format"]).toBe("ello-training-1");
    expect(JSON.parse(logs)).toEqual(LOGS);
    expect(JSON.parse(progress)).toEqual(PROGRESS);
    expect(JSON.parse(chain)).toEqual(CHAIN);
  });
});
