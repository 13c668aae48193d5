// Draws against what probability and Philox's own numbers say: the stream they come from, and what
// temperature does.

import { expect, test } from "vitest";
import type { DrawRule, Engine } from "../../src/engine/engine.ts";
import { allEngines, normal } from "../support.ts";

const PLAIN: DrawRule = { temperature: 1, topK: 0, topP: 1 };

/** Engines whose probabilities are in the ratio of `weights`. */
async function enginesOf(weights: readonly number[]): Promise<Engine[]> {
  const engines = await allEngines({ V: weights.length, H: 1, T: 1, B: 1 });
  for (const engine of engines) {
    engine.parameters.set(weights.map(Math.log), engine.parameters.length - weights.length);
    engine.evaluate();
  }
  return engines;
}

const drawn = (engine: Engine, count: number, rule = PLAIN) =>
  Array.from({ length: count }, () => engine.draw(0, rule));

// Philox4x32-10 by another program, checked against Random123's vectors: counter {n, 0, stream, 0},
// key {seed mod 2^32, seed / 2^32}; the first two words of the block as 53 bits, times 10,000. Stream
// 1: stream 0, which the weights come from, begins 3990 9722, 6129 9877 and 2030 3672.
test.each([
  [0, [5166, 7909, 7733, 1344, 8207]],
  [42, [100, 1288, 2127, 1193, 9967]],
  [2 ** 40 + 7, [4414, 7494, 4238, 8707, 2493]],
])("of 10,000 equals, the draws of seed %i are its stream's first digits", async (seed, digits) => {
  for (const engine of await enginesOf(Array.from({ length: 10_000 }, () => 1))) {
    engine.initialize(seed, normal(0));
    engine.evaluate();
    engine.seedDraws(seed);
    expect(drawn(engine, digits.length)).toEqual(digits);
  }
});

// Probabilities 5, 3 and 2 tenths to the power of 1/temperature.
test.each([
  [0.5, [25 / 38, 9 / 38, 4 / 38]],
  [1, [0.5, 0.3, 0.2]],
  [2, [5, 3, 2].map((ratio) => Math.sqrt(ratio) / (Math.sqrt(5) + Math.sqrt(3) + Math.sqrt(2)))],
])("at temperature %d they are drawn as often as they should be", async (temperature, shares) => {
  const count = 20_000;
  const tolerance = 4 * Math.sqrt(0.25 / count); // four standard errors
  for (const engine of await enginesOf([5, 3, 2])) {
    engine.seedDraws(1);
    const tokens = drawn(engine, count, { ...PLAIN, temperature });
    for (const [id, share] of shares.entries()) {
      const found = tokens.filter((token) => token === id).length / count;
      expect(Math.abs(found - share), `token ${id}`).toBeLessThan(tolerance);
    }
  }
});
