// A stopped run with every part that one may have, made by hand, and its file with parts changed and the
// hash still right.

import { saveTraining } from "../../src/checkpoint/training.ts";
import { type Reals, realsOf } from "../../src/engine/precision.ts";
import { parameterCount, stateLength } from "../../src/engine/shape.ts";
import { type Config, createModel, type Model, PairDataset } from "../../src/index.ts";
import type { Chain } from "../../src/model/chain.ts";
import type { StepRecord } from "../../src/model/record.ts";
import type { Progress } from "../../src/model/state.ts";

const SHA256 = "0123456789abcdef".repeat(4);

/** A model of two characters and two hidden units, trained with Adam; two layers of an LSTM if asked. */
export function stoppedModel(settings: Partial<Config> = {}): Promise<Model> {
  const own = { hiddenSize: 2, optimizer: "adam", engine: "reference", ...settings } as const;
  return createModel(new PairDataset("ab", "ba"), own);
}

/** The arrays of a state of the model: of each other numbers, so that none passes for another. */
export function arraysOf(model: Model): Record<string, Reals> {
  const { shape } = model.engine;
  const Numbers = realsOf(shape);
  const filled = (length: number, first: number): Reals => {
    const array = new Numbers(length);
    for (let i = 0; i < length; i++) array[i] = (first + i) / 4096;
    return array;
  };
  const count = parameterCount(shape);
  const live = {
    parameters: filled(count, 5000), // above 1, as no state is
    firstMoment: filled(count, 500),
    secondMoment: filled(count, 0),
    state: filled(stateLength(shape), 1500),
  };
  const good = Object.entries(live).map(([name, array]) => [
    `good.${name}`,
    array.map((value) => value / 2),
  ]);
  return { ...live, ...Object.fromEntries(good), "best.parameters": filled(count, 9000) };
}

export const RECORD: StepRecord = {
  ...{ step: 299, epoch: 29, loss: 0.5, accuracy: 0.75, gradNorm: 0.25, learningRate: 0.01 },
  charsPerSecond: 1000,
};

/** The record of a step that was gone back to, for this reason. */
export function pendingWith(reason: string): StepRecord {
  return { ...RECORD, rolledBack: { from: 299, reason } };
}

/** Where the run stands: it has gone back once, and an evaluation is still to be done. */
export const PROGRESS: Progress = {
  ...{ step: 300, updates: 290, rateScale: 0.5, rollbacks: 1, misses: 2, recent: 0.625 },
  best: { step: 100, loss: 0.375 },
  good: { step: 200, updates: 195, recent: 0.875, misses: 1 },
  pending: pendingWith("the loss was NaN"),
};

export const CHAIN: Chain = {
  every: 100,
  links: [
    { step: 0, loss: null, sha256: SHA256 },
    { step: 100, rollbacks: 1, loss: 0.5, validation: 0.75, sha256: SHA256 },
  ],
  here: { step: 150, loss: 0.25, sha256: SHA256 },
  changes: [{ step: 50, links: 1, before: { learningRate: 0.25 } }],
  initFrom: "first.safetensors",
};

export const LOGS = { "metrics.jsonl": { bytes: 0, sha256: SHA256 }, "chain.jsonl": { bytes: 12 } };

export const HISTORY = { loss: Float64Array.of(1, 0.1, Math.PI), step: Float64Array.of(0, 1, 2) };

/** The run, all parts there; those given instead. */
export function runOf(model: Model, changes: Partial<Parameters<typeof saveTraining>[1]> = {}) {
  const state = { progress: PROGRESS, arrays: arraysOf(model) };
  return { state, textSha256: SHA256, history: HISTORY, logs: LOGS, chain: CHAIN, ...changes };
}

/** Its file, with these arrays and these parts of the progress instead; an array that is undefined is left out. */
export function stoppedFile(
  model: Model,
  {
    arrays = {},
    progress = {},
  }: { arrays?: Readonly<Record<string, Reals | undefined>>; progress?: object } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const all = Object.entries({ ...arraysOf(model), ...arrays }).filter(([, array]) => array);
  const state = {
    arrays: Object.fromEntries(all) as Record<string, Reals>,
    progress: { ...PROGRESS, ...progress },
  };
  return saveTraining(model, runOf(model, { state }));
}
