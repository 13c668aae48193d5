// A thread that is lost anywhere in a run: it goes on with one, to the records, the weights and the
// state of a run that lost none.

import { describe, expect, onTestFinished, test } from "vitest";
import { sha256 } from "../../src/checkpoint/sha256.ts";
import {
  type Config,
  completeConfig,
  corpusOf,
  createModel,
  type Engine,
  splitCorpus,
  TEXT_DEFAULTS,
  TeamError,
  Trainer,
  train,
  weightsOf,
} from "../../src/index.ts";
import { despiteLostThreads } from "../../src/train/lost-threads.ts";
import type { WasmEngine } from "../../src/wasm/engine.ts";
import { recordsOf } from "../support.ts";

const TEXT = "the quick brown fox jumps over the lazy dog; ".repeat(30).slice(0, 1000);
const SPOILED = 10; // steps done when the weights are spoiled; noticed within the next ten

/** A run of 12 epochs of ten steps, with an evaluation of three batches every 25. */
async function trainerOf(threads: number, network: Partial<Config> = {}): Promise<Trainer> {
  const small = { hiddenSize: 9, seqLength: 7, batchSize: 10, epochs: 12, evalEvery: 25 };
  const config = completeConfig(
    { ...small, ...network, valFraction: 0.25, threads },
    TEXT_DEFAULTS,
  );
  const { training, validation } = splitCorpus(corpusOf(TEXT, config), config);
  const model = await createModel(training, config);
  onTestFinished(() => model.engine.close());
  expect(model.engine.threads).toBe(threads);
  return new Trainer(model, training, validation);
}

/** Lets a rank give up just before a call of the engine, counted from 1. */
function loseAt(engine: Engine, name: "step" | "evaluate", call: number): void {
  const { core } = engine as WasmEngine;
  const own: (...given: any[]) => any = engine[name].bind(engine);
  let calls = 0;
  engine[name] = (...given: any[]) => {
    calls++;
    if (calls === call) core.giveUp();
    return own(...given);
  };
}

interface Outcome {
  readonly lost: number[];
  readonly records: unknown[];
  readonly hashes: Record<string, string>;
  readonly progress: Trainer["progress"];
}

/** Runs to the end, through an explosion. */
async function outcomeOf(trainer: Trainer): Promise<Outcome> {
  const { engine } = trainer.model;
  const lost: number[] = [];
  const records: unknown[] = [];
  let spoiled = false;
  const takeSteps = () => {
    for (const { charsPerSecond, ...record } of recordsOf(trainer)) {
      records.push(record);
      if (spoiled || trainer.progress.step !== SPOILED) continue;
      spoiled = true;
      weightsOf(engine).by[0] = 1000;
    }
  };
  await despiteLostThreads(engine, takeSteps, () => void lost.push(trainer.progress.step));
  const { progress, arrays } = trainer.state;
  const named = Object.entries(arrays).map(async ([name, array]) => [name, await sha256(array)]);
  return { lost, records, hashes: Object.fromEntries(await Promise.all(named)), progress };
}

test.each<Partial<Config>>([
  {},
  { cell: "gru", layers: 2, dropout: 0.3 },
  { cell: "lstm", layers: 2, dropout: 0.3 },
])("lost in a step, in an evaluation, before and after going back: %j", async (network) => {
  const { lost, ...undisturbed } = await outcomeOf(await trainerOf(1, network));
  expect(lost).toEqual([]);
  const back = undisturbed.records.findIndex((record) => Object(record).rolledBack);
  expect(back).toBeGreaterThan(SPOILED);
  const places = [
    ["step", 1, 0],
    ["step", 7, 6],
    ["step", back + 1, back], // the loss of this one makes the run go back
    ["step", back + 2, 0], // the first after it, whose record says so
    ["step", back + 2 + 100, 100], // the first of an epoch, after which a state is kept
    ["evaluate", 2, 25],
    ["evaluate", 4, 50],
  ] as const;
  for (const [name, call, step] of places) {
    const trainer = await trainerOf(2, network);
    loseAt(trainer.model.engine, name, call);
    const { lost, ...disturbed } = await outcomeOf(trainer);
    expect(lost, `${name} ${call}`).toEqual([step]);
    expect(trainer.model.engine.threads).toBe(1);
    expect(disturbed, `${name} ${call}`).toEqual(undisturbed);
  }
});

describe("train()", () => {
  /** A model and its data, about to lose a thread in the seventh step. */
  async function about(threads: number) {
    const trainer = await trainerOf(threads);
    const { model } = trainer;
    const config = model.config;
    const { training, validation } = splitCorpus(corpusOf(TEXT, config), config);
    if (threads > 1) loseAt(model.engine, "step", 7);
    return { model, run: train(model, training, { validation: validation as typeof training }) };
  }

  async function expected(): Promise<[number[], string]> {
    const { model, run } = await about(1);
    const steps = Array.from(run, ({ step }) => step);
    expect(steps).toEqual(Array.from({ length: steps.length }, (_, i) => i));
    return [steps, await sha256(model.engine.parameters)];
  }

  test("in `for await` goes on by itself", async () => {
    const { model, run } = await about(2);
    const steps: number[] = [];
    for await (const { step } of run) steps.push(step);
    expect(model.engine.threads).toBe(1);
    expect([steps, await sha256(model.engine.parameters)]).toEqual(await expected());
  });

  test("in `for` throws, and goes on once the engine is disbanded", async () => {
    const { model, run } = await about(2);
    const steps: number[] = [];
    const goOn = () => {
      for (const { step } of run) steps.push(step);
    };
    expect(goOn).toThrow(TeamError);
    expect(goOn).toThrow(TeamError);
    expect(steps).toEqual([0, 1, 2, 3, 4, 5]);
    await model.engine.disband?.();
    goOn();
    expect([steps, await sha256(model.engine.parameters)]).toEqual(await expected());
  });
});
