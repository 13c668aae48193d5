// Models from files.

import { describe, expect, test } from "vitest";
import {
  ConfigError,
  corpusOf,
  DataError,
  fit,
  learn,
  loadCheckpoint,
  modelFrom,
  saveCheckpoint,
  score,
  splitCorpus,
  train,
} from "../../src/index.ts";

const TEXT = "she sells sea shells by the sea shore. ".repeat(30);
const SMALL = { hiddenSize: 12, batchSize: 4, seqLength: 20, epochs: 3 };

describe("modelFrom", () => {
  test("reads, writes and trains on as the model did", async () => {
    const model = await fit(TEXT, SMALL);
    const bytes = await saveCheckpoint(model);
    const opened = await modelFrom(bytes);
    expect(opened.engine.shape).toMatchObject({ H: 12, T: 20, B: 1 });
    expect(opened.config).toMatchObject({ ...SMALL, batchSize: 1, threads: 1 });
    expect(await score(opened, "the sea")).toEqual(await score(model, "the sea"));
    expect((await learn(opened, TEXT)).steps).toBeGreaterThan(50);
    const { training } = splitCorpus(corpusOf(TEXT, model.config), model.config);
    const again = await modelFrom(await loadCheckpoint(bytes), SMALL);
    const [{ loss } = { loss: 0 }] = [...train(again, training)];
    expect(loss).toBeLessThan(2.5);
  });

  test("refuses what is none, and a vocabulary that is not its own", async () => {
    const model = await fit(TEXT, SMALL);
    const checkpoint = await loadCheckpoint(await saveCheckpoint(model));
    const { vocabulary, ...nameless } = checkpoint;
    await expect(modelFrom(nameless)).rejects.toThrow("vocabulary: expected one");
    await expect(modelFrom(nameless, { vocabulary: "ab" })).rejects.toThrow("got 2");
    const tokens = vocabulary!.ixToChar;
    const reverse = { vocabulary: tokens.toReversed() };
    await expect(modelFrom(checkpoint, reverse)).rejects.toThrow("the file's own, or none");
    expect((await modelFrom(nameless, reverse)).vocabulary.ixToChar).toEqual(tokens.toReversed());
    await expect(modelFrom(checkpoint, { batch: 3 } as never)).rejects.toThrow("batch: expected");
    await expect(modelFrom(new Uint8Array(9))).rejects.toThrow();
  });

  test("takes bytes of any kind, and refuses settings that are not the file's or have no effect", async () => {
    const model = await fit(TEXT, SMALL);
    const bytes = await saveCheckpoint(model);
    const { buffer, byteOffset, byteLength } = bytes;
    const views = [
      buffer.slice(byteOffset, byteOffset + byteLength),
      new DataView(buffer, byteOffset),
    ];
    for (const file of views) {
      expect((await modelFrom(file as never)).engine.parameters).toEqual(model.engine.parameters);
    }
    for (const file of [undefined, "model.safetensors", {}]) {
      await expect(modelFrom(file as never)).rejects.toThrow(
        /^file: expected the bytes of a model/,
      );
    }
    await expect(modelFrom(bytes, { hiddenSize: 999 })).rejects.toThrow(
      "hiddenSize: expected 12, the file's, got 999; leave it out",
    );
    await expect(modelFrom(bytes, { cell: "lstm" })).rejects.toThrow("cell: expected gru");
    await expect(modelFrom(bytes, { momentum: 0.5 })).rejects.toThrow(ConfigError);
    expect((await modelFrom(bytes, { precision: "f32" })).notes).toEqual([
      "The model's weights have more digits than f32: rounded for this run.",
    ]);
  });

  test("is refused a dataset of another shape", async () => {
    const model = await fit(TEXT, SMALL);
    const { training } = splitCorpus(corpusOf(TEXT, model.config), model.config);
    const opened = await modelFrom(await saveCheckpoint(model));
    expect(() => train(opened, training)).toThrow(DataError);
  });
});
