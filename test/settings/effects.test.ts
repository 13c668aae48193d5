// Which settings have an effect under which others: the rules against what training does, and what is
// refused.

import { describe, expect, test } from "vitest";
import { momentsOf } from "../../src/engine/optimizer.ts";
import {
  type Config,
  type ConfigError,
  completeConfig,
  corpusOf,
  createModel,
  type Dataset,
  DEFAULTS,
  hello,
  Model,
  splitCorpus,
  TEXT_DEFAULTS,
  Trainer,
} from "../../src/index.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { SETTINGS } from "../../src/settings/check.ts";
import { expectEffects, missingNeed, needsOf, withoutIdle } from "../../src/settings/effects.ts";
import { initialOf } from "../../src/settings/initial.ts";
import { coreBytes } from "../support.ts";

const TEXT = "she sells sea shells by the sea shore. ".repeat(6);
const SMALL = {
  hiddenSize: 5,
  seqLength: 7,
  batchSize: 2,
  epochs: 3,
  clipNorm: 0,
  cell: "rnn",
} as const;

/** The weights after a run, whatever the rules say of its settings. */
function trained(config: Config): Float64Array {
  const split = splitCorpus(corpusOf(TEXT, config), config);
  const dataset = split.training;
  const { seqLength: T, batchSize: B, vocabulary } = dataset;
  const shape = { V: vocabulary.size, H: config.hiddenSize, T, B };
  const engine = new ReferenceEngine(shape, momentsOf(config));
  engine.initialize(config.seed, initialOf(config));
  const model = new Model(config, vocabulary, engine);
  for (const _ of new Trainer(model, dataset, split.validation).run());
  return engine.parameters;
}

describe("the rules say what training does", () => {
  test.each<[change: Partial<Config>, without: Partial<Config>, within: Partial<Config>]>([
    [{ momentum: 0.5 }, { optimizer: "adam" }, { optimizer: "sgd" }],
    [{ alpha: 0.5 }, { optimizer: "adam" }, { optimizer: "rmsprop" }],
    [{ beta1: 0.5 }, { optimizer: "rmsprop" }, { optimizer: "adam" }],
    [{ beta2: 0.5 }, { optimizer: "sgd" }, { optimizer: "adam" }],
    [{ epsilon: 0.5 }, { optimizer: "sgd" }, { optimizer: "adam" }],
    [{ epsilon: 0.5 }, { optimizer: "sgd" }, { optimizer: "adagrad" }],
    [{ epsilon: 0.5 }, { optimizer: "sgd" }, { optimizer: "rmsprop" }],
    [{ decayRate: 0.5 }, { schedule: "cosine" }, { schedule: "step", decayAfter: 1 }],
    [{ decayAfter: 1 }, { schedule: "constant" }, { schedule: "step" }],
    [{ minLearningRate: 1e-3 }, { schedule: "step" }, { schedule: "cosine" }],
    [
      { evalEvery: 1 },
      { valFraction: 0 },
      { valFraction: 0.2, patience: 1, learningRate: 0.2, schedule: "constant" },
    ],
  ])("%j without effect under %j, with one under %j", (change, without, within) => {
    const [name] = Object.keys(change) as (keyof Config)[];
    const settingsUnder = (others: Partial<Config>) =>
      completeConfig({ ...SMALL, ...others }, TEXT_DEFAULTS);
    const [idle, read] = [settingsUnder(without), settingsUnder(within)];
    expect(missingNeed(name as keyof Config, idle)).toBeDefined();
    expect(missingNeed(name as keyof Config, read)).toBeUndefined();
    if (name !== "evalEvery") {
      expect(trained({ ...idle, ...change })).toEqual(trained(idle));
    }
    expect(trained({ ...read, ...change })).not.toEqual(trained(read));
  });

  test("a pair reads no setting of a text", async () => {
    const changes: Partial<Config> = { unit: "byte", minCount: 2, unknown: "skip" };
    for (const [name, value] of Object.entries({
      ...changes,
      carryState: true,
      valFraction: 0.2,
    })) {
      const config = completeConfig({ [name]: value });
      expect(() => expectEffects({ [name]: value }, config), name).toThrow(
        `${name}: expected a text, without which it has no effect, got a pair of texts`,
      );
    }
  });
});

test("what is so anyway may be asked for", () => {
  const config = completeConfig({ optimizer: "adam", engine: "reference" });
  const idle: Partial<Config> = {
    momentum: 0,
    decayRate: 1,
    minLearningRate: 0,
    evalEvery: 0,
    patience: 0,
    maxRollbacks: 0,
    threads: 1,
    fast: false,
    minCount: 1,
    unknown: "error",
    unit: "codepoint",
    normalizeNewlines: false,
    valFraction: 0,
    seqLength: 4,
    batchSize: 1,
    carryState: false,
  };
  expect(() => expectEffects(idle, config)).not.toThrow();
  expect(() => expectEffects({ seqLength: 5 }, config)).toThrow("seqLength: expected a text");
});

test("a default that was given counts as given, and one that stands in a whole configuration does not", async () => {
  expect(() => expectEffects({ beta1: 0.9 }, completeConfig())).toThrow(
    'beta1: expected optimizer adam or adamw, without which it has no effect, got "sgd"; choose that, or leave beta1 out',
  );
  const { engine } = await createModel(hello(), { ...TEXT_DEFAULTS, hiddenSize: 3 });
  engine.close();
});

test("the library refuses a setting without effect", async () => {
  const split = splitCorpus(corpusOf(TEXT, TEXT_DEFAULTS), TEXT_DEFAULTS);
  const own: Dataset = {
    ...{ vocabulary: hello().vocabulary, seqLength: 2, batchSize: 1, stepsPerEpoch: 2 },
    settings: {},
    load: () => {},
  };
  const cases: [Dataset, Partial<Config>, string | undefined][] = [
    [hello(), { momentum: 0.9, optimizer: "adam" }, "momentum: expected optimizer sgd"],
    [hello(), { decayRate: 0.5 }, "decayRate: expected schedule step"],
    [hello(), { seqLength: 9 }, "seqLength: expected a text"],
    [hello(), { fast: true, engine: "reference" }, "fast: expected engine wasm"],
    [hello(), { threads: 2 }, "threads: expected batchSize from 8"],
    [split.training, { ...TEXT_DEFAULTS, threads: 2 }, undefined], // made fewer by a short text
    [own, { carryState: false, patience: 2 }, undefined],
  ];
  for (const [dataset, settings, message] of cases) {
    const made = createModel(dataset, settings);
    if (message) await expect(made).rejects.toThrow(message);
    else (await made).engine.close();
  }
  const model = await createModel(own, { patience: 2 });
  expect(() => new Trainer(model, own)).toThrow(
    "patience: expected validation data, without which it has no effect, got none",
  );
  model.engine.close();
  const core = await coreBytes("release");
  for (const settings of [{ fast: true }, { threads: 2, batchSize: 8 }]) {
    await expect(createModel(split.training, { ...settings }, core)).rejects.toThrow(
      /^(fast|threads): expected no core of your own/,
    );
  }
});

test("an error spells the settings as whoever shows it does", () => {
  const flags = (setting: string) => `--${setting.toLowerCase()}`;
  try {
    expectEffects({ patience: 3 }, completeConfig());
    expect.unreachable();
  } catch (error) {
    expect((error as ConfigError).messageAs(flags)).toBe(
      "--patience: expected --valfraction above 0, without which it has no effect, got 0; choose that, or leave --patience out",
    );
  }
});

test("what has no effect is left at its default, and what has one stays", () => {
  const config = completeConfig({ momentum: 0.9, optimizer: "adam", beta1: 0.8, seqLength: 4 });
  expect(withoutIdle(config)).toEqual({ ...config, momentum: 0 });
});

test("needs are settings that can be so", () => {
  for (const name of SETTINGS) {
    expect(missingNeed(name, DEFAULTS) === undefined || needsOf(name, String).length > 0).toBe(
      true,
    );
  }
  expect(needsOf("threads", String)).toEqual(["engine wasm", "batchSize from 8"]);
  expect(needsOf("epsilon", String)).toEqual(["optimizer adagrad, rmsprop, adam or adamw"]);
});
