// PyTorch's runs, every optimizer, through the public API: losses, norms, first gradients, final
// weights and hidden state.

import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { createModel, train } from "../../src/index.ts";
import {
  arena,
  fixture,
  relativeError,
  restoreWeights,
  type TorchRun,
  torchDataset,
  torchSettings,
} from "../support.ts";

const TOLERANCE = 1e-12; // relative to the largest element; the others' sums run in other orders

interface TanhRun extends TorchRun {
  final_hidden: number[][];
  grads: Record<"Wxh" | "Whh" | "Why" | "bh" | "by", number[]>[];
}

const names = readdirSync(new URL("../fixtures", import.meta.url)).filter((name) =>
  name.startsWith("torch-"),
);

test.each(
  names.flatMap((name) => (["wasm", "reference"] as const).map((engine) => [name, engine])),
)("%s on %s", async (name, kind) => {
  const run = await fixture<TanhRun>(name as string);
  const dataset = torchDataset(run);
  const engineName = kind as "wasm" | "reference";
  const model = await createModel(dataset, { ...torchSettings(run), engine: engineName });
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
