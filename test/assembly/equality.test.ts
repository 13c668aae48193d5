// Wasm === reference: every parameter, after every step, bit for bit, over generated shapes.

import { describe, expect, test } from "vitest";
import type { UpdateRule } from "../../src/model/engine.ts";
import type { Shape } from "../../src/model/shape.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { differingBits, Numbers, wasmEngine } from "../support.ts";

const STEPS = 3;
const DEVIATIONS = [1e-200, 1e-8, 0.01, 0.3, 1, 40]; // tiny … saturated

interface Case {
  shape: Shape;
  deviation: number;
  rule: UpdateRule;
  seed: number;
}

/** Edges of every dimension and primes first, then seeded draws. */
function cases(): Case[] {
  const numbers = new Numbers(2026);
  const shapes: [V: number, H: number, T: number, B: number][] = [
    [2, 1, 1, 1],
    [4, 10, 4, 1],
    [70, 65, 30, 9],
    [67, 61, 29, 7],
    [2, 65, 1, 9],
    [70, 1, 30, 1],
    [5, 3, 2, 5],
    [53, 31, 17, 3],
    [13, 64, 8, 8],
    [64, 4, 4, 4],
  ];
  while (shapes.length < 60) {
    const integer = (low: number, high: number) => numbers.integer(low, high);
    shapes.push([integer(2, 70), integer(1, 65), integer(1, 30), integer(1, 9)]);
  }
  return shapes.map(([V, H, T, B], i) => ({
    shape: { V, H, T, B },
    deviation: DEVIATIONS[i % DEVIATIONS.length] as number,
    rule: {
      learningRate: numbers.pick([1e-3, 0.1, 1]),
      clipValue: numbers.pick([0, 0.05, 5]),
      reduction: numbers.pick(["sum", "mean"]),
    },
    seed: i,
  }));
}

describe("the core and the reference agree on every bit", () => {
  test.each(cases())(
    "$shape, weights of $deviation, $rule",
    async ({ shape, deviation, rule, seed }) => {
      const reference = new ReferenceEngine(shape);
      const release = await wasmEngine(shape);
      const debug = await wasmEngine(shape, "debug");
      const numbers = new Numbers(seed);
      numbers.fill(reference.parameters, deviation);
      numbers.fill(reference.state, 1);
      for (const engine of [release, debug]) {
        engine.parameters.set(reference.parameters);
        engine.state.set(reference.state);
      }
      for (let step = 0; step < STEPS; step++) {
        numbers.tokens(reference.inputs, shape.V);
        numbers.tokens(reference.targets, shape.V);
        const expected = reference.step(rule);
        for (const engine of [release, debug]) {
          engine.inputs.set(reference.inputs);
          engine.targets.set(reference.targets);
          expect(engine.step(rule)).toEqual(expected);
          expect(differingBits(engine.parameters, reference.parameters)).toBe(0);
          expect(differingBits(engine.gradients, reference.gradients)).toBe(0);
          expect(differingBits(engine.probabilities(), reference.probabilities())).toBe(0);
          expect(differingBits(engine.state, reference.state)).toBe(0);
          expect(engine.predictions).toEqual(reference.predictions);
        }
        const evaluated = reference.evaluate();
        for (const engine of [release, debug]) expect(engine.evaluate()).toEqual(evaluated);
        expect(debug.core.brokenGuard()).toBe(-1);
      }
      release.initialize(seed, deviation);
      reference.initialize(seed, deviation);
      expect(differingBits(release.parameters, reference.parameters)).toBe(0);
    },
  );
});
