// The axes of a sweep as they are written, and the points that come of them.

import { describe, expect, test } from "vitest";
import { axesOf, readGrid } from "../../src/sweep/axes.ts";
import { gridPoints, randomPoints } from "../../src/sweep/points.ts";

const valuesOf = (text: string) => readGrid(text).map(({ values }) => values);

describe("readGrid", () => {
  test("takes values, ranges and either spelling", () => {
    expect(
      readGrid("hiddenSize=64,128  learning-rate=0.1 carry_state=true,false cell=gru"),
    ).toEqual([
      { name: "hiddenSize", values: [64, 128], range: undefined },
      { name: "learningRate", values: [0.1], range: undefined },
      { name: "carryState", values: [true, false], range: undefined },
      { name: "cell", values: ["gru"], range: undefined },
    ]);
    expect(valuesOf("seed=1..3")).toEqual([[1, 2, 3]]);
    expect(valuesOf("seed=1..3,7,2")).toEqual([[1, 2, 3, 7]]);
    expect(valuesOf("learningRate=1e-3..1e-2:log:4")).toEqual([[0.001, 0.002154, 0.004642, 0.01]]);
    expect(valuesOf("dropout=0..0.4:lin:5")).toEqual([[0, 0.1, 0.2, 0.3, 0.4]]);
    expect(valuesOf("hiddenSize=16..256:log:3")).toEqual([[16, 64, 256]]);
    expect(readGrid("learningRate=1e-4..1:log")[0]?.range).toEqual({
      ...{ low: 1e-4, high: 1, isLog: true, isWhole: false },
    });
    // A setting in words may have dots.
    expect(valuesOf("input=a..b")).toEqual([["a..b"]]);
  });

  test.each([
    ["", "expected settings with values, got none"],
    ["hiddenSize", 'expected NAME=VALUES, got "hiddenSize"'],
    ["size=3", "expected a setting, got size"],
    ["hiddenSize=", 'hiddenSize: expected an integer from 1 to 4096, got ""'],
    ["hiddenSize=64,x", "hiddenSize: expected an integer from 1 to 4096, got x"],
    ["hiddenSize=0.5", "hiddenSize: expected an integer from 1 to 4096, got 0.5"],
    ["cell=gru,tanh", 'cell: expected rnn, gru or lstm, got "tanh"'],
    ["seed=3..1", "seed: expected ends that rise, got 3..1"],
    ["seed=1..x", 'seed: expected a number at each end of a range, got "x"'],
    ["dropout=0..0.5:log:3", "dropout: expected ends above 0, got 0..0.5:log:3"],
    ["learningRate=1..2:lin:1", "learningRate: expected 2 to 10000 values of a range, got 1"],
    ["learningRate=1..2:lin,3", "learningRate: expected one range alone, or values, got both"],
    ["seed=1 seed=2", "seed: expected one list of values, got two"],
    ["hiddenSize=8..1e9:log:3", "hiddenSize: expected an integer from 1 to 4096, got 1000000000"],
  ])("refuses %j", (text, message) => {
    expect(() => readGrid(text)).toThrow(message);
  });

  test("of a file: values, lists, and text as on the command line", () => {
    const axes = axesOf([
      ["cell", ["gru", "lstm"]],
      ["seed", "1..2"],
      ["hiddenSize", 8],
    ]);
    expect(axes.map(({ values }) => values)).toEqual([["gru", "lstm"], [1, 2], [8]]);
    expect(() => axesOf([["hiddenSize", [null]]])).toThrow("hiddenSize: expected an integer");
    expect(() => axesOf([["hiddenSize", []]])).toThrow("hiddenSize: expected values, got none");
  });
});

describe("points", () => {
  test("of a grid: every combination, the last axis fastest", () => {
    expect(gridPoints(readGrid("cell=gru,lstm seed=1..2"))).toEqual([
      { cell: "gru", seed: 1 },
      { cell: "gru", seed: 2 },
      { cell: "lstm", seed: 1 },
      { cell: "lstm", seed: 2 },
    ]);
    expect(() => gridPoints(readGrid("learningRate=1e-3..1:log"))).toThrow(
      "learningRate: expected a number of values, such as :log:4 behind the range, got none; or draw from it with --samples",
    );
    expect(() => gridPoints(readGrid("seed=1..9999 hiddenSize=1,2"))).toThrow(
      "expected at most 10000 runs, got 19998",
    );
  });

  test("at random: the same for a seed, within their ranges, each with every seed", () => {
    const axes = readGrid("learningRate=1e-4..1:log hiddenSize=8..64:lin cell=gru,rnn seed=1..2");
    const points = randomPoints(axes, 500, 1);
    expect(points).toEqual(randomPoints(axes, 500, 1));
    expect(points).not.toEqual(randomPoints(axes, 500, 2));
    expect(points.length).toBe(1000);
    // The first is what it is on every machine.
    expect(points.slice(0, 2)).toEqual([
      { ...points[0], seed: 1 },
      { ...points[0], seed: 2 },
    ]);
    const rates = points.map(({ learningRate }) => Math.log10(learningRate as number));
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(-4);
    expect(Math.max(...rates)).toBeLessThanOrEqual(0);
    // Uniform by the logarithm: each decade has its quarter, within four standard deviations.
    for (const decade of [-4, -3, -2, -1]) {
      const inside = rates.filter((rate) => rate >= decade && rate < decade + 1).length / 2;
      expect(Math.abs(inside - 125)).toBeLessThan(4 * Math.sqrt(500 * 0.25 * 0.75));
    }
    for (const { hiddenSize, learningRate } of points) {
      expect(Number.isInteger(hiddenSize)).toBe(true);
      expect(learningRate).toBe(Number((learningRate as number).toPrecision(4)));
    }
  });
});
