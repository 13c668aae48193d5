// Weights as JSON: what is read and what is refused.

import { describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/checkpoint/error.ts";
import { parseWeights } from "../../src/checkpoint/json-weights.ts";
import { parametersOf } from "../../src/index.ts";

describe("weights as JSON", () => {
  const json = (): Record<string, { shape: unknown; data: unknown }> =>
    Object.fromEntries(
      parametersOf({ V: 2, H: 1 }).map(({ name, shape, length }) => [
        name,
        { shape: [...shape], data: Array.from({ length }, (_, i) => i) },
      ]),
    );

  test("are read, also with biases as columns", () => {
    const weights = json();
    expect([...parseWeights(JSON.stringify(weights)).parameters]).toEqual([0, 1, 0, 0, 1, 0, 0, 1]);
    weights["by"]!.shape = [2, 1];
    expect(parseWeights(JSON.stringify(weights)).V).toBe(2);
  });

  type Case = [string, (weights: ReturnType<typeof json>) => unknown, string];

  test.each<Case>([
    [
      "cut short",
      (w) => JSON.stringify(w).slice(0, -9),
      "file: expected JSON, got text that is not JSON; is the file whole?",
    ],
    ["a list", () => "[1]", "file: expected an object of tensors, got [1]"],
    ["a number", () => "5", "file: expected an object of tensors, got 5"],
    ["nothing", () => "null", "file: expected an object of tensors, got null"],
    [
      "a null",
      (w) => {
        (w["Whh"]!.data as unknown[])[0] = null;
        return w;
      },
      "Whh.data[0]: expected a number, got null",
    ],
    [
      "too large a number",
      (w) => JSON.stringify(w).replace("[0,1]}", "[0,1e999]}"),
      "Wxh[1]: expected a finite number, got Infinity",
    ],
    [
      "a wrong shape",
      (w) => {
        w["Why"]!.shape = [1, 2];
        return w;
      },
      "Why: expected shape [2,1], got [1,2]",
    ],
    [
      "too few values",
      (w) => {
        w["Why"]!.data = [1];
        return w;
      },
      "Why: expected 2 values, got 1",
    ],
    [
      "no shape",
      (w) => {
        w["bh"]!.shape = undefined;
        return w;
      },
      "bh.shape: expected an array, got undefined",
    ],
    ...["Wxh", "Whh", "Why", "bh", "by"].map(
      (name): Case => [
        `${name} missing`,
        ({ [name]: _, ...rest }) => rest,
        `${name}: expected a tensor of this name, got none`,
      ],
    ),
    [
      "a tensor unknown",
      (w) => ({ ...w, bz: w["by"] }),
      "bz: expected only Wxh, Whh, Why, bh, by, got another tensor",
    ],
    [
      "one axis where there are two",
      (w) => ({ ...w, Wxh: { shape: [2], data: [0, 1] } }),
      "Wxh: expected a shape [H,V] of integers from 1, got [2]",
    ],
    [
      "an axis left out at the end",
      (w) => ({ ...w, Why: { shape: [2], data: [0, 1] } }),
      "Why: expected shape [2,1], got [2]",
    ],
    [
      "half a unit of four gates",
      () => ({
        Wxh: { shape: [2, 2], data: [1, 2, 3, 4] },
        Whh: { shape: [2, 0.5], data: [1] },
        Why: { shape: [2, 0.5], data: [1] },
        bh: { shape: [2], data: [1, 1] },
        by: { shape: [2], data: [0, 0] },
      }),
      "Whh: expected shape [2,2], got [2,0.5]",
    ],
    [
      "no units",
      (w) => {
        w["Wxh"] = { shape: [0, 0], data: [] };
        return w;
      },
      "Wxh: expected a shape [H,V] of integers from 1, got [0,0]",
    ],
    [
      "a negative size",
      (w) => {
        w["Wxh"]!.shape = [-1, 4];
        return w;
      },
      "Wxh: expected a shape [H,V] of integers from 1, got [-1,4]",
    ],
    [
      "a size no memory holds",
      (w) => {
        w["Wxh"]!.shape = [1e9, 1e9];
        return w;
      },
      "Wxh: expected 1000000000000000000 values, got 2",
    ],
  ])("with %s are refused", (_name, change, message) => {
    const changed = change(json());
    const text = typeof changed === "string" ? changed : JSON.stringify(changed);
    expect(() => parseWeights(text)).toThrow(CheckpointError);
    expect(() => parseWeights(text)).toThrow(expect.objectContaining({ message }));
  });

  test("what is no text at all is the caller's fault, not the file's", () => {
    expect(() => parseWeights(undefined as never)).toThrow(TypeError);
  });
});
