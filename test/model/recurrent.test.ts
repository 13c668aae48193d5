// The spectral radius of the recurrent weights: against eigenvalues from elsewhere, and what it does to an
// error that goes back through twelve letters.

import { describe, expect, test } from "vitest";
import { PairDataset } from "../../src/data/pair.ts";
import { parametersOf } from "../../src/engine/shape.ts";
import { modelFor } from "../../src/model/create.ts";
import { spectralRadius } from "../../src/model/recurrent.ts";
import { createReference } from "../../src/reference.ts";
import { type Config, completeConfig } from "../../src/settings/check.ts";
import { Anatomist } from "../../src/web/training/anatomy.ts";
import { wasmEngine } from "../support.ts";

const FOUND_TO = 1e-3; // of itself: what 65,536 powers leave of a defective one; others 1e-4

const matrix = (H: number, at: (i: number, j: number) => number): Float64Array =>
  Float64Array.from({ length: H * H }, (_, k) => at(Math.floor(k / H), k % H));

const PAIR = ["hello world!", "ello world!h"] as const;

const modelOf = (settings: Partial<Config>) =>
  modelFor(new PairDataset(...PAIR), settings, (_config, shape, moments) =>
    createReference(shape, moments),
  );

describe("the radius of a matrix", () => {
  test.each<[string, Float64Array, number]>([
    [
      "a diagonal, its largest entry",
      matrix(3, (i, j) => (i === j ? ([0.5, -2, 1][i] as number) : 0)),
      2,
    ],
    ["a turn, whose eigenvalues are complex", Float64Array.of(0, -3, 3, 0), 3],
    ["a triangle, far from normal", matrix(4, (i, j) => (i === j ? 0.9 : i < j ? 10 : 0)), 0.9],
    // numpy.linalg.eigvals
    [
      "a full one",
      matrix(12, (i, j) => (((i * 31 + j * 17 + i * j * 7) % 23) - 11) / 10),
      2.617405991779552,
    ],
  ])("%s", (_name, values, expected) => {
    const found = spectralRadius(values, Math.sqrt(values.length));
    expect(Math.abs(found / expected - 1)).toBeLessThan(FOUND_TO);
  });

  test("what only feeds on has none", () => {
    expect(
      spectralRadius(
        matrix(5, (i, j) => (i < j ? 1 : 0)),
        5,
      ),
    ).toBe(0);
    expect(spectralRadius(new Float64Array(9), 3)).toBe(0);
  });
});

describe("a run that asks for one", () => {
  test.each([{}, { layers: 2 }, { precision: "f32" as const }])(
    "has it in every layer: %j",
    async (given) => {
      const drawn = await modelOf(given);
      const { engine } = await modelOf({ ...given, recurrentRadius: 1.5 });
      const { H } = engine.shape;
      for (const { role, offset, length } of parametersOf(engine.shape)) {
        const [own, before] = [engine, drawn.engine].map(({ parameters }) =>
          parameters.subarray(offset, offset + length),
        ) as [Float64Array, Float64Array];
        if (role === "recurrent") expect(spectralRadius(own, H)).toBeCloseTo(1.5, 6);
        else expect(own).toEqual(before);
      }
    },
  );

  test("has the same bits in the core", async () => {
    const settings = { recurrentRadius: 0.7 };
    const { engine } = await modelOf(settings);
    const inCore = await modelFor(new PairDataset(...PAIR), settings, (_config, shape, moments) =>
      wasmEngine(shape, undefined, moments),
    );
    expect([...inCore.engine.parameters]).toEqual([...engine.parameters]);
  });

  test("is refused for weights without, and too many", async () => {
    await expect(modelOf({ init: "normal:0", recurrentRadius: 1 })).rejects.toThrow(
      "recurrentRadius: expected first weights that have a radius",
    );
    await expect(modelOf({ hiddenSize: 600, recurrentRadius: 1 })).rejects.toThrow(
      "recurrentRadius: expected at most 512 hidden units",
    );
    await expect(modelOf({ cell: "gru", recurrentRadius: 1 })).rejects.toThrow(
      "recurrentRadius: expected cell rnn",
    );
  });
});

describe("the error of the last of twelve letters", () => {
  const errors = async (recurrentRadius: number): Promise<readonly number[]> => {
    const { engine, config } = await modelOf({ recurrentRadius });
    return new Anatomist(completeConfig(config)).open(0, engine.parameters as Float64Array)
      .lastNorms;
  };
  const [first, last] = [0, -1];

  test("at 1.5 it is ten times as large at the first letter", async () => {
    const norms = await errors(1.5);
    expect((norms.at(first) as number) / (norms.at(last) as number)).toBeGreaterThan(10);
  });

  test("at 0.7 it is below a thousandth there, and as drawn below 10⁻¹⁶", async () => {
    expect((await errors(0.7)).at(first)).toBeLessThan(1e-3);
    expect((await errors(0)).at(first)).toBeLessThan(1e-16);
  });
});
