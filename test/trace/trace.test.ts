// What a text's characters owe each other: against plain forward passes, written once more, whose
// inputs can be any vectors.

import { describe, expect, test } from "vitest";
import { CELLS, type CellName } from "../../src/engine/cells.ts";
import { type Parameter, parametersOf, type Shape } from "../../src/engine/shape.ts";
import { createReference } from "../../src/reference.ts";
import { Trace } from "../../src/trace/trace.ts";
import { normal } from "../support.ts";

const TOKENS = [0, 3, 1, 1, 4, 2, 0, 4, 3, 2];
const [V, H] = [5, 6];
const NUDGE = 1e-5; // of an input, in a central difference
const TOLERANCE = 1e-6; // relative, of its error: the third derivative times NUDGE², and rounding

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The losses of a network that reads vectors: PyTorch's formulas, one position at a time. */
function lossesOf(shape: Shape, parameters: Float64Array, inputs: readonly number[][]): number[] {
  const { cell = "rnn", layers = 1 } = shape;
  const list = parametersOf(shape);
  const of = (role: string, layer?: number): Parameter =>
    list.find((one) => one.role === role && (layer ?? one.layer) === one.layer) as Parameter;
  const row = (tensor: Parameter, i: number, columns: number): Float64Array =>
    parameters.subarray(tensor.offset + i * columns, tensor.offset + (i + 1) * columns);
  const dot = (a: Float64Array, b: readonly number[]): number =>
    a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
  const zeros = Array<number>(H).fill(0);
  const states = Array.from({ length: layers }, () => ({ h: zeros, c: zeros }));
  const losses: number[] = [];
  for (const [t, input] of inputs.entries()) {
    let x: readonly number[] = input;
    for (const [layer, state] of states.entries()) {
      const given = x;
      const bias = (i: number): number => parameters[of("bias", layer).offset + i] as number;
      const fromInput = (g: number, i: number): number =>
        dot(row(of("input", layer), g * H + i, given.length), given);
      const fromState = (g: number, i: number): number =>
        dot(row(of("recurrent", layer), g * H + i, H), state.h);
      const sum = (g: number, i: number): number =>
        bias(g * H + i) + fromInput(g, i) + fromState(g, i);
      const units = zeros.map((_, i) => i);
      if (cell === "rnn") state.h = units.map((i) => Math.tanh(sum(0, i)));
      else if (cell === "gru") {
        state.h = units.map((i) => {
          const z = sigmoid(sum(1, i));
          const hidden = fromState(2, i) + bias(3 * H + i);
          const n = Math.tanh(fromInput(2, i) + bias(2 * H + i) + sigmoid(sum(0, i)) * hidden);
          return (1 - z) * n + z * (state.h[i] as number);
        });
      } else {
        const c = units.map(
          (i) =>
            sigmoid(sum(1, i)) * (state.c[i] as number) + sigmoid(sum(0, i)) * Math.tanh(sum(2, i)),
        );
        state.h = units.map((i) => sigmoid(sum(3, i)) * Math.tanh(c[i] as number));
        state.c = c;
      }
      x = state.h;
    }
    const top = x;
    const logits = Array.from(
      { length: V },
      (_, v) =>
        (parameters[of("outputBias").offset + v] as number) + dot(row(of("output"), v, H), top),
    );
    const total = logits.reduce((all, value) => all + Math.exp(value), 0);
    losses.push(Math.log(total) - (logits[TOKENS[t + 1] ?? 0] as number));
  }
  return losses;
}

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
    const expected = lossesOf(shape, parameters, TOKENS.map(oneHot));
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
            return lossesOf(shape, parameters, vectors)[place] as number;
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
