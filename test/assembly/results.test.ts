// Core === reference also where a step comes to nothing: whole results and all that is left after a
// number that is not finite; and draws at their edges.

import { describe, expect, test } from "vitest";
import type { DrawRule, Engine, Outcome } from "../../src/engine/engine.ts";
import { SGD, type UpdateRule } from "../../src/engine/optimizer.ts";
import type { Shape } from "../../src/engine/shape.ts";
import { weightsOf } from "../../src/model/model.ts";
import { allEngines, Numbers, normal } from "../support.ts";

const RULE: UpdateRule = { ...SGD, learningRate: 0.01 };

// Each makes the next step end so. Hidden units off zero, huge output weights: the loss is finite,
// the gradient's norm is not.
const SPOILERS: [Outcome, UpdateRule, (engine: Engine) => void][] = [
  ["loss not finite", RULE, ({ parameters }) => parameters.fill(1e308)],
  [
    "gradient not finite",
    RULE,
    (engine) => {
      const { H } = engine.shape;
      engine.parameters.fill(0);
      weightsOf(engine).bh.fill(0.5);
      weightsOf(engine).Why.fill(-1e200).fill(1e200, 0, H);
    },
  ],
  [
    // All characters as likely: the gradient of the target's bias is 3·(1/5 - 1).
    "update not finite",
    { ...RULE, learningRate: Number.MAX_VALUE, reduction: "sum" },
    ({ parameters, targets }) => {
      parameters.fill(0);
      targets.fill(0);
    },
  ],
];

/** All that a step leaves. */
const leftBy = (engine: Engine) => ({
  parameters: engine.parameters.slice(),
  gradients: engine.gradients.slice(),
  state: engine.state.slice(),
  predictions: engine.predictions.slice(),
  probabilities: engine.probabilities(),
  updates: engine.updates,
});

/** The engines after a good step on the same numbers. */
async function afterGoodStep(shape: Shape): Promise<Engine[]> {
  const engines = await allEngines(shape);
  for (const engine of engines) {
    const numbers = new Numbers(7);
    engine.initialize(1, normal(0.3));
    numbers.tokens(engine.inputs, shape.V);
    numbers.tokens(engine.targets, shape.V);
    const { outcome, gradNorm } = engine.step(RULE);
    expect(outcome).toBe("done");
    expect(gradNorm).toBeGreaterThan(0);
  }
  return engines;
}

describe.each(SPOILERS)("%s", (outcome, rule, spoil) => {
  // One row, four that are taken together, and both.
  test.each([1, 4, 7])("in a batch of %i rows", async (B) => {
    const engines = await afterGoodStep({ V: 5, H: 4, T: 3, B });
    const results = engines.map((engine) => {
      const before = leftBy(engine);
      spoil(engine);
      const spoiled = engine.parameters.slice();
      const result = engine.step(rule);
      const after = leftBy(engine);
      expect(after.parameters).toEqual(spoiled);
      expect([after.state, after.updates]).toEqual([before.state, before.updates]);
      return { result, after, evaluated: engine.evaluate(), last: leftBy(engine) };
    });
    for (const found of results) expect(found).toEqual(results[0]);
    const { outcome: got, gradNorm } = (results[0] as (typeof results)[0]).result;
    expect(got).toBe(outcome);
    if (outcome === "loss not finite") expect(gradNorm).toBe(0);
    if (outcome === "gradient not finite") expect(gradNorm).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("draws", () => {
  const drawn = (engine: Engine, rule: Partial<DrawRule> = {}) =>
    Array.from({ length: 8 }, () => engine.draw(0, { temperature: 1, topK: 0, topP: 1, ...rule }));

  test("are those of seed 0 before any seed is given, and of the weights' seed after", async () => {
    const shape = { V: 70, H: 3, T: 1, B: 1 };
    const all = (await allEngines(shape)).map((engine) => {
      engine.evaluate(); // of zeros: all are equally likely
      const unseeded = drawn(engine);
      engine.seedDraws(0);
      expect(drawn(engine)).toEqual(unseeded);
      engine.initialize(9, normal(0));
      engine.evaluate();
      const initialized = drawn(engine);
      engine.seedDraws(9);
      expect(drawn(engine)).toEqual(initialized);
      return [unseeded, initialized];
    });
    for (const found of all) expect(found).toEqual(all[0]);
    expect(all[0]?.[0]).not.toEqual(all[0]?.[1]);
  });

  test.each([70, 2 ** 31, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER])(
    "from the likeliest %d of 70 are from all",
    async (topK) => {
      for (const engine of await afterGoodStep({ V: 70, H: 3, T: 1, B: 1 })) {
        // Candidates come in their order, the likeliest first: so they do with a topP of nearly 1.
        engine.seedDraws(3);
        const all = drawn(engine, { topP: 1 - Number.EPSILON / 2 });
        engine.seedDraws(3);
        expect(drawn(engine, { topK })).toEqual(all);
      }
    },
  );
});
