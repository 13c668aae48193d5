// The loss of a prediction that is sure: kept inside the bounds of the original script, in numbers
// worked out by hand.

import { expect, test } from "vitest";
import { allEngines } from "../support.ts";

// -ln 1e-9 = 9 ln 10, and -ln(1 - 1e-9) = 1e-9 + 1e-18/2 + …; the latter is of the f64 below 1.
const HIGHEST = 20.723265836946414;
const LOWEST = 1.0000000005e-9;

// Four rows are taken together, three alone: both ways through the softmax.
test.each([1, 4, 7])("of %i rows that are sure of the right or of a wrong character", async (B) => {
  const shape = { V: 3, H: 1, T: 1, B };
  for (const engine of await allEngines(shape)) {
    engine.parameters.fill(0).set([1000], engine.parameters.length - 1);
    for (const [target, expected] of [
      [2, LOWEST],
      [0, HIGHEST],
    ] as const) {
      engine.targets.fill(target);
      expect(Math.abs(engine.evaluate().loss / expected - 1)).toBeLessThan(1e-7);
    }
  }
});

test("the bounds are where the probability passes them", async () => {
  // Two characters whose logits differ by d: the unlikely one has the probability 1/(1 + e^d).
  for (const engine of await allEngines({ V: 2, H: 1, T: 1, B: 4 })) {
    engine.targets.fill(0);
    for (const [d, expected] of [
      [20.7, 20.7 + Math.log1p(Math.exp(-20.7))], // 1.0235e-9
      [20.8, HIGHEST], // 0.926e-9
    ] as const) {
      engine.parameters.fill(0).set([d], engine.parameters.length - 1);
      expect(Math.abs(engine.evaluate().loss / expected - 1)).toBeLessThan(1e-14);
    }
  }
});
