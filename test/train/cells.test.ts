// PyTorch's runs of every cell, of layers, dropout and AdamW, read as its files are and trained through
// the public API: losses, norms, first gradients, final weights and states.

import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { encodeSafetensors } from "../../src/checkpoint/safetensors.ts";
import {
  type Config,
  createModel,
  loadCheckpoint,
  restoreWeights,
  train,
} from "../../src/index.ts";
import {
  type FixtureWeights,
  fixture,
  relativeError,
  type TorchRun,
  torchDataset,
  torchSettings,
} from "../support.ts";

const TOLERANCE = 1e-12; // relative to the largest element; the others' sums run in other orders

interface Run extends TorchRun {
  readonly config: TorchRun["config"] & {
    readonly cell: Config["cell"];
    readonly layers: number;
    readonly dropout: number;
  };
  /** By layer, each [B][H]. */
  final_state: { h: number[]; c?: number[] }[];
  /** Of the first steps, by name. */
  grads: Record<string, number[]>[];
  /** By step and layer, each [T][B][H]. */
  masks: number[][][];
}

/** Tensors as PyTorch writes them, read from a file's bytes. */
function read(weights: FixtureWeights): ReturnType<typeof loadCheckpoint> {
  const tensors = Object.entries(weights).map(([name, { shape, data }]) => ({
    name,
    shape,
    data: Float64Array.from(data),
  }));
  return loadCheckpoint(encodeSafetensors({ tensors, metadata: {} }));
}

const folder = new URL("../fixtures/cells", import.meta.url);
const names = readdirSync(folder).map((name) => name.replace(".json", ""));

test.each(
  names.flatMap((name) => (["wasm", "reference"] as const).map((engine) => [name, engine])),
)("%s on %s", async (name, kind) => {
  const run = await fixture<Run>(`cells/${name}.json`);
  const dataset = torchDataset(run);
  const { cell, layers, dropout } = run.config;
  const engineName = kind as "wasm" | "reference";
  const model = await createModel(dataset, {
    ...torchSettings(run),
    ...{ cell, layers, dropout, engine: engineName },
  });
  const { engine } = model;
  restoreWeights(model, await read(run.initial));
  const hold = (step: number) => {
    const masks = run.masks[step];
    if (masks) engine.holdMasks(Float64Array.from(masks.flat()));
  };
  const losses: number[] = [];
  const norms: number[] = [];
  hold(0);
  for (const { step, loss, gradNorm } of train(model, dataset)) {
    losses.push(loss);
    norms.push(gradNorm);
    hold(step + 1);
    const gradients = run.grads[step];
    if (!gradients) continue;
    // The second bias is held at zero: its gradient is not ours to have, but for n of a GRU.
    const expected = (await read(ownOf(gradients, run))).parameters;
    expect(relativeError(engine.gradients, expected)).toBeLessThan(TOLERANCE);
  }
  const state = run.final_state.flatMap(({ h, c = [] }) => [...h, ...c]);
  const errors = [
    relativeError(losses, run.losses),
    relativeError(norms, run.grad_norms),
    relativeError(engine.parameters, (await read(run.final)).parameters),
    relativeError(engine.state, state),
  ];
  console.log(`${name} ${kind}: ${errors.map((error) => error.toExponential(1)).join(" ")}`);
  expect(losses.length).toBe(run.config.steps);
  for (const error of errors) expect(error).toBeLessThan(TOLERANCE);
  engine.close();
});

/** Gradients as tensors, with those of the second biases zero where ours has one bias. */
function ownOf(gradients: Run["grads"][number], { config, initial }: Run): FixtureWeights {
  const { cell, H } = config;
  const entries = Object.entries(gradients).map(([name, values]) => {
    const from = !name.includes("bias_hh") ? 0 : cell === "gru" ? 2 * H : values.length;
    const { shape } = initial[name] as FixtureWeights[string];
    return [name, { shape, data: values.map((value, i) => (i < from ? 0 : value)) }] as const;
  });
  return Object.fromEntries(entries);
}

test("every fixture is there", () => {
  expect(names.toSorted()).toEqual(
    "adamw gru gru-3-layers gru-dropout lstm lstm-2-layers lstm-dropout rnn-2-layers".split(" "),
  );
});
