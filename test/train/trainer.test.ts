// The epoch loop: its records, its stopping, its guard.

import { describe, expect, test } from "vitest";
import {
  createModel,
  DivergenceError,
  type EngineName,
  hello,
  type Model,
  PairDataset,
  type StepRecord,
  train,
  weightsOf,
} from "../../src/index.ts";

const ENGINES: EngineName[] = ["wasm", "reference"];

function take(model: Model, count: number): StepRecord[] {
  const records: StepRecord[] = [];
  for (const record of train(model, hello())) {
    records.push(record);
    if (records.length === count) break;
  }
  return records;
}

describe.each(ENGINES)("on the %s engine", (engine) => {
  test("records count steps and epochs from 0 and say what happened", async () => {
    const model = await createModel(hello(), { engine, epochs: 3 });
    const records = [...train(model, hello())];
    expect(records.map(({ step, epoch }) => [step, epoch])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    const [first] = records as [StepRecord];
    expect(first.loss).toBeCloseTo(Math.log(4), 3); // small weights: four equal guesses
    expect(first.gradNorm).toBeGreaterThan(0);
    expect(first.charsPerSecond).toBeGreaterThan(0);
    expect([0, 0.25, 0.5, 0.75, 1]).toContain(first.accuracy);
  });

  test("a run left early and a shorter run hold the same weights", async () => {
    const long = await createModel(hello(), { engine });
    const short = await createModel(hello(), { engine, epochs: 20 });
    take(long, 20);
    for (const _ of train(short, hello()));
    expect(long.engine.parameters).toEqual(short.engine.parameters);
  });

  test("a step that would leave f64 is refused and the last weights are kept", async () => {
    const model = await createModel(hello(), { engine, learningRate: 1e308 });
    const records = train(model, hello())[Symbol.iterator]();
    let kept = model.engine.parameters.slice();
    let error: unknown;
    try {
      for (;;) {
        if (records.next().done) break;
        kept = model.engine.parameters.slice();
      }
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(DivergenceError);
    expect(String(error)).toMatch(/diverged at epoch \d+: .*try a learning rate below 1e\+308/);
    expect(model.engine.parameters).toEqual(kept);
    expect(kept.every(Number.isFinite)).toBe(true);
  });

  test.each([
    ["loss", (model: Model) => model.engine.parameters.fill(1e308)],
    ["gradient norm", (model: Model) => overflowGradient(model)],
  ] as const)("a %s that is not finite stops before the update", async (kind, spoil) => {
    const model = await createModel(hello(), { engine });
    spoil(model);
    const before = model.engine.parameters.slice();
    const stateBefore = model.engine.state.slice();
    expect(() => [...train(model, hello())]).toThrow(`got a ${kind} that is not`);
    expect(model.engine.parameters).toEqual(before);
    expect(model.engine.state).toEqual(stateBefore);
  });

  test("an evaluation whose loss is not finite says so and keeps the state", async () => {
    const { engine: numbers } = await createModel(hello(), { engine });
    weightsOf(numbers).Why.fill(1e308).fill(-1e308, 0, 10);
    weightsOf(numbers).bh.fill(5);
    numbers.state.fill(0.25);
    expect(numbers.evaluate().outcome).toBe("loss not finite");
    expect(numbers.state).toEqual(new Float64Array(10).fill(0.25));
  });

  test("of equal probabilities the first is predicted, as NumPy does", async () => {
    const { engine: numbers } = await createModel(hello(), { engine, init: "normal:0" });
    numbers.evaluate();
    expect([...numbers.predictions]).toEqual([0, 0, 0, 0]);
  });

  test("evaluating changes no weight and gives the loss of the next step", async () => {
    const model = await createModel(hello(), { engine });
    const before = model.engine.parameters.slice();
    hello().load(0, model.engine.inputs, model.engine.targets);
    const { loss, correct, gradNorm } = model.engine.evaluate();
    expect(model.engine.parameters).toEqual(before);
    expect(gradNorm).toBe(0);
    const [first] = take(model, 1) as [StepRecord];
    expect([first.loss, first.accuracy]).toEqual([loss, correct / 4]);
  });

  test("pairs of texts from 2 to 11 characters are learned", async () => {
    for (let i = 1; i <= 10; i++) {
      const input = "abcdefghijklmnopqrstuvwxyz".slice(0, i + 1);
      const dataset = new PairDataset(input, `${input.slice(1)}!`);
      const model = await createModel(dataset, { engine, epochs: 1000, hiddenSize: 24 });
      let last: StepRecord | undefined;
      for (last of train(model, dataset));
      expect(last?.accuracy, input).toBe(1);
    }
  });
});

/** Hidden units off zero, huge output weights: the loss is finite, the gradient's norm is not. */
function overflowGradient({ engine }: Model): void {
  const { V, H } = engine.shape;
  engine.parameters.fill(0);
  weightsOf(engine).bh.fill(0.5);
  const Why = engine.parameters.subarray(V * H + H * H, 2 * V * H + H * H);
  Why.forEach((_, i) => {
    Why[i] = i < H ? 1e200 : -1e200;
  });
}

test("a dataset of another vocabulary of the same size is refused", async () => {
  const model = await createModel(new PairDataset("ba", "ab"));
  expect(() => [...train(model, new PairDataset("ab", "ba"))]).toThrow(
    'dataset: expected the vocabulary "ba", got "ab"',
  );
});

test("a dataset of another shape is refused", async () => {
  const model = await createModel(hello());
  expect(() => [...train(model, new PairDataset("ab", "ba"))]).toThrow(
    "dataset: expected V 4, T 4, B 1, got V 2, T 2, B 1",
  );
});
