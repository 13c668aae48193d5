// The settings of a run and what they refuse.

import { expect, test } from "vitest";
import { ConfigError, completeConfig, createModel, DEFAULTS, hello } from "../../src/index.ts";

test("the defaults are the original's run", () => {
  expect(completeConfig()).toEqual({
    input: "hell",
    target: "ello",
    hiddenSize: 10,
    epochs: 1000,
    learningRate: 0.1,
    clipValue: 5,
    reduction: "sum",
    initDeviation: 0.01,
    seed: 42,
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
  ["input", "", 'at least one character, without lone surrogates, got ""'],
  ["input", "a\udc00", "at least one character, without lone surrogates, got"],
])("%s %j is refused", (setting, value, problem) => {
  expect(() => completeConfig({ [setting]: value })).toThrow(`${setting}: expected ${problem}`);
});

test("an unknown setting is refused, also one that objects have", () => {
  expect(() => completeConfig({ hidden: 3 } as object)).toThrow("hidden: expected one of input");
  expect(() => completeConfig(JSON.parse('{"__proto__": 1}'))).toThrow(ConfigError);
  expect(() => completeConfig({ toString: 3 } as object)).toThrow(ConfigError);
});

test("createModel checks its settings", async () => {
  await expect(createModel(hello(), { hiddenSize: -1 })).rejects.toThrow(ConfigError);
});
