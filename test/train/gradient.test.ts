// The gradient against central differences over every parameter of a small model.

import { describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { type Reduction, SGD } from "../../src/engine/optimizer.ts";
import { parameterCount, type Shape, stateLength } from "../../src/engine/shape.ts";
import { allEngines, Numbers, relativeError } from "../support.ts";

const SHAPE: Shape = { V: 5, H: 7, T: 6, B: 3 };
const SHAPES: Shape[] = [
  SHAPE,
  { ...SHAPE, layers: 2 },
  { ...SHAPE, cell: "gru", layers: 2 },
  { ...SHAPE, cell: "lstm", layers: 2 },
];
const TOLERANCE = 1e-6; // relative to the largest element: what differences of this width can show
const WIDTH = 1e-5;
const NO_UPDATE = 1e-300; // a learning rate that moves no weight

interface Batch {
  readonly parameters: Float64Array;
  readonly state: Float64Array;
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
}

function batch(shape: Shape): Batch {
  const { V, T, B } = shape;
  const numbers = new Numbers(5);
  return {
    parameters: numbers.fill(new Float64Array(parameterCount(shape)), 0.5),
    state: numbers.fill(new Float64Array(stateLength(shape)), 0.5),
    inputs: numbers.tokens(new Int32Array(T * B), V),
    targets: numbers.tokens(new Int32Array(T * B), V),
  };
}

function load(engine: Engine, { parameters, state, inputs, targets }: Batch): void {
  engine.parameters.set(parameters);
  engine.state.set(state);
  engine.inputs.set(inputs);
  engine.targets.set(targets);
}

/** d(loss, summed over time)/d(parameter) by central differences. */
function differences(engine: Engine, data: Batch): Float64Array {
  const lossAt = (i: number, value: number): number => {
    load(engine, data);
    engine.parameters[i] = value;
    return engine.evaluate().loss * engine.shape.T;
  };
  return data.parameters.map((value, i) => {
    return (lossAt(i, value + WIDTH) - lossAt(i, value - WIDTH)) / (2 * WIDTH);
  });
}

function gradients(engine: Engine, data: Batch, reduction: Reduction): Float64Array {
  load(engine, data);
  expect(engine.step({ ...SGD, learningRate: NO_UPDATE, reduction }).outcome).toBe("done");
  expect(engine.parameters).toEqual(data.parameters);
  return Float64Array.from(engine.gradients);
}

describe.each([0, 1, 2])("engine %i", (index) => {
  test.each(SHAPES)(
    "every gradient is the slope of the loss, both reductions: %j",
    async (shape) => {
      const engine = (await allEngines(shape))[index] as Engine;
      const data = batch(shape);
      const slopes = differences(engine, data);
      const sum = gradients(engine, data, "sum");
      const mean = gradients(engine, data, "mean").map((gradient) => gradient * shape.T);
      console.log(
        `${engine.name}, ${shape.cell ?? "rnn"}: gradient check ${relativeError(sum, slopes).toExponential(1)}`,
      );
      expect(relativeError(sum, slopes)).toBeLessThan(TOLERANCE);
      expect(relativeError(mean, slopes)).toBeLessThan(TOLERANCE);
    },
  );

  test("the check notices when the error is not carried back through time", async () => {
    // Step by step with T 1 and a carried state: the same gradient less BPTT's recurrent term.
    const one: Shape = { ...SHAPE, T: 1 };
    const { V, T, B } = SHAPE;
    const engine = (await allEngines(one))[index] as Engine;
    const whole = (await allEngines(SHAPE))[0] as Engine;
    const data = batch(SHAPE);
    const slopes = differences(whole, data);
    const sum = new Float64Array(slopes.length);
    const state = data.state.slice();
    for (let t = 0; t < T; t++) {
      const row = (ids: Int32Array) => ids.subarray(t * B, (t + 1) * B);
      const part = { ...data, state, inputs: row(data.inputs), targets: row(data.targets) };
      gradients(engine, part, "sum").forEach((gradient, i) => {
        sum[i] = (sum[i] as number) + gradient;
      });
      state.set(engine.state);
    }
    expect(relativeError(sum, slopes)).toBeGreaterThan(1000 * TOLERANCE);
    // Why and by do not depend on what comes back through time.
    const outputs = (all: Float64Array) => all.subarray(all.length - V);
    expect(relativeError(outputs(sum), outputs(slopes))).toBeLessThan(TOLERANCE);
  });
});
