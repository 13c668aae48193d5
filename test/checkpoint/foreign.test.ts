// Models that others wrote: PyTorch's names with what people put around them, its other networks, its
// own files; and numbers that are finite one by one.

import { describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/checkpoint/error.ts";
import { encodeSafetensors } from "../../src/checkpoint/safetensors.ts";
import { createModel, loadCheckpoint, PairDataset, saveCheckpoint } from "../../src/index.ts";

type Tensors = Record<string, { shape: number[]; data: number[] }>;

/** nn.RNN(2, 1) and nn.Linear(1, 2) under these names; the biases add up to 0.5 + 0.25. */
function torch(rnn = "rnn.", fc = "fc.", suffix = "_l0"): Tensors {
  return {
    [`${rnn}weight_ih${suffix}`]: { shape: [1, 2], data: [1, 2] },
    [`${rnn}weight_hh${suffix}`]: { shape: [1, 1], data: [3] },
    [`${rnn}bias_ih${suffix}`]: { shape: [1], data: [0.5] },
    [`${rnn}bias_hh${suffix}`]: { shape: [1], data: [0.25] },
    [`${fc}weight`]: { shape: [2, 1], data: [4, 5] },
    [`${fc}bias`]: { shape: [2], data: [6, 7] },
  };
}

const ARENA = [1, 2, 3, 4, 5, 0.75, 6, 7];

function fileOf(tensors: Tensors, metadata: Record<string, string> = {}): Uint8Array {
  const list = Object.entries(tensors).map(([name, { shape, data }]) => ({
    name,
    shape,
    data: Float64Array.from(data),
  }));
  return encodeSafetensors({ tensors: list, metadata });
}

async function arenaOf(...file: Parameters<typeof fileOf>): Promise<number[]> {
  return [...(await loadCheckpoint(fileOf(...file))).parameters];
}

describe("is read", () => {
  test.each([
    ["module.", ""],
    ["_orig_mod.", ""],
    ["model.", ""],
    ["module._orig_mod.model.", ""],
    ["", "_orig_mod."],
    ["", "module."],
    ["lightning.net.", ""],
  ])("with %s before the layers and %s inside", async (before, inside) => {
    const names = [`${before}rnn.${inside}`, `${before}fc.${inside}`] as const;
    expect(await arenaOf(torch(...names))).toEqual(ARENA);
  });

  test("of nn.RNNCell, and under the names that we have in JSON", async () => {
    expect(await arenaOf(torch("rnn.", "fc.", ""))).toEqual(ARENA);
    const { "rnn.weight_ih_l0": Wxh, ...rest } = torch();
    expect(await arenaOf({ ...rest, Wxh: Wxh! })).toEqual(ARENA);
  });

  test("with the metadata of others, which are theirs", async () => {
    for (const format of ["pt", "mlx", "", "ELLO-1"]) {
      const metadata = { format, config: "{", vocabulary: "none", parametersSha256: "x" };
      const checkpoint = await loadCheckpoint(fileOf(torch(), metadata));
      expect([...checkpoint.parameters]).toEqual(ARENA);
      expect(checkpoint.vocabulary).toBeUndefined();
    }
  });

  test("without biases, which are zero", async () => {
    const without = (...names: string[]) =>
      arenaOf(
        Object.fromEntries(Object.entries(torch()).filter(([name]) => !names.includes(name))),
      );
    const all = ["rnn.bias_ih_l0", "rnn.bias_hh_l0", "fc.bias"];
    expect(await without(...all)).toEqual([1, 2, 3, 4, 5, 0, 0, 0]);
    expect(await without("rnn.bias_hh_l0")).toEqual([1, 2, 3, 4, 5, 0.5, 6, 7]);
    expect(await without("fc.bias")).toEqual([1, 2, 3, 4, 5, 0.75, 0, 0]);
  });

  test("under other layers' names that are given, with or without what stands before", async () => {
    const file = fileOf(torch("model.encoder.", "model.decoder."));
    for (const names of [
      { encoder: "rnn", decoder: "fc" },
      { "model.encoder": "rnn", "model.decoder": "fc" },
    ] as const) {
      const { parameters } = await loadCheckpoint(file, { tensorNames: names });
      expect([...parameters]).toEqual(ARENA);
    }
    const gone = loadCheckpoint(file, { tensorNames: { encode: "rnn" } });
    await expect(gone).rejects.toThrow(
      /^tensor names: expected a layer encode, got model\.encoder/,
    );
  });
});

/** nn.GRU(2, 1) and nn.Linear(1, 2), every number another. */
function gru(): Tensors {
  return {
    "rnn.weight_ih_l0": { shape: [3, 2], data: [1, 2, 3, 4, 5, 6] },
    "rnn.weight_hh_l0": { shape: [3, 1], data: [7, 8, 9] },
    "rnn.bias_ih_l0": { shape: [3], data: [10, 11, 12] },
    "rnn.bias_hh_l0": { shape: [3], data: [0.5, 0.25, 13] },
    "fc.weight": { shape: [2, 1], data: [14, 15] },
    "fc.bias": { shape: [2], data: [16, 17] },
  };
}

test("a GRU's second biases are added to the first, but n's, which stands apart", async () => {
  const biases = [10.5, 11.25, 12, 13];
  expect(await arenaOf(gru())).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 15, ...biases, 16, 17]);
});

describe("is refused", () => {
  type Case = [name: string, tensors: Tensors, message: string | RegExp];
  const cases: Case[] = [
    [
      "under other names, with what is there and how to name it",
      torch("encoder.", "decoder."),
      /^tensors: expected rnn\.weight_ih_l0, .*, got encoder\.weight_ih_l0, .*decoder\.bias; name the layers: --tensor-names encoder=rnn,decoder=fc$/,
    ],
    [
      "as a tensor there twice",
      { ...torch(), Wxh: torch()["rnn.weight_ih_l0"]! },
      "rnn.weight_ih_l0: expected a tensor once, got rnn.weight_ih_l0 and Wxh",
    ],
    [
      "as a tensor there twice, once with a prefix",
      { ...torch(), "module.fc.bias": torch()["fc.bias"]! },
      "fc.bias: expected a tensor once, got fc.bias and module.fc.bias",
    ],
    [
      "with recurrent weights of an LSTM beside input weights of none",
      { ...torch(), "rnn.weight_hh_l0": { shape: [4, 1], data: [1, 2, 3, 4] } },
      "rnn.weight_hh_l0: expected shape [1,1], got [4,1]",
    ],
    [
      "as a GRU under its own name, with how to say what it is",
      torch("gru."),
      /; name the layers: --tensor-names gru=rnn,fc=fc$/,
    ],
    [
      "as bidirectional",
      { ...torch(), "rnn.weight_ih_l0_reverse": { shape: [1, 2], data: [1, 2] } },
      /^rnn\.weight_ih_l0_reverse: .* got one of a bidirectional network; it is not supported yet$/,
    ],
    [
      "as an LSTM with projections",
      { ...torch(), "rnn.weight_hr_l0": { shape: [1, 1], data: [1] } },
      /^rnn\.weight_hr_l0: .* got one of an LSTM with projections/,
    ],
    [
      "as two layers of which one is not whole",
      { ...torch(), "rnn.weight_ih_l1": { shape: [1, 1], data: [1] } },
      /^tensors: expected rnn\.weight_ih_l0, .*rnn\.weight_hh_l1, .*, got /,
    ],
    [
      "as more than eight layers",
      { ...torch(), "rnn.weight_ih_l8": { shape: [1, 1], data: [1] } },
      "tensors: expected at most 8 layers, got 9",
    ],
    ...[[2], [1, 2]].flatMap((shape) =>
      ["rnn.bias_ih_l0", "rnn.bias_hh_l0"].map((name): Case => {
        const tensors = { ...torch(), [name]: { shape, data: [1, 2] } };
        return [
          `with ${name} of [${shape}]`,
          tensors,
          `${name}: expected shape [1], got [${shape}]`,
        ];
      }),
    ),
    ...[[4], [1, 3], [3, 2]].flatMap((shape) =>
      ["rnn.bias_ih_l0", "rnn.bias_hh_l0"].map((name): Case => {
        const data = Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i);
        const message = `${name}: expected shape [3], got [${shape}]`;
        return [
          `as a GRU with ${name} of [${shape}]`,
          { ...gru(), [name]: { shape, data } },
          message,
        ];
      }),
    ),
    [
      "with recurrent weights that are one number",
      { ...torch(), "rnn.weight_hh_l0": { shape: [], data: [3] } },
      "rnn.weight_hh_l0: expected shape [1,1], got []",
    ],
    ["without tensors", {}, /^tensors: expected .*, got none$/],
    [
      "with names by the thousand, of which some are listed",
      Object.fromEntries(
        Array.from({ length: 5000 }, (_, i) => [`x${i}.weight`, { shape: [0], data: [] }]),
      ),
      /^tensors: expected .*, got x0\.weight, .*x11\.weight and 4988 more$/,
    ],
    [
      "with a name that a terminal would obey",
      { ...torch(), "\u001b]0;x\u0007\u2028\u202e": { shape: [0], data: [] } },
      /, \\u001b\]0;x\\u0007\\u2028\\u202e$/,
    ],
  ];
  test.each(cases)("%s", async (_name, tensors, message) => {
    await expect(loadCheckpoint(fileOf(tensors))).rejects.toThrow(message);
    await expect(loadCheckpoint(fileOf(tensors))).rejects.toBeInstanceOf(CheckpointError);
  });

  test("as what torch.save writes, new and old, with the line of Python that converts it", async () => {
    const zip = [0x50, 0x4b, 3, 4, 0, 0, 8, 8, 0, 0, 0, 0];
    const pickle = [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50];
    for (const bytes of [zip, pickle]) {
      await expect(loadCheckpoint(Uint8Array.from(bytes))).rejects.toThrow(
        /^file: expected safetensors, got PyTorch's pickle .*save_file\(torch\.load\("model\.pt", .*\), "model\.safetensors"\)$/,
      );
    }
  });

  test("as a file of ours of a newer version, or of a stopped run", async () => {
    await expect(loadCheckpoint(fileOf(torch(), { format: "ello-2" }))).rejects.toThrow(
      /^__metadata__\.format: expected ello-1, got "ello-2", that of another version/,
    );
    await expect(loadCheckpoint(fileOf(torch(), { format: "ello-training-1" }))).rejects.toThrow(
      /got "ello-training-1", a stopped run's state; its model is in model\.safetensors/,
    );
  });

  test("with two biases whose sum is not finite, each of them being so", async () => {
    const tensors = torch();
    tensors["rnn.bias_ih_l0"]!.data = tensors["rnn.bias_hh_l0"]!.data = [1.7e308];
    await expect(loadCheckpoint(fileOf(tensors))).rejects.toThrow(
      "rnn.bias_hh_l0[0]: expected a finite sum with rnn.bias_ih_l0[0], got Infinity",
    );
    tensors["rnn.bias_hh_l0"]!.data = [-1.7e308];
    expect((await arenaOf(tensors))[5]).toBe(0);
  });
});

test("a bias of -0 in a model of ours comes back as it was, and its hash with it", async () => {
  const model = await createModel(new PairDataset("ab", "ba"), { hiddenSize: 2 });
  model.engine.parameters.fill(-0);
  const { parameters } = await loadCheckpoint(await saveCheckpoint(model));
  expect([...parameters].every((value) => Object.is(value, -0))).toBe(true);
});

test("weights that are not finite are not saved", async () => {
  const model = await createModel(new PairDataset("ab", "ba"), { hiddenSize: 1 });
  const parameters = model.engine.parameters.slice().fill(Number.POSITIVE_INFINITY, 7);
  await expect(saveCheckpoint(model, { parameters })).rejects.toThrow(
    "fc.bias[1]: expected a finite value, got Infinity",
  );
});
