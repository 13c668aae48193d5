// What a text's characters owe each other: against plain forward passes, written once more, whose
// inputs can be any vectors.

import { describe, expect, test } from "vitest";
import { CELLS, type CellName } from "../../src/engine/cells.ts";
import type { Shape } from "../../src/engine/shape.ts";
import { createReference } from "../../src/reference.ts";
import { Trace } from "../../src/trace/trace.ts";
import { normal } from "../support.ts";
import { lossesOf } from "./plain-network.ts";

const TOKENS = [0, 3, 1, 1, 4, 2, 0, 4, 3, 2];
const TARGETS = [...TOKENS.slice(1), 0];
const [V, H] = [5, 6];
const NUDGE = 1e-5; // of an input, in a central difference
const TOLERANCE = 1e-6; // relative, of its error: the third derivative times NUDGE², and rounding

const oneHot = (token: number): number[] =>
  Array.from({ length: V }, (_, v) => (v === token ? 1 : 0));

const shapes = (Object.keys(CELLS) as CellName[]).flatMap((cell) =>
  [1, 2].map((layers) => ({ cell, layers })),
);

describe.each(shapes)("$layers layers of $cell", (network) => {
  const shape: Shape = { V, H, T: 1, B: 1, ...network };
  const engine = createReference(shape);
  engine.initialize(5, normal(0.7));
  const parameters = Float64Array.from(engine.parameters);
  const trace = new Trace(shape, parameters, TOKENS);

  test("the losses are those of plain forward passes", () => {
    const expected = lossesOf(shape, parameters, TOKENS.map(oneHot), TARGETS);
    for (let t = 0; t < TOKENS.length - 1; t++) {
      expect(trace.losses[t]).toBeCloseTo(expected[t] as number, 12);
    }
  });

  test("|∂L/∂x| of each earlier character is what central differences give", () => {
    for (const place of [0, 4, 8]) {
      const { inputs } = trace.reach(place);
      expect(inputs.length).toBe(place + 1);
      for (const [s, norm] of inputs.entries()) {
        const slopes = Array.from({ length: V }, (_, v) => {
          const at = (nudge: number): number => {
            const vectors = TOKENS.map(oneHot);
            (vectors[s] as number[])[v] = (vectors[s]?.[v] as number) + nudge;
            return lossesOf(shape, parameters, vectors, TARGETS)[place] as number;
          };
          return (at(NUDGE) - at(-NUDGE)) / (2 * NUDGE);
        });
        const expected = Math.hypot(...slopes);
        expect(Math.abs(norm - expected)).toBeLessThan(TOLERANCE * Math.max(1e-3, expected));
      }
    }
  });

  test("reads as the engine does that is given one character after the other", () => {
    const { layers } = network;
    for (const [t, token] of TOKENS.entries()) {
      engine.inputs[0] = token;
      if (t === 0) engine.state.fill(0);
      engine.evaluate();
      expect([...engine.probabilities()]).toEqual([
        ...trace.probabilities.subarray(t * V, (t + 1) * V),
      ]);
      const parts = CELLS[network.cell].parts;
      for (let layer = 0; layer < layers; layer++) {
        const from = layer * parts * H;
        const own = [...engine.state.subarray(from, from + H)];
        expect([...trace.hidden(layer).subarray(t * H, (t + 1) * H)]).toEqual(own);
        if (parts === 1) continue;
        const cells = [...engine.state.subarray(from + H, from + 2 * H)];
        expect([...trace.cells(layer).subarray(t * H, (t + 1) * H)]).toEqual(cells);
      }
    }
  });
});

test("f32 reads in f32", () => {
  const shape: Shape = { V, H, T: 1, B: 1, cell: "gru", precision: "f32" };
  const engine = createReference(shape);
  engine.initialize(5, normal(0.7));
  const single = new Trace(shape, engine.parameters, TOKENS);
  const double = new Trace({ ...shape, precision: "f64" }, engine.parameters, TOKENS);
  expect(single.probabilities).toBeInstanceOf(Float32Array);
  const [a, b] = [single, double].map((one) => one.reach(8).inputs[0] as number);
  expect(a).not.toBe(b);
  expect(a).toBeCloseTo(b as number, 4);
});
