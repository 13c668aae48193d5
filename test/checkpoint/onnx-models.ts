// Models whose ONNX files are known: PyTorch's of two layers, and one layer of names.

import { encodeSafetensors } from "../../src/checkpoint/safetensors.ts";
import { type Model, modelFrom } from "../../src/index.ts";
import { type FixtureWeights, fixture } from "../support.ts";

export const CELLS = ["rnn", "gru", "lstm"] as const;

/** The model of PyTorch's fixture of a cell. */
export async function torchModel(cell: (typeof CELLS)[number]): Promise<Model> {
  const { tensors } = await fixture<{ tensors: FixtureWeights }>(`reading/${cell}.json`);
  const all = Object.entries(tensors).map(([name, { shape, data }]) => ({
    name,
    shape,
    data: Float64Array.from(data),
  }));
  return modelFrom(encodeSafetensors({ tensors: all, metadata: {} }), { vocabulary: "abcdefg" });
}
