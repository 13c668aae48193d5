// Models as bytes: round trips, PyTorch's names, and files that are not what they should be.

import { beforeAll, describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/checkpoint/error.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/checkpoint/safetensors.ts";
import { sha256 } from "../../src/checkpoint/sha256.ts";
import { restoreWeights } from "../../src/checkpoint/weights.ts";
import {
  createModel,
  hello,
  loadCheckpoint,
  type Model,
  PairDataset,
  parametersOf,
  saveCheckpoint,
  train,
  weightsOf,
} from "../../src/index.ts";
import { withHeader } from "./headers.ts";

let model: Model;
let file: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  model = await createModel(hello(), { epochs: 50 });
  for (const _ of train(model, hello()));
  file = await saveCheckpoint(model);
});

test("SHA-256 is that of the standard's example", async () => {
  expect(await sha256(new TextEncoder().encode("abc"))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

describe("a saved model", () => {
  test("comes back to the bit, with vocabulary and configuration", async () => {
    const checkpoint = await loadCheckpoint(file);
    expect(checkpoint.parameters).toEqual(model.engine.parameters.slice());
    expect(checkpoint.vocabulary?.ixToChar).toEqual(["h", "e", "l", "o"]);
    expect(checkpoint.config).toEqual(model.config);
    const other = await createModel(hello(), { seed: 1, engine: "reference" });
    restoreWeights(other, checkpoint);
    expect(other.engine.parameters).toEqual(model.engine.parameters.slice());
  });

  test.each(["rnn", "gru", "lstm"] as const)(
    "of %s comes back to the bit, -0 in a bias too",
    async (cell) => {
      const gated = await createModel(hello(), {
        cell,
        layers: 2,
        hiddenSize: 3,
        engine: "reference",
      });
      const { parameters, shape } = gated.engine;
      for (const { role, offset, length } of parametersOf(shape)) {
        if (role === "bias") parameters.fill(-0, offset, offset + length);
      }
      const read = await loadCheckpoint(await saveCheckpoint(gated));
      expect(read).toMatchObject({ cell, layers: 2, H: 3, V: 4 });
      expect(read.parameters).toEqual(parameters.slice());
    },
  );

  test("has PyTorch's names, shapes and a zero second bias, eight-byte aligned", () => {
    const { tensors, metadata } = decodeSafetensors(file);
    expect(tensors.map(({ name, shape }) => [name, shape])).toEqual([
      ["rnn.weight_ih_l0", [10, 4]],
      ["rnn.weight_hh_l0", [10, 10]],
      ["rnn.bias_ih_l0", [10]],
      ["rnn.bias_hh_l0", [10]],
      ["fc.weight", [4, 10]],
      ["fc.bias", [4]],
    ]);
    const { Wxh, by } = weightsOf(model.engine);
    expect(tensors[0]?.data).toEqual(Wxh.slice());
    expect(tensors[3]?.data).toEqual(new Float64Array(10));
    expect(tensors[5]?.data).toEqual(by.slice());
    expect(JSON.parse(metadata["vocabulary"] as string)).toEqual(["h", "e", "l", "o"]);
    expect(new DataView(file.buffer).getUint32(0, true) % 8).toBe(0);
  });

  test("of PyTorch, without metadata, in F32 and with a second bias, is read", async () => {
    const { tensors } = decodeSafetensors(file);
    const header: Record<string, unknown> = {};
    const values: number[] = [];
    for (const { name, shape, data } of tensors) {
      const numbers = name === "rnn.bias_hh_l0" ? data.map((_, i) => i / 4) : data;
      const begin = 4 * values.length;
      values.push(...numbers);
      header[name] = { dtype: "F32", shape, data_offsets: [begin, 4 * values.length] };
    }
    const json = new TextEncoder().encode(JSON.stringify(header));
    const bytes = new Uint8Array(8 + json.length + 4 * values.length);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(json.length), true);
    bytes.set(json, 8);
    values.forEach((value, i) => view.setFloat32(8 + json.length + 4 * i, value, true));
    const checkpoint = await loadCheckpoint(bytes);
    expect(checkpoint.vocabulary).toBeUndefined();
    const bh = parametersOf({ V: 4, H: 10 })[3]!;
    weightsOf(model.engine).bh.forEach((value, i) => {
      expect(checkpoint.parameters[bh.offset + i]).toBe(Math.fround(value) + i / 4);
    });
  });

  test("for another vocabulary or size is refused and leaves the weights", async () => {
    const checkpoint = await loadCheckpoint(file);
    const swapped = new PairDataset("ehll", "ello");
    const cases = [
      [await createModel(swapped), 'vocabulary[0]: expected "e", got "h"'],
      [await createModel(hello(), { hiddenSize: 9 }), "hidden units: expected 9, got 10"],
      [await createModel(new PairDataset("ab", "ba")), "vocabulary size: expected 2, got 4"],
    ] as const;
    for (const [other, message] of cases) {
      const before = other.engine.parameters.slice();
      expect(() => restoreWeights(other, checkpoint)).toThrow(message);
      expect(other.engine.parameters).toEqual(before);
    }
  });
});

describe("a file that is not a whole, honest model is refused by field", () => {
  test("at every length it can be cut to", async () => {
    for (let length = 0; length < file.length; length++) {
      await expect(loadCheckpoint(file.slice(0, length)), `${length}`).rejects.toThrow(
        CheckpointError,
      );
    }
  });

  test("with any one byte of the weights changed", async () => {
    const start = file.length - 8 * 204; // 194 parameters and, after the first 150, a zero bias
    for (let at = start; at < file.length; at += 37) {
      if (at >= start + 8 * 150 && at < start + 8 * 160) continue; // adds nothing: see below
      const changed = file.slice();
      changed[at]! ^= 0x10;
      await expect(loadCheckpoint(changed), `${at}`).rejects.toThrow(CheckpointError);
    }
  });

  test("unless the change is too small to change a weight", async () => {
    const changed = file.slice();
    changed[file.length - 8 * 54]! ^= 1; // a subnormal in the second bias
    const { parameters } = await loadCheckpoint(changed);
    expect(parameters).toEqual(model.engine.parameters.slice());
  });

  test.each<[string, (header: Record<string, any>) => void, string | RegExp]>([
    [
      "a NaN shape",
      (h) => (h["fc.bias"].shape = [null]),
      "fc.bias.shape: expected integers from 0",
    ],
    [
      "a wrong shape",
      (h) => (h["rnn.weight_hh_l0"].shape = [4, 25]),
      "rnn.weight_hh_l0: expected shape [10,10], got [4,25]",
    ],
    [
      "too many elements",
      (h) => (h["fc.bias"].shape = [5]),
      "fc.bias.data_offsets: expected 40 bytes for its shape, got 32",
    ],
    [
      "an overflowing shape",
      (h) => (h["fc.bias"].shape = [2 ** 52, 2 ** 52]),
      "fc.bias.shape: expected a size that memory can hold",
    ],
    [
      "overlapping tensors",
      (h) => (h["fc.bias"].data_offsets = [0, 32]),
      "data_offsets: expected begin",
    ],
    ["a missing tensor", (h) => delete h["fc.bias"], "file: expected"],
    [
      "a foreign tensor",
      (h) => {
        h["foc.bias"] = h["fc.bias"];
        delete h["fc.bias"];
      },
      /^tensors: expected rnn.weight_ih_l0, .*fc.weight, foc.bias$/,
    ],
    ["another type", (h) => (h["fc.bias"].dtype = "I64"), "fc.bias.dtype: expected F64 or F32"],
    [
      "a later format",
      (h) => (h.__metadata__.format = "ello-9"),
      '__metadata__.format: expected ello-1, got "ello-9"',
    ],
    [
      "metadata that are no strings",
      (h) => (h.__metadata__.config = {}),
      "__metadata__.config: expected a string",
    ],
    [
      "a short vocabulary",
      (h) => (h.__metadata__.vocabulary = '["h"]'),
      "__metadata__.vocabulary: expected 4 characters, got 1",
    ],
    [
      "a broken vocabulary",
      (h) => (h.__metadata__.vocabulary = "{"),
      "__metadata__.vocabulary: expected JSON",
    ],
  ])("%s", async (_name, change, message) => {
    await expect(loadCheckpoint(withHeader(file, change))).rejects.toThrow(message);
  });

  test("with a header longer than the file or than the format's 100 MB", async () => {
    const bytes = file.slice();
    new DataView(bytes.buffer).setBigUint64(0, 2n ** 63n, true);
    await expect(loadCheckpoint(bytes)).rejects.toThrow(/header: expected at most \d+ bytes/);
    const large = new Uint8Array(100_000_100);
    new DataView(large.buffer).setBigUint64(0, 100_000_001n, true);
    await expect(loadCheckpoint(large)).rejects.toThrow("header: expected at most 100000000 bytes");
  });

  test("with a weight that is not finite", async () => {
    const { tensors, metadata } = decodeSafetensors(file.slice());
    const message = "rnn.weight_ih_l0[3]: expected a finite value, got NaN";
    tensors[0]!.data[3] = Number.NaN;
    expect(() => encodeSafetensors({ tensors, metadata })).toThrow(message);
    const bytes = file.slice();
    const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    new DataView(bytes.buffer).setFloat64(start + 3 * 8, Number.NaN, true);
    await expect(loadCheckpoint(bytes)).rejects.toThrow(message);
  });
});
