// What a model's file says about it in words: each part comes back, each part that is wrong is named in one
// line, and what a later version may add does no harm.

import { beforeAll, describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/checkpoint/error.ts";
import { decodeSafetensors } from "../../src/checkpoint/safetensors.ts";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import {
  type Config,
  createModel,
  DEFAULTS,
  loadCheckpoint,
  Model,
  PairDataset,
  saveCheckpoint,
} from "../../src/index.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { withMetadata } from "./headers.ts";

const SHA256 = "0123456789abcdef".repeat(4);

function modelOf(settings: Partial<Config> = {}): Promise<Model> {
  const dataset = new PairDataset("ab", "ba");
  return createModel(dataset, { hiddenSize: 1, engine: "reference", ...settings });
}

let file: Uint8Array;
beforeAll(async () => {
  file = await saveCheckpoint(await modelOf());
});

describe("comes back", () => {
  test.each(["f64", "f32"] as const)("a model of %s, in its own numbers", async (precision) => {
    const model = await modelOf({ precision, seed: 7 });
    const bytes = await saveCheckpoint(model);
    const read = await loadCheckpoint(bytes);
    expect(read.precision).toBe(precision);
    expect(read.parameters).toStrictEqual(model.engine.parameters.slice());
    const kinds = decodeSafetensors(bytes).tensors.map(({ data }) => data.constructor);
    expect(new Set(kinds)).toEqual(new Set([model.engine.parameters.constructor]));
  });

  test.each([
    ["codepoint", ["é", "\u{1f600}"]],
    ["byte", ["\u0000", "\u00ff"]],
    ["token", ["red", "green"]],
  ] as const)("a vocabulary of the unit %s", async (unit, tokens) => {
    const vocabulary = new Vocabulary(tokens, unit);
    const engine = new ReferenceEngine({ V: 2, H: 1, T: 1, B: 1 });
    const read = await loadCheckpoint(
      await saveCheckpoint(new Model({ ...DEFAULTS, hiddenSize: 1 }, vocabulary, engine)),
    );
    expect(read.vocabulary?.unit).toBe(unit);
    expect(read.vocabulary?.equals(vocabulary)).toBe(true);
  });

  test("the hash of its text, where one was given, else nothing of it", async () => {
    const model = await modelOf();
    const named = await saveCheckpoint(model, { textSha256: SHA256 });
    expect(decodeSafetensors(named).metadata["textSha256"]).toBe(SHA256);
    expect((await loadCheckpoint(named)).textSha256).toBe(SHA256);
    expect(decodeSafetensors(file).metadata).not.toHaveProperty("textSha256");
    expect(Object.keys(await loadCheckpoint(file))).not.toContain("textSha256");
  });

  test("a model that was saved without a unit is one of characters", async () => {
    const { vocabulary } = await loadCheckpoint(withMetadata(file, { unit: undefined }));
    expect(vocabulary).toEqual(new Vocabulary(["a", "b"], "codepoint"));
  });

  test("the settings that are known, of a version that has more", async () => {
    const config = { hiddenSize: 1, colour: "green", epochs: 7 };
    const read = await loadCheckpoint(withMetadata(file, { config: JSON.stringify(config) }));
    expect(read.config).toEqual({ hiddenSize: 1, epochs: 7 });
  });
});

describe("is refused", () => {
  const TWICE = 'vocabulary: expected distinct characters, got one twice, "a"; leave it out';
  test.each<[string, Record<string, string | undefined>, string]>([
    [
      "a vocabulary that is none",
      { vocabulary: undefined },
      "vocabulary: expected JSON, got text that is not JSON",
    ],
    ...["{}", '"ab"', "null", "[1,2]", '["a",null]'].map(
      (vocabulary): [string, Record<string, string>, string] => [
        `a vocabulary of ${vocabulary}`,
        { vocabulary },
        "vocabulary: expected an array of characters, got something else",
      ],
    ),
    [
      "a vocabulary of more",
      { vocabulary: '["a","b","c"]' },
      "vocabulary: expected 2 characters, got 3",
    ],
    [
      "a character twice",
      { vocabulary: '["a","a"]' },
      `vocabulary: expected a vocabulary, got ${TWICE}`,
    ],
    [
      "a byte that is none",
      { unit: "byte", vocabulary: '["a","\u0100"]' },
      'vocabulary: expected a vocabulary, got vocabulary: expected single bytes, got "\u0100"',
    ],
    ["an unknown unit", { unit: "word" }, 'unit: expected codepoint, byte or token, got "word"'],
    ["an empty unit", { unit: "" }, 'unit: expected codepoint, byte or token, got ""'],
    ["no settings", { config: undefined }, "config: expected JSON, got text that is not JSON"],
    [
      "a setting that does not fit",
      { config: '{"hiddenSize":0}' },
      "config.hiddenSize: expected a setting, got expected an integer from 1 to 4096, got 0",
    ],
    [
      "a format of a later version",
      { format: "ello-2" },
      'format: expected ello-1, got "ello-2", that of another version; read it with that',
    ],
    [
      "a hash that is not there",
      { parametersSha256: undefined },
      "parametersSha256: expected HASH, got none",
    ],
    ["another hash", { parametersSha256: "x" }, 'parametersSha256: expected HASH, got "x"'],
  ])("%s", async (_name, fields, message) => {
    const hash = decodeSafetensors(file).metadata["parametersSha256"] as string;
    const error = await loadCheckpoint(withMetadata(file, fields)).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toBe(`__metadata__.${message.replace("HASH", hash)}`);
  });
});
