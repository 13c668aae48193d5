// What the page shows of a step: how losses change with each state, against plain forward passes; and
// that all of it is the reference's own.

import { describe, expect, test } from "vitest";
import { CELLS, type CellName } from "../../src/engine/cells.ts";
import { momentsOf } from "../../src/engine/optimizer.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { completeConfig } from "../../src/settings/check.ts";
import { Anatomist, type Anatomy } from "../../src/web/training/anatomy.ts";
import { normal } from "../support.ts";
import { lossesOf } from "../trace/plain-network.ts";

const [V, H, T] = [4, 10, 4];
const NUDGE = 1e-5; // of a state, in a central difference
const TOLERANCE = 1e-8; // its error: the third derivative times NUDGE²

/** A step of hello with weights large enough that its errors matter. */
function opened(cell: CellName): Anatomy {
  const engine = new ReferenceEngine({ V, H, T, B: 1, cell });
  engine.initialize(7, normal(0.4));
  return new Anatomist(completeConfig({ cell })).open(0, engine.parameters as Float64Array);
}

/** The gradient at a part of the state after time `t` of what `measure` makes of all losses. */
function gradientAt(
  { shape, parameters, inputs, targets }: Anatomy,
  t: number,
  part: "h" | "c",
  measure: (losses: number[]) => number,
): number[] {
  const vectors = Array.from(inputs, (id) => [...Array(V).keys()].map((v) => Number(v === id)));
  return [...Array(H).keys()].map((unit) => {
    const [up, down] = [NUDGE, -NUDGE].map((by) =>
      measure(lossesOf(shape, parameters, vectors, targets, { t, part, unit, by })),
    ) as [number, number];
    return (up - down) / (2 * NUDGE);
  });
}

const sum = (losses: number[]): number => losses.reduce((a, b) => a + b, 0);
const last = (losses: number[]): number => losses.at(-1) as number;

function expectClose(got: ArrayLike<number>, expected: readonly number[]): void {
  expect(got.length).toBe(expected.length);
  for (const [k, value] of expected.entries()) {
    expect(Math.abs((got[k] as number) - value)).toBeLessThan(TOLERANCE);
  }
}

describe.each(Object.keys(CELLS) as CellName[])("%s", (cell) => {
  test.each([0, 1, 2, 3])("at time %i: how all losses change with the state, and the last", (t) => {
    const anatomy = opened(cell);
    const ofAll = gradientAt(anatomy, t, "h", sum);
    expectClose(anatomy.dState.subarray(t * H, (t + 1) * H), ofAll);
    expectClose([anatomy.stateNorms[t] as number], [Math.hypot(...ofAll)]);
    const ofLast = Math.hypot(...gradientAt(anatomy, t, "h", last));
    expect(ofLast).toBeGreaterThan(1e-4);
    expectClose([anatomy.lastNorms[t] as number], [ofLast]);
    if (cell !== "lstm") {
      expect(anatomy.dCells.length + anatomy.lastCellNorms.length).toBe(0);
      return;
    }
    expectClose(anatomy.dCells.subarray(t * H, (t + 1) * H), gradientAt(anatomy, t, "c", sum));
    expectClose(
      [anatomy.lastCellNorms[t] as number],
      [Math.hypot(...gradientAt(anatomy, t, "c", last))],
    );
  });

  test("every number is that of the reference's own step", () => {
    const anatomy = opened(cell);
    const config = completeConfig({ cell });
    const engine = new ReferenceEngine({ V, H, T, B: 1, cell }, momentsOf(config));
    engine.parameters.set(anatomy.parameters);
    engine.inputs.set(anatomy.inputs);
    engine.targets.set(anatomy.targets);
    const { loss, gradNorm } = engine.step(config);
    const { layers, probabilities, dLogits } = engine.activations;
    const { hidden, cells, slots, dSlots, dHidden, dCells } = layers[0] as never as Record<
      string,
      Float64Array
    >;
    const own = { hidden, cells, slots, dSlots, probabilities, dLogits, dCells, dState: dHidden };
    for (const [name, numbers] of Object.entries(own)) {
      expect([...(anatomy[name as keyof Anatomy] as Float64Array)], name).toEqual([
        ...(numbers as Float64Array),
      ]);
    }
    expect(anatomy.gradients).toEqual(engine.gradients);
    expect(anatomy.losses).toEqual([...engine.losses]);
    expect([anatomy.loss, anatomy.gradNorm]).toEqual([loss, gradNorm]);
  });

  test("what passes an error straight back is between 0 and 1", () => {
    const { passing, hidden, slots } = opened(cell);
    expect(passing.length).toBe(T);
    for (const [t, mean] of passing.entries()) {
      expect(mean).toBeGreaterThan(0);
      expect(mean).toBeLessThanOrEqual(1);
      const own =
        cell === "rnn"
          ? hidden.slice((t + 1) * H, (t + 2) * H).map((h) => 1 - h * h)
          : slots.slice((t * 4 + (cell === "gru" ? 2 : 1)) * H).slice(0, H);
      expect(mean).toBeCloseTo(sum([...own]) / H, 12);
    }
  });
});
