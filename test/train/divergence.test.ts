// When a loss counts as exploded, and a state as one to go back to: against the thresholds of docs/design.md.

import { describe, expect, test } from "vitest";
import { DivergenceError } from "../../src/index.ts";
import { faultOf, isGood, recentLoss } from "../../src/train/divergence.ts";

const V = 10;
const NOTHING = Math.log(V); // the loss of a model that knows nothing

describe("divergence", () => {
  test("is a recent loss above twice that of a model that knows nothing", () => {
    expect(faultOf("done", 2 * NOTHING, V)).toBeUndefined();
    expect(faultOf("done", 2 * NOTHING + 1e-9, V)).toBe(
      `a loss of ${(2 * NOTHING).toFixed(2)} over the last steps, twice that of a model that knows nothing`,
    );
    expect(faultOf("gradient not finite", 0, V)).toBe("a gradient norm that is not finite");
  });

  test("goes back to a state whose recent loss is at most a quarter above that", () => {
    expect(isGood(null, V)).toBe(true);
    expect(isGood(1.25 * NOTHING, V)).toBe(true);
    expect(isGood(1.25 * NOTHING + 1e-9, V)).toBe(false);
  });

  test("the recent loss is a mean in which each step has a tenth", () => {
    expect(recentLoss(null, 3)).toBe(3);
    expect(recentLoss(2, 3)).toBeCloseTo(2.1, 15);
  });

  test("its error names itself", () => {
    expect(new DivergenceError("x", 1, 2, 3).name).toBe("DivergenceError");
  });
});
