// Networks of every cell written once more, plainly: for central differences of any of their numbers.

import { type Parameter, parametersOf, type Shape } from "../../src/engine/shape.ts";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** A number of the first layer's state that is changed once it is computed, at time t. */
export interface Nudge {
  readonly t: number;
  readonly part: "h" | "c";
  readonly unit: number;
  readonly by: number;
}

/** The loss at each time of a network that reads vectors, as PyTorch writes its cells. */
export function lossesOf(
  shape: Pick<Shape, "V" | "H" | "cell" | "layers">,
  parameters: Float64Array,
  inputs: readonly (readonly number[])[],
  targets: ArrayLike<number>,
  nudge?: Nudge,
): number[] {
  const { V, H, cell = "rnn", layers = 1 } = shape;
  const list = parametersOf(shape);
  const of = (role: string, layer?: number): Parameter =>
    list.find((one) => one.role === role && (layer ?? one.layer) === one.layer) as Parameter;
  const row = (tensor: Parameter, i: number, columns: number): Float64Array =>
    parameters.subarray(tensor.offset + i * columns, tensor.offset + (i + 1) * columns);
  const dot = (a: Float64Array, b: readonly number[]): number =>
    a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
  const zeros = Array<number>(H).fill(0);
  const states = Array.from({ length: layers }, () => ({ h: zeros, c: zeros }));
  const nudged = (numbers: number[], part: "h" | "c", t: number, layer: number): void => {
    if (nudge?.part !== part || nudge.t !== t || layer > 0) return;
    numbers[nudge.unit] = (numbers[nudge.unit] as number) + nudge.by;
  };
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
        nudged(c, "c", t, layer);
        state.h = units.map((i) => sigmoid(sum(3, i)) * Math.tanh(c[i] as number));
        state.c = c;
      }
      nudged(state.h, "h", t, layer);
      x = state.h;
    }
    const top = x;
    const logits = Array.from(
      { length: V },
      (_, v) =>
        (parameters[of("outputBias").offset + v] as number) + dot(row(of("output"), v, H), top),
    );
    const total = logits.reduce((all, value) => all + Math.exp(value), 0);
    losses.push(Math.log(total) - (logits[targets[t] as number] as number));
  }
  return losses;
}
