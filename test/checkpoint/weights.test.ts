// Weights from a file and the model they are for: what fits is taken to the bit, what does not is named; and
// what is said where their precisions differ.

import { describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/checkpoint/error.ts";
import {
  arenaOf,
  type Checkpoint,
  networkSettings,
  precisionNotes,
  restoreWeights,
  withVocabulary,
} from "../../src/checkpoint/weights.ts";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import {
  type Config,
  createModel,
  DEFAULTS,
  Model,
  PairDataset,
  parametersOf,
} from "../../src/index.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";

function modelOf(settings: Partial<Config> = {}): Promise<Model> {
  const dataset = new PairDataset("ab", "ba");
  return createModel(dataset, { hiddenSize: 1, engine: "reference", ...settings });
}

/** nn.RNN(2, 1) and nn.Linear(1, 2): eight numbers that f32 holds; those given instead. */
function checkpointOf(changes: Partial<Checkpoint> = {}): Checkpoint {
  const parameters = Float64Array.of(1, 2, 3, 4, 5, 0.75, 6, 7);
  return { V: 2, H: 1, cell: "rnn", layers: 1, parameters, ...changes };
}

/** The numbers of `checkpointOf`, with one of them another. */
function numbersWith(at: number, value: number): Float64Array {
  const { parameters } = checkpointOf();
  return Float64Array.from(parameters).fill(value, at, at + 1);
}

/** That it throws a CheckpointError of exactly this text. */
function expectRefusal(run: () => unknown, message: string): void {
  expect(run).toThrow(CheckpointError);
  expect(run).toThrow(expect.objectContaining({ message }));
}

describe("weights are restored", () => {
  test.each(["f64", "f32"] as const)(
    "into a model of %s, rounded as its numbers are",
    async (p) => {
      const model = await modelOf({ precision: p });
      const parameters = numbersWith(7, 0.1);
      restoreWeights(model, checkpointOf({ parameters }));
      const own = model.engine.parameters;
      expect([...own.slice(0, 7)]).toEqual([...parameters.slice(0, 7)]);
      expect(own[7]).toBe(p === "f64" ? 0.1 : Math.fround(0.1));
    },
  );

  test.each<[string, Partial<Config>, Partial<Checkpoint>, string]>([
    ["of another cell", { cell: "gru" }, {}, "cell: expected gru, got rnn"],
    ["of no cell but the first", {}, { cell: "lstm" }, "cell: expected rnn, got lstm"],
    ["of other layers", { layers: 2 }, { layers: 3 }, "layers: expected 2, got 3"],
    ["of more layers than one", {}, { layers: 2 }, "layers: expected 1, got 2"],
    [
      "with a first number that is none",
      {},
      { parameters: numbersWith(0, Number.NaN) },
      "Wxh[0]: expected a finite number, got NaN",
    ],
    [
      "with a last number that is not finite",
      {},
      { parameters: numbersWith(7, Number.NEGATIVE_INFINITY) },
      "by[1]: expected a finite number, got -Infinity",
    ],
    [
      "with a number that f32 cannot hold",
      { precision: "f32" },
      { parameters: numbersWith(4, 1e39) },
      "Why[1]: expected a number that f32 can hold, got 1e+39",
    ],
  ])("but not %s", async (_name, settings, changes, message) => {
    const model = await modelOf(settings);
    const before = model.engine.parameters.slice();
    expectRefusal(() => restoreWeights(model, checkpointOf(changes)), message);
    expect(model.engine.parameters).toEqual(before);
  });

  test("into an engine that does not say of which cell and layers it is: one of tanh", () => {
    const engine = new ReferenceEngine({ V: 2, H: 1, T: 1, B: 1 });
    const model = new Model(DEFAULTS, new Vocabulary(["a", "b"]), engine);
    restoreWeights(model, checkpointOf());
    expect(engine.parameters).toEqual(checkpointOf().parameters);
    expectRefusal(
      () => restoreWeights(model, checkpointOf({ cell: "gru" })),
      "cell: expected rnn, got gru",
    );
    expectRefusal(
      () => restoreWeights(model, checkpointOf({ layers: 2 })),
      "layers: expected 1, got 2",
    );
  });

  test("into a model of the settings that they decide", () => {
    expect(networkSettings(checkpointOf({ H: 3, cell: "gru", layers: 2 }))).toEqual({
      ...{ hiddenSize: 3, cell: "gru", layers: 2 },
    });
  });

  test("into f64, where they are finite though f32 could not hold them", async () => {
    const model = await modelOf();
    restoreWeights(model, checkpointOf({ parameters: numbersWith(4, 1e39) }));
    expect(model.engine.parameters[4]).toBe(1e39);
  });
});

describe("what is said of precisions", () => {
  const taken = ["The model's weights are of f32, taken as they are for this run of f64."];
  const rounded = ["The model's weights have more digits than f32: rounded for this run."];
  const fine = numbersWith(3, 0.1);

  test.each<[string, Config["precision"], Partial<Checkpoint>, string[]]>([
    ["nothing for f64 in f64, however many digits", "f64", { parameters: fine }, []],
    ["nothing for f64 that is said to be", "f64", { precision: "f64", parameters: fine }, []],
    ["f32 in f64: taken as they are", "f64", { precision: "f32" }, taken],
    ["nothing for f32 in f32", "f32", { precision: "f32" }, []],
    ["nothing for f64 in f32 where no digit is lost", "f32", {}, []],
    ["f64 in f32: rounded where one is", "f32", { parameters: fine }, rounded],
  ])("%s", async (_name, precision, changes, notes) => {
    expect(precisionNotes(await modelOf({ precision }), checkpointOf(changes))).toEqual(notes);
  });
});

describe("a vocabulary beside the weights", () => {
  const vocabulary = new Vocabulary(["a", "b"]);

  test("is taken where there is none, and where it is the file's own", () => {
    const given = withVocabulary(checkpointOf(), vocabulary);
    expect(given).toEqual({ ...checkpointOf(), vocabulary });
    const own = checkpointOf({ vocabulary });
    expect(withVocabulary(own, new Vocabulary(["a", "b"]))).toBe(own);
  });

  test("is refused where it has another size, or differs from the file's own in any token", () => {
    expectRefusal(
      () => withVocabulary(checkpointOf(), new Vocabulary(["a", "b", "c"])),
      "vocabulary: expected 2 tokens, as many as the weights are for, got 3",
    );
    for (const other of ["ac", "cb", "ba"]) {
      expectRefusal(
        () => withVocabulary(checkpointOf({ vocabulary }), new Vocabulary([...other])),
        "vocabulary: expected the file's own, or none, got another",
      );
    }
  });
});

describe("tensors without biases", () => {
  const without = (...names: string[]) =>
    parametersOf({ V: 2, H: 1 })
      .filter(({ name }) => !names.includes(name))
      .map(({ name, shape, length }) => ({
        ...{ name, shape },
        data: Float64Array.from({ length }, (_, i) => i + 1),
      }));

  test("are an arena in which these are zero, if that is asked for", () => {
    const { parameters } = arenaOf(without("bh", "by"), { zeroBiases: true });
    expect([...parameters]).toEqual([1, 2, 1, 1, 2, 0, 0, 0]);
    expectRefusal(
      () => arenaOf(without("bh", "by")),
      "bh: expected a tensor of this name, got none",
    );
  });

  test.each(["Wxh", "Whh", "Why"])("but %s is never made up", (name) => {
    expectRefusal(
      () => arenaOf(without(name), { zeroBiases: true }),
      `${name}: expected a tensor of this name, got none`,
    );
  });
});
