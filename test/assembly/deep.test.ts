// Models deeper than one block of the products' depth, 256: the reference's bits, the loss by its
// formula, the gradient as the slope of the loss.

import { expect, test } from "vitest";
import { momentsOf, SGD } from "../../src/engine/optimizer.ts";
import { parametersOf, type Shape } from "../../src/engine/shape.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import type { WasmEngine } from "../../src/wasm/engine.ts";
import { differingBits, Numbers, wasmEngine } from "../support.ts";

const TOLERANCE = 1e-12; // relative; the formula's sums run in the same order, tanh, exp and log differ
const SLOPE_TOLERANCE = 1e-7; // relative: what differences of this width can show
const WIDTH = 1e-5;

// Four rows and one alone: both kernels. Depths of one, two and three blocks, whole and not.
const SHAPES: Shape[] = [
  { V: 300, H: 20, T: 2, B: 5 },
  { V: 20, H: 300, T: 2, B: 5 },
  { V: 257, H: 513, T: 2, B: 5 },
  { V: 512, H: 256, T: 1, B: 4 },
  { V: 600, H: 270, T: 2, B: 1 },
];

/** The mean loss by its formula, in nats per character. */
function lossOf({ shape, parameters, state, inputs, targets }: ReferenceEngine): number {
  const { V, H, T, B } = shape;
  const [Wxh, Whh, Why, bh, by] = parametersOf(shape).map(({ offset }) => offset) as number[];
  const w = (tensor: number | undefined, i: number) => parameters[(tensor as number) + i] as number;
  let total = 0;
  for (let b = 0; b < B; b++) {
    let h = [...state.subarray(b * H, (b + 1) * H)];
    for (let t = 0; t < T; t++) {
      const x = inputs[t * B + b] as number;
      const before = h;
      h = before.map((_, i) => {
        const sum = before.reduce((sum, own, k) => sum + w(Whh, i * H + k) * own, 0);
        return Math.tanh(w(Wxh, i * V + x) + w(bh, i) + sum);
      });
      const logits = Array.from({ length: V }, (_, v) =>
        h.reduce((sum, own, k) => sum + w(Why, v * H + k) * own, w(by, v)),
      );
      const target = logits[targets[t * B + b] as number] as number;
      total += Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - target;
    }
  }
  return total / (T * B);
}

const CELL_SHAPES: Shape[] = [
  { V: 20, H: 300, T: 2, B: 5, cell: "gru", layers: 2 },
  { V: 20, H: 300, T: 2, B: 5, cell: "lstm", layers: 2 },
  { V: 300, H: 257, T: 2, B: 1, cell: "lstm" },
  { V: 257, H: 260, T: 2, B: 4, cell: "gru" },
  { V: 20, H: 270, T: 3, B: 5, layers: 3 },
];

const RULE = { ...SGD, learningRate: 1e-300 }; // moves no weight

/** Both engines with the same numbers. */
async function made(shape: Shape): Promise<{ core: WasmEngine; reference: ReferenceEngine }> {
  const reference = new ReferenceEngine(shape, momentsOf(RULE));
  const numbers = new Numbers(shape.V + shape.H);
  numbers.fill(reference.parameters, 0.1);
  numbers.fill(reference.state, 0.5);
  numbers.tokens(reference.inputs, shape.V);
  numbers.tokens(reference.targets, shape.V);
  const core = await wasmEngine(shape);
  for (const name of ["parameters", "state"] as const) core[name].set(reference[name]);
  for (const name of ["inputs", "targets"] as const) core[name].set(reference[name]);
  return { core, reference };
}

test.each(SHAPES)("the loss is that of the formula: %j", async (shape) => {
  const { core, reference } = await made(shape);
  const expected = lossOf(reference);
  for (const engine of [core, reference]) {
    expect(Math.abs(engine.evaluate().loss / expected - 1)).toBeLessThan(TOLERANCE);
  }
});

test.each([...SHAPES, ...CELL_SHAPES])(
  "core and reference agree on every bit, and the gradient is the loss's slope: %j",
  async (shape) => {
    const { core, reference } = await made(shape);
    const state = reference.state.slice();
    expect(core.step(RULE)).toEqual(reference.step(RULE));
    for (const name of ["gradients", "parameters", "state"] as const) {
      expect(differingBits(core[name], reference[name])).toBe(0);
    }
    const start = core.parameters.slice();
    const gradients = Float64Array.from(core.gradients);
    const squares = gradients.reduce((sum, g) => sum + g * g, 0);
    const lossAt = (width: number): number => {
      core.state.set(state);
      core.parameters.forEach((_, i) => {
        core.parameters[i] = (start[i] as number) + width * (gradients[i] as number);
      });
      return core.evaluate().loss;
    };
    const slope = (lossAt(WIDTH) - lossAt(-WIDTH)) / (2 * WIDTH);
    expect(Math.abs(slope / squares - 1)).toBeLessThan(SLOPE_TOLERANCE);
  },
);
