// The settings of a run and what they refuse.

import { expect, test } from "vitest";
import {
  ConfigError,
  completeConfig,
  createModel,
  DEFAULTS,
  hello,
  PairDataset,
  TEXT_DEFAULTS,
} from "../../src/index.ts";

test("the defaults are the original's run", () => {
  expect(completeConfig()).toEqual({
    input: "hell",
    target: "ello",
    unit: "codepoint",
    minCount: 1,
    unknown: "error",
    normalizeNewlines: false,
    valFraction: 0,
    cell: "rnn",
    layers: 1,
    hiddenSize: 10,
    dropout: 0,
    seqLength: 50,
    batchSize: 1,
    precision: "f64",
    init: "normal:0.01",
    forgetBias: 0,
    recurrentRadius: 0,
    seed: 42,
    epochs: 1000,
    optimizer: "sgd",
    learningRate: 0.1,
    momentum: 0,
    alpha: 0.99,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0.01,
    schedule: "constant",
    decayRate: 0.97,
    decayAfter: 10,
    warmupSteps: 0,
    minLearningRate: 0,
    clipValue: 5,
    clipNorm: 0,
    reduction: "sum",
    carryState: true,
    evalEvery: 0,
    patience: 0,
    onDivergence: "stop",
    maxRollbacks: 3,
    engine: "wasm",
    threads: 0,
    fast: false,
  });
  expect(completeConfig({ seed: 7 })).toEqual({ ...DEFAULTS, seed: 7 });
});

test.each([
  ["hiddenSize", 0, "an integer from 1 to 4096, got 0"],
  ["hiddenSize", 4097, "an integer from 1 to 4096, got 4097"],
  ["hiddenSize", "10", 'an integer from 1 to 4096, got "10"'],
  ["hiddenSize", undefined, "an integer from 1 to 4096, got undefined"],
  ["epochs", 1.5, "an integer from 1 to 1000000000, got 1.5"],
  ["learningRate", Number.NaN, "a finite number above 0, got NaN"],
  ["learningRate", 0, "a finite number above 0, got 0"],
  ["learningRate", Number.POSITIVE_INFINITY, "a finite number above 0, got Infinity"],
  ["clipValue", -1, "a finite number from 0 (0 clips nothing), got -1"],
  ["seed", 2 ** 53, "an integer from 0 to 9007199254740991, got 9007199254740992"],
  ["reduction", "max", 'sum or mean, got "max"'],
  ["engine", null, "wasm or reference, got null"],
  ["input", "a\udc00", 'text without lone surrogates, got "a\\udc00"'],
  ["init", "normal", 'normal:S with a deviation S, uniform or orthogonal, got "normal"'],
  ["init", "normal:-1", "normal:S with a deviation S"],
  ["optimizer", "lion", 'sgd, adagrad, rmsprop, adam or adamw, got "lion"'],
  ["momentum", 1, "a number from 0 below 1, got 1"],
])("%s %j is refused", (setting, value, problem) => {
  expect(() => completeConfig({ [setting]: value })).toThrow(`${setting}: expected ${problem}`);
});

test("an unknown setting is refused, also one that objects have", () => {
  expect(() => completeConfig({ hidden: 3 } as object)).toThrow("hidden: expected one of input");
  expect(() => completeConfig(JSON.parse('{"__proto__": 1}'))).toThrow(ConfigError);
  expect(() => completeConfig({ toString: 3 } as object)).toThrow(ConfigError);
});

test("a pair of texts needs characters", () => {
  for (const [input, target] of [
    ["", "ello"],
    ["hell", ""],
    ["a\udc00", "bc"],
  ]) {
    expect(() => new PairDataset(input, target)).toThrow(
      "expected at least one character, without lone surrogates, got",
    );
  }
});

test("createModel checks its settings", async () => {
  await expect(createModel(hello(), { hiddenSize: -1 })).rejects.toThrow(ConfigError);
});

test("shares end where their text says: with 1 or before it", () => {
  expect(completeConfig({ decayRate: 1 }).decayRate).toBe(1);
  for (const decayRate of [1 + Number.EPSILON, 1.4, -Number.MIN_VALUE]) {
    expect(() => completeConfig({ decayRate })).toThrow(
      `decayRate: expected a number from 0 to 1, got ${decayRate}`,
    );
  }
  for (const name of ["momentum", "alpha", "beta1", "beta2", "valFraction"]) {
    expect(() => completeConfig({ [name]: 1 })).toThrow("expected a number from 0 below 1, got 1");
    expect(() => completeConfig({ [name]: 1 - Number.EPSILON })).not.toThrow("expected a number");
  }
});

test("in f32 a rate that f32 cannot hold is refused", () => {
  const settings = { ...TEXT_DEFAULTS, precision: "f32" as const };
  for (const learningRate of [1e-50, 1e300]) {
    expect(() => completeConfig({ ...settings, learningRate })).toThrow(
      `learningRate: expected a number from 1e-45 to 3e38, as f32 can hold, got ${learningRate}`,
    );
    expect(completeConfig({ ...TEXT_DEFAULTS, learningRate: 1e-50 }).learningRate).toBe(1e-50);
  }
  expect(completeConfig({ ...settings, learningRate: 1e-30 }).learningRate).toBe(1e-30);
});
