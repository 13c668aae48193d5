// A model of more than 2 GiB, where an address no longer fits a signed number: one step of it, and
// the same on the reference, one after the other so that only one is held.

import { expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { SGD } from "../../src/engine/optimizer.ts";
import { asDoubles, type Reals } from "../../src/engine/precision.ts";
import { parameterCount } from "../../src/engine/shape.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { wasmEngine } from "../support.ts";

const SHAPE = { V: 7100, H: 4096, T: 2, B: 1 };
const SIGNED = 2 ** 31; // bytes
const SCALE = 0.02; // weights up to a hundredth of either sign, so that no unit saturates

/** One step from weights that are quick to write, and the sums of what it leaves. */
function stepOf(engine: Engine) {
  const { parameters } = engine;
  for (let i = 0; i < parameters.length; i++) {
    parameters[i] = SCALE * (((i % 65_521) * 0.6180339887) % 1) - SCALE / 2;
  }
  engine.state.fill(0.5);
  engine.inputs.set([SHAPE.V - 1, 1]);
  engine.targets.set([0, SHAPE.V - 2]);
  const result = engine.step({ ...SGD, clipNorm: 1 });
  const sum = (array: Reals) => asDoubles(array).reduce((total, value) => total + value, 0);
  const { gradients, state, predictions } = engine;
  return {
    result,
    sums: [parameters, gradients, state].map(sum),
    ends: [...parameters.slice(-2), ...gradients.slice(-2), ...predictions],
  };
}

test("a step of a model of more than 2 GiB is that of the reference", async () => {
  const expected = stepOf(new ReferenceEngine(SHAPE));
  const engine = await wasmEngine(SHAPE);
  expect(engine.core.memory.buffer.byteLength).toBeGreaterThan(SIGNED);
  expect(engine.predictions.byteOffset).toBeGreaterThan(SIGNED);
  expect(engine.parameters.length).toBe(parameterCount(SHAPE));
  const found = stepOf(engine);
  expect(found).toEqual(expected);
  expect(found.result.outcome).toBe("done");
  // Weights that small leave all characters about equally likely.
  expect(Math.abs(found.result.loss / Math.log(SHAPE.V) - 1)).toBeLessThan(0.05);
});
