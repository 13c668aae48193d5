// The learning rate of each step, and the metrics of an epoch.

import { expect, test } from "vitest";
import { power } from "../../src/engine/optimizer.ts";
import { completeConfig } from "../../src/index.ts";
import { bitsOf, EpochMean, perplexityOf } from "../../src/train/metrics.ts";
import { cosineOfPi, learningRateAt } from "../../src/train/schedule.ts";

const at = (settings: object, step: number, epoch = 0) =>
  learningRateAt(completeConfig({ learningRate: 1, ...settings }), { step, epoch, steps: 100 });

test("the cosine is Math.cos within 1e-15", () => {
  for (let i = 0; i <= 1000; i++) {
    expect(Math.abs(cosineOfPi(i / 1000) - Math.cos((Math.PI * i) / 1000))).toBeLessThan(1e-15);
  }
});

test("powers by squaring are powers", () => {
  for (const exponent of [0, 1, 2, 7, 100, 12_345]) {
    expect(power(0.999, exponent) / 0.999 ** exponent).toBeCloseTo(1, 12);
  }
});

test("constant, step and cosine, with warm-up", () => {
  expect([at({}, 0), at({}, 99, 30)]).toEqual([1, 1]);
  const step = { schedule: "step", decayRate: 0.5, decayAfter: 10 };
  expect([9, 10, 12].map((epoch) => at(step, 0, epoch))).toEqual([1, 0.5, 0.125]);
  const cosine = { schedule: "cosine", warmupSteps: 19, minLearningRate: 0.1 };
  expect(at(cosine, 0)).toBeCloseTo(1 / 20, 15);
  expect(at(cosine, 19)).toBe(1);
  expect(at(cosine, 59)).toBeCloseTo(0.55, 15);
});

test("the cosine is at its end in the last step of 100, 0 or another, however long the warm-up", () => {
  for (const warmupSteps of [0, 1, 19, 98]) {
    for (const minLearningRate of [0, 0.1, 1e-7]) {
      const cosine = { schedule: "cosine", warmupSteps, minLearningRate };
      expect(at(cosine, 99)).toBe(minLearningRate);
      expect(at(cosine, 98)).toBeGreaterThan(minLearningRate);
    }
  }
  expect(at({ schedule: "cosine", warmupSteps: 99 }, 99)).toBe(1); // no step is left to fall in
});

test("units of a loss, and means of an epoch", () => {
  expect(bitsOf(Math.LN2)).toBe(1);
  expect(perplexityOf(Math.log(7))).toBeCloseTo(7, 12);
  const mean = new EpochMean(5);
  const record = { step: 0, accuracy: 0.5, learningRate: 1, charsPerSecond: 1 };
  mean.add({ ...record, epoch: 0, loss: 9, gradNorm: 9 });
  for (const [loss, gradNorm] of [
    [1, 4],
    [3, 6],
  ] as const) {
    mean.add({ ...record, epoch: 1, loss, gradNorm });
  }
  expect(mean.metrics).toEqual({
    epoch: 1,
    steps: 2,
    loss: 2,
    bits: 2 / Math.LN2,
    perplexity: Math.exp(2),
    accuracy: 0.5,
    gradNorm: 5,
    clipped: 0.5,
  });
});
