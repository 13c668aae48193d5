// PyTorch's runs, every optimizer, through the public API: losses, norms, first gradients, final
// weights and hidden state.

import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { type Config, createModel, type Dataset, train, Vocabulary } from "../../src/index.ts";
import { arena, type FixtureWeights, fixture, relativeError, restoreWeights } from "../support.ts";

const TOLERANCE = 1e-12; // relative to the largest element; the others' sums run in other orders

interface TorchRun {
  config: {
    V: number;
    H: number;
    T: number;
    B: number;
    steps: number;
    lr: number;
    optimizer: "sgd" | "momentum" | "adagrad" | "rmsprop" | "adam";
    reduction: "sum" | "mean";
    carry: number;
    clip_value: number;
    clip_norm: number;
  };
  initial: FixtureWeights;
  final: FixtureWeights;
  final_hidden: number[][];
  inputs: number[][][];
  targets: number[][][];
  losses: number[];
  grad_norms: number[];
  grads: Record<"Wxh" | "Whh" | "Why" | "bh" | "by", number[]>[];
}

/** The run's batches, one after the other, as an epoch. */
function datasetOf({ config, inputs, targets }: TorchRun): Dataset {
  const { V, T, B, steps } = config;
  const letters = Array.from({ length: V }, (_, id) => String.fromCodePoint(97 + id));
  return {
    vocabulary: new Vocabulary(letters),
    seqLength: T,
    batchSize: B,
    stepsPerEpoch: steps,
    settings: { seqLength: T, batchSize: B },
    load(step, into, goals) {
      into.set((inputs[step] as number[][]).flat());
      goals.set((targets[step] as number[][]).flat());
    },
  };
}

/** The constants that the fixtures' notes give. */
function settingsOf({ config }: TorchRun): Partial<Config> {
  const { optimizer, lr, H, reduction, carry, clip_value, clip_norm } = config;
  return {
    hiddenSize: H,
    epochs: 1,
    optimizer: optimizer === "momentum" ? "sgd" : optimizer,
    momentum: optimizer === "momentum" ? 0.9 : 0,
    ...(optimizer === "rmsprop" && { alpha: 0.95 }),
    epsilon: optimizer === "adagrad" ? 1e-10 : 1e-8,
    learningRate: lr,
    reduction,
    clipValue: clip_value,
    clipNorm: clip_norm,
    carryState: carry === 1,
  };
}

const names = readdirSync(new URL("../fixtures", import.meta.url)).filter((name) =>
  name.startsWith("torch-"),
);

test.each(
  names.flatMap((name) => (["wasm", "reference"] as const).map((engine) => [name, engine])),
)("%s on %s", async (name, kind) => {
  const run = await fixture<TorchRun>(name as string);
  const dataset = datasetOf(run);
  const engineName = kind as "wasm" | "reference";
  const model = await createModel(dataset, { ...settingsOf(run), engine: engineName });
  const { engine } = model;
  restoreWeights(model, arena(run.initial));
  const losses: number[] = [];
  const norms: number[] = [];
  for (const { step, loss, gradNorm } of train(model, dataset)) {
    losses.push(loss);
    norms.push(gradNorm);
    const grads = run.grads[step];
    if (!grads) continue;
    const expected = [grads.Wxh, grads.Whh, grads.Why, grads.bh, grads.by].flat();
    expect(relativeError(engine.gradients, expected)).toBeLessThan(TOLERANCE);
  }
  const final = arena(run.final).parameters;
  const errors = [
    relativeError(losses, run.losses),
    relativeError(norms, run.grad_norms),
    relativeError(engine.parameters, final),
    relativeError(engine.state, run.final_hidden.flat()),
  ];
  console.log(`${name} ${kind}: ${errors.map((error) => error.toExponential(1)).join(" ")}`);
  for (const error of errors) expect(error).toBeLessThan(TOLERANCE);
  engine.close();
});

test("every fixture is there", () => {
  expect(names.length).toBe(6);
});
