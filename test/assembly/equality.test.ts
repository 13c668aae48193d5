// Wasm === reference: every parameter, after every step, bit for bit, over generated shapes.

import { describe, expect, test } from "vitest";
import type { CellName } from "../../src/engine/cells.ts";
import { momentsOf, SGD, type UpdateRule } from "../../src/engine/optimizer.ts";
import type { Shape } from "../../src/engine/shape.ts";
import { createReference } from "../../src/reference.ts";
import { type Initial, parseInitial } from "../../src/settings/initial.ts";
import { differingBits, Numbers, wasmEngine } from "../support.ts";

const STEPS = 3;
const DRAWS = 12;
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
    const most = shapes.length % 4 === 0 ? 40 : 9;
    shapes.push([integer(2, 70), integer(1, 65), integer(1, 30), integer(1, most)]);
  }
  return shapes.map(([V, H, T, B], i) => ({
    shape: { V, H, T, B },
    deviation: DEVIATIONS[i % DEVIATIONS.length] as number,
    rule: {
      ...SGD,
      optimizer: numbers.pick(["sgd", "adagrad", "rmsprop", "adam"]),
      momentum: numbers.pick([0, 0.9]),
      learningRate: numbers.pick([1e-3, 0.1, 1]),
      clipValue: numbers.pick([0, 0.05, 5]),
      clipNorm: numbers.pick([0, 0.3]),
      reduction: numbers.pick(["sum", "mean"]),
    },
    seed: i,
  }));
}

const CELLS: CellName[] = ["rnn", "gru", "lstm"];
const DEPTHS = [1, 2, 3];

/** The same of every cell and one to three layers, with dropout and without. */
function cellCases(): Case[] {
  const numbers = new Numbers(2027);
  const integer = (low: number, high: number) => numbers.integer(low, high);
  const sizes: [V: number, H: number, T: number, B: number][] = [
    [2, 1, 1, 1],
    [5, 3, 2, 5],
    [31, 17, 9, 4],
  ];
  return CELLS.flatMap((cell) =>
    DEPTHS.flatMap((layers) =>
      [false, true].flatMap((drops) =>
        [0, 1, 2, 3].map((i): Case => {
          const random = [integer(2, 40), integer(1, 33), integer(1, 12), integer(1, 40)] as const;
          const [V, H, T, B] = sizes[i] ?? random;
          return {
            shape: { V, H, T, B, cell, layers, drops },
            deviation: numbers.pick(DEVIATIONS),
            rule: {
              ...SGD,
              optimizer: numbers.pick(["sgd", "adagrad", "rmsprop", "adam", "adamw"]),
              momentum: numbers.pick([0, 0.9]),
              learningRate: numbers.pick([1e-3, 0.1, 1]),
              weightDecay: numbers.pick([0, 0.1]),
              clipValue: numbers.pick([0, 0.05, 5]),
              clipNorm: numbers.pick([0, 0.3]),
              reduction: numbers.pick(["sum", "mean"]),
              dropout: drops ? numbers.pick([0, 0.01, 0.3, 0.9]) : 0,
              seed: numbers.pick([0, 7, Number.MAX_SAFE_INTEGER]),
            },
            seed: integer(0, 1000),
          };
        }),
      ),
    ),
  );
}

const SINGLE_DEVIATIONS = [1e-40, 1e-8, 0.01, 0.3, 1, 40, 1e19]; // subnormal … squares beyond f32

/** Half of them again in f32. */
function allCases(): Case[] {
  const all = [...cases(), ...cellCases()];
  const some = all.filter((_, i) => i % 2 === 0);
  const single = some.map(({ shape, ...rest }, i): Case => {
    const deviation = SINGLE_DEVIATIONS[i % SINGLE_DEVIATIONS.length] as number;
    return { ...rest, shape: { ...shape, precision: "f32" }, deviation };
  });
  return [...all, ...single];
}

describe("the core and the reference agree on every bit", () => {
  test.each(allCases())(
    "$shape, weights of $deviation, $rule",
    async ({ shape, deviation, rule, seed }) => {
      const moments = momentsOf(rule);
      const reference = createReference(shape, moments);
      const release = await wasmEngine(shape, "release", moments);
      const debug = await wasmEngine(shape, "debug", moments);
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
          expect(differingBits(engine.firstMoment, reference.firstMoment)).toBe(0);
          expect(differingBits(engine.secondMoment, reference.secondMoment)).toBe(0);
          expect(differingBits(engine.probabilities(), reference.probabilities())).toBe(0);
          expect(differingBits(engine.state, reference.state)).toBe(0);
          expect(engine.predictions).toEqual(reference.predictions);
        }
        expect(reference.secondMoment.every(Number.isFinite)).toBe(true);
        const evaluated = reference.evaluate();
        for (const engine of [release, debug]) expect(engine.evaluate()).toEqual(evaluated);
        const again = reference.evaluate();
        for (const engine of [release, debug]) expect(engine.evaluate(true)).toEqual(again);
        expect(debug.core.brokenGuard()).toBe(-1);
      }
      const probabilities = reference.probabilities();
      for (const engine of [reference, release, debug]) engine.seedDraws(seed);
      for (let i = 0; i < DRAWS; i++) {
        const temperature = numbers.pick([0, 0.3, 1, 1.7]);
        const how = {
          temperature,
          topK: numbers.pick([0, 1, 5]),
          topP: numbers.pick([1, 0.9, 0.2]),
        };
        const row = numbers.integer(0, shape.B - 1);
        const token = reference.draw(row, how);
        expect([release.draw(row, how), debug.draw(row, how)]).toEqual([token, token]);
        const at = ((shape.T - 1) * shape.B + row) * shape.V;
        expect(probabilities[at + token]).toBeGreaterThan(0);
      }
      for (const text of [`normal:${deviation}`, "uniform", "orthogonal"]) {
        const initial = { ...(parseInitial(text, shape) as Initial), forgetBias: seed % 3 };
        for (const engine of [reference, release, debug]) engine.initialize(seed, initial);
        expect(differingBits(release.parameters, reference.parameters)).toBe(0);
        expect(differingBits(debug.parameters, reference.parameters)).toBe(0);
      }
      expect(debug.core.brokenGuard()).toBe(-1);
    },
  );
});
