// Cells and layers outside the sums: what they are called, how many numbers they have, how they begin.

import { describe, expect, test } from "vitest";
import { networkWords } from "../../src/engine/cells.ts";
import {
  type Parameter,
  parameterCount,
  parametersOf,
  type Shape,
} from "../../src/engine/shape.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { wasmEngine } from "../support.ts";

test("a network in words", () => {
  expect(networkWords({}, 8)).toBe("8 hidden units");
  expect(networkWords({ cell: "lstm" }, 8)).toBe("LSTM with 8 hidden units");
  expect(networkWords({ cell: "gru", layers: 2 }, 8)).toBe("2 GRU layers of 8 hidden units");
  expect(networkWords({ layers: 3 }, 8)).toBe("3 tanh layers of 8 hidden units");
});

test("as many parameters as PyTorch has, with one bias for two, but for n of a GRU", () => {
  // nn.LSTM(65, 128, 2) and nn.Linear(128, 65): 4·128·(65 + 128 + 2·128 + 2·2) + 65·129, less 2·512.
  expect(parameterCount({ V: 65, H: 128, cell: "lstm", layers: 2 })).toBe(
    4 * 128 * (65 + 128 + 2 * 128 + 2 * 2) + 65 * 129 - 2 * 512,
  );
  expect(parameterCount({ V: 65, H: 128, cell: "gru", layers: 2 })).toBe(
    3 * 128 * (65 + 128 + 2 * 128 + 2 * 2) + 65 * 129 - 2 * 2 * 128,
  );
  for (const cell of ["rnn", "gru", "lstm"] as const) {
    for (const layers of [1, 2, 8]) {
      const dimensions = { V: 7, H: 5, cell, layers };
      const { offset, length } = parametersOf(dimensions).at(-1) as Parameter;
      expect(parameterCount(dimensions)).toBe(offset + length);
    }
  }
  expect(parametersOf({ V: 5, H: 2, layers: 2 }).map(({ name }) => name)).toEqual(
    "Wxh Whh Wxh_l1 Whh_l1 Why bh bh_l1 by".split(" "),
  );
});

describe.each(["reference", "wasm"] as const)("on %s", (kind) => {
  const made = async (shape: Shape) =>
    kind === "wasm" ? wasmEngine(shape) : new ReferenceEngine(shape);

  test("the forget bias takes the place of an LSTM's, and of nothing else", async () => {
    const shape: Shape = { V: 3, H: 4, T: 1, B: 1, cell: "lstm", layers: 2 };
    const [plain, forgetful] = [await made(shape), await made(shape)];
    plain.initialize(5, { kind: 1, size: 0.1 });
    forgetful.initialize(5, { kind: 1, size: 0.1, forgetBias: 1.5 });
    for (const { role, offset, length } of parametersOf(shape)) {
      for (let i = 0; i < length; i++) {
        const isForget = role === "bias" && Math.floor(i / 4) === 1; // gates i f g o
        const expected = isForget ? 1.5 : plain.parameters[offset + i];
        expect(forgetful.parameters[offset + i]).toBe(expected);
      }
    }
    const gru = await made({ ...shape, cell: "gru" });
    gru.initialize(5, { kind: 1, size: 0.1, forgetBias: 1.5 });
    expect(Math.max(...gru.parameters)).toBeLessThan(0.1);
  });

  test("orthogonal weights are so gate by gate, in every layer", async () => {
    const H = 5;
    const shape: Shape = { V: 3, H, T: 1, B: 1, cell: "gru", layers: 2 };
    const { parameters, ...engine } = await made(shape).then((one) => {
      one.initialize(2, { kind: 2, size: 0.1 });
      return one;
    });
    expect(engine).toBeDefined();
    const recurrent = parametersOf(shape).filter(({ role }) => role === "recurrent");
    expect(recurrent.length).toBe(2);
    for (const { offset, length } of recurrent) {
      for (let gate = offset; gate < offset + length; gate += H * H) {
        for (let i = 0; i < H; i++) {
          for (let j = 0; j <= i; j++) {
            let dot = 0;
            for (let k = 0; k < H; k++) {
              dot += (parameters[gate + i * H + k] ?? 0) * (parameters[gate + j * H + k] ?? 0);
            }
            expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThan(1e-14);
          }
        }
      }
    }
  });
});
