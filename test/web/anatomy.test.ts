// What the page computes beyond the engines: how a loss changes with each hidden state.

import { describe, expect, test } from "vitest";
import { parameterCount } from "../../src/engine/shape.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { completeConfig } from "../../src/settings/check.ts";
import { Anatomist, type Anatomy } from "../../src/web/training/anatomy.ts";
import { normal } from "../support.ts";

const [V, H, T] = [4, 10, 4];
const NUDGE = 1e-5; // of a hidden state, in a central difference
const TOLERANCE = 1e-8; // its error: the third derivative times NUDGE²

/** A step of hello with weights large enough that its errors matter. */
function opened(): Anatomy {
  const engine = new ReferenceEngine({ V, H, T, B: 1 });
  engine.initialize(7, normal(0.4));
  expect(engine.parameters.length).toBe(parameterCount({ V, H }));
  return new Anatomist(completeConfig()).open(0, engine.parameters);
}

/** The losses from time `from` on, were the hidden state after it `state`. */
function lossesFrom(anatomy: Anatomy, from: number, state: Float64Array): number[] {
  const W = (name: string, row: number, column = 0): number => {
    const tensor = anatomy.tensors.find((one) => one.name === name);
    if (!tensor) throw new Error(name);
    const columns = tensor.shape[1] ?? 1;
    return anatomy.parameters[tensor.offset + row * columns + column] as number;
  };
  const units = [...Array(H).keys()];
  const losses: number[] = [];
  let h = state;
  for (let t = from; t < T; t++) {
    if (t > from) {
      const before = h;
      const x = anatomy.inputs[t] as number;
      h = Float64Array.from(units, (i) =>
        Math.tanh(
          units.reduce(
            (sum, k) => sum + W("Whh", i, k) * (before[k] as number),
            W("Wxh", i, x) + W("bh", i),
          ),
        ),
      );
    }
    const logits = [...Array(V).keys()].map((v) =>
      units.reduce((sum, k) => sum + W("Why", v, k) * (h[k] as number), W("by", v)),
    );
    const total = logits.reduce((sum, value) => sum + Math.exp(value), 0);
    losses.push(Math.log(total) - (logits[anatomy.targets[t] as number] as number));
  }
  return losses;
}

/** The gradient at the state after time `t` of what `measure` makes of the losses from there on. */
function gradientAt(anatomy: Anatomy, t: number, measure: (losses: number[]) => number): number[] {
  const state = anatomy.hidden.slice((t + 1) * H, (t + 2) * H);
  return [...state.keys()].map((k) => {
    const [up, down] = [NUDGE, -NUDGE].map((nudge) => {
      const nudged = state.slice();
      nudged[k] = (nudged[k] as number) + nudge;
      return measure(lossesFrom(anatomy, t, nudged));
    }) as [number, number];
    return (up - down) / (2 * NUDGE);
  });
}

describe.each([0, 1, 2, 3])("at time %i", (t) => {
  test("|∂L/∂h| and its units are the change of all losses from there on", () => {
    const anatomy = opened();
    const expected = gradientAt(anatomy, t, (losses) => losses.reduce((a, b) => a + b, 0));
    for (const [k, value] of expected.entries()) {
      expect(Math.abs((anatomy.dState[t * H + k] as number) - value)).toBeLessThan(TOLERANCE);
    }
    expect(Math.abs((anatomy.stateNorms[t] as number) - Math.hypot(...expected))).toBeLessThan(
      TOLERANCE,
    );
  });

  test("the grey bar is the change of the last loss alone", () => {
    const anatomy = opened();
    const expected = Math.hypot(...gradientAt(anatomy, t, (losses) => losses.at(-1) as number));
    expect(expected).toBeGreaterThan(1e-4);
    expect(Math.abs((anatomy.lastNorms[t] as number) - expected)).toBeLessThan(TOLERANCE);
  });
});
