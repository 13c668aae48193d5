// A stopped run's file from elsewhere: names that every object has, and numbers that no run has.

import { beforeAll, describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/checkpoint/error.ts";
import { loadTraining, saveTraining } from "../../src/checkpoint/training.ts";
import { createModel, type Model, PairDataset, Trainer } from "../../src/index.ts";
import type { TrainingState } from "../../src/model/state.ts";

let model: Model;
let state: TrainingState;
beforeAll(async () => {
  const dataset = new PairDataset("ab", "ba");
  model = await createModel(dataset, { hiddenSize: 2, optimizer: "adam", epochs: 3 });
  const trainer = new Trainer(model, dataset);
  for (const _ of trainer.run());
  ({ state } = trainer);
});

/** A file whose hash is right with these changes. */
function fileWith(
  { arrays = {}, progress = {} }: { arrays?: object; progress?: object },
  history: Record<string, Float64Array> = {},
): Promise<Uint8Array> {
  const changed = {
    arrays: { ...state.arrays, ...arrays },
    progress: { ...state.progress, ...progress },
  };
  return saveTraining(model, { state: changed, history, textSha256: "x", logs: {} });
}

test("as it is, it is read", async () => {
  const { history } = await loadTraining(await fileWith({}, { loss: Float64Array.of(1, 2) }));
  expect(history["loss"]).toEqual(Float64Array.of(1, 2));
});

describe("is refused", () => {
  test.each(["__proto__", "constructor", "toString"])("with a column named %s", async (name) => {
    const history = Object.fromEntries([[name, Float64Array.of(1)]]);
    await expect(loadTraining(await fileWith({}, history))).rejects.toThrow(
      `history.${name}: expected the name of a column, got one that every object has`,
    );
  });

  test("with a mean of squares below 0 or a state that no tanh gives", async () => {
    const secondMoment = state.arrays["secondMoment"]!.slice();
    secondMoment[3] = -1e-300;
    await expect(loadTraining(await fileWith({ arrays: { secondMoment } }))).rejects.toThrow(
      "secondMoment[3]: expected 0 or more, got -1e-300",
    );
    const hidden = Float64Array.of(1, -1.0000000000000002);
    await expect(loadTraining(await fileWith({ arrays: { state: hidden } }))).rejects.toThrow(
      "state[1]: expected -1 to 1, got -1.0000000000000002",
    );
  });

  test.each<[name: string, progress: object, field: string]>([
    ["a rate that is text", { rateScale: "0.5" }, "rateScale"],
    ["a rate that is a list", { rateScale: [0.5] }, "rateScale"],
    ["deep progress", { best: JSON.parse("[".repeat(99) + "]".repeat(99)) }, ""],
    [
      "a reason that a terminal would obey",
      { pending: { ...record(), rolledBack: { from: 1, reason: "\u001b[2J" } } },
      "pending",
    ],
  ])("with %s", async (_name, progress, field) => {
    const file = await fileWith({ progress });
    await expect(loadTraining(file)).rejects.toThrow(
      `__metadata__.progress${field && `.${field}`}`,
    );
    await expect(loadTraining(file)).rejects.toBeInstanceOf(CheckpointError);
  });
});

/** A step's record as a run that waits for its evaluation holds it. */
function record() {
  const numbers = { loss: 1, accuracy: 1, gradNorm: 1, learningRate: 1, charsPerSecond: 1 };
  return { step: 1, epoch: 1, ...numbers };
}
