// ONNX files: the very bytes that onnxruntime was seen to run to our numbers (campaigns/onnx.campaign.ts), and
// what such a file says of itself.

import { describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/checkpoint/error.ts";
import { toOnnx } from "../../src/checkpoint/onnx.ts";
import { sha256 } from "../../src/checkpoint/sha256.ts";
import type { Checkpoint } from "../../src/checkpoint/weights.ts";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import { loadCheckpoint, parametersOf, saveCheckpoint } from "../../src/index.ts";
import { CELLS, torchModel } from "./onnx-models.ts";

const KNOWN: Readonly<Record<(typeof CELLS)[number], string>> = {
  rnn: "04e6543ba9b274b57d6d9e15d29d2d22f74118076caa43bb26d011c7a9ea35f9",
  gru: "841e39e7a0fe03875a812c27a6a6332c072f67f6fb3f67694e67d0d4b8a5da1c",
  lstm: "7275f1430d2b71742a459a98cea880e77aa07802be6b4cf07a2ac7a8d6678d31",
};

test.each(CELLS)(
  "%s: the file that onnxruntime ran, of the model and of its file",
  async (cell) => {
    const model = await torchModel(cell);
    expect(await sha256(toOnnx(model))).toBe(KNOWN[cell]);
    expect(toOnnx(await loadCheckpoint(await saveCheckpoint(model)))).toEqual(toOnnx(model));
  },
);

type Field = number | Uint8Array;

/** The fields of a protocol buffer's message, by number; of the two kinds that ONNX files have. */
function fieldsOf(bytes: Uint8Array): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = (): number => {
    for (let value = 0, place = 1; ; place *= 128) {
      const byte = bytes[at++] as number;
      value += (byte % 128) * place;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const value = varint();
    const isBytes = key % 8 === 2;
    if (!isBytes) expect(key % 8).toBe(0);
    const field = isBytes ? bytes.subarray(at, at + value) : value;
    if (isBytes) at += value;
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), field]);
  }
  return fields;
}

const messages = (fields: Map<number, Field[]>, field: number): Map<number, Field[]>[] =>
  (fields.get(field) ?? []).map((bytes) => fieldsOf(bytes as Uint8Array));
const text = (field: Field | undefined): string => new TextDecoder().decode(field as Uint8Array);
const floats = (raw: Field | undefined): number[] => [
  ...new Float32Array((raw as Uint8Array).slice().buffer),
];

/** One layer of V 2, H 1: every number another, but the last, given. */
function checkpointOf(cell: Checkpoint["cell"], last = 0.5): Checkpoint {
  const list = parametersOf({ V: 2, H: 1, cell });
  const { offset, length } = list.at(-1)!;
  const parameters = Float64Array.from({ length: offset + length }, (_, i) => i + 1);
  parameters[parameters.length - 1] = last;
  return { V: 2, H: 1, cell, layers: 1, parameters };
}

describe("a file of one layer", () => {
  test("is of opset 14, and names what goes in and comes out", () => {
    const model = fieldsOf(toOnnx(checkpointOf("lstm")));
    expect(model.get(1)).toEqual([8]);
    expect(messages(model, 8).map((set) => set.get(2))).toEqual([[14]]);
    const [graph] = messages(model, 7);
    const namesOf = (field: number) => messages(graph!, field).map((one) => text(one.get(1)?.[0]));
    expect(namesOf(11)).toEqual(["ids", "h", "c"]);
    expect(namesOf(12)).toEqual(["logits", "probabilities", "h_n", "c_n"]);
    const nodes = messages(graph!, 1).map((one) => text(one.get(4)?.[0]));
    expect(nodes.join(" ")).toBe(
      "OneHot Split Split LSTM Squeeze MatMul Add Softmax Concat Concat",
    );
  });

  test("has the gates in ONNX's order, and a GRU's second bias of n alone in the second", () => {
    const tensorsOf = (cell: Checkpoint["cell"]) => {
      const [graph] = messages(fieldsOf(toOnnx(checkpointOf(cell))), 7);
      const all = messages(graph!, 5).filter((one) => one.get(2)?.[0] === 1);
      return Object.fromEntries(all.map((one) => [text(one.get(8)?.[0]), floats(one.get(9)?.[0])]));
    };
    // Ours: Wxh 1 … 6 of r, z, n; Whh 7 8 9; Why 10 11; bh 12 … 15; by 16 and the last.
    expect(tensorsOf("gru")).toEqual({
      ...{ W_0: [3, 4, 1, 2, 5, 6], R_0: [8, 7, 9], B_0: [13, 12, 14, 0, 0, 15] },
      ...{ output: [10, 11], bias: [16, 0.5], offOn: [0, 1] },
    });
    expect(tensorsOf("rnn")).toEqual({
      ...{ W_0: [1, 2], R_0: [3], B_0: [6, 0], output: [4, 5], bias: [7, 0.5], offOn: [0, 1] },
    });
  });

  test("has the vocabulary and its unit as metadata, where there is one", () => {
    const aboutOf = (checkpoint: Checkpoint) =>
      messages(fieldsOf(toOnnx(checkpoint)), 14).map((one) => [
        text(one.get(1)?.[0]),
        text(one.get(2)?.[0]),
      ]);
    expect(aboutOf(checkpointOf("rnn"))).toEqual([]);
    const vocabulary = new Vocabulary(["\u00e9", "a"], "byte");
    expect(aboutOf({ ...checkpointOf("rnn"), vocabulary })).toEqual([
      ["vocabulary", '["é","a"]'],
      ["unit", "byte"],
    ]);
  });

  test("is not written of a weight that f32 cannot hold, by its place", () => {
    expect(() => toOnnx(checkpointOf("rnn", 3.4e38))).not.toThrow();
    const run = () => toOnnx(checkpointOf("rnn", -3.5e38));
    expect(run).toThrow(CheckpointError);
    expect(run).toThrow("weights[7]: expected a number that f32 can hold, got -3.5e+38");
  });
});
