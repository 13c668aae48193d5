// What units follow: against a script in Python that reads a stored model by itself, and by hand.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import type { Shape } from "../../src/engine/shape.ts";
import { correlation, FEATURES, featuresOf, groupsOf } from "../../src/trace/features.ts";
import { Trace } from "../../src/trace/trace.ts";

const read = (file: string) => readFileSync(new URL(file, import.meta.url));
const stored = JSON.parse(String(read("../fixtures/story-wall.json")));
const DIGITS = 10; // that plain sums have alike

test("the units of a stored model stand as an independent script puts them", async () => {
  const { cell, V, H, parameters, vocabulary } = await loadCheckpoint(
    new Uint8Array(read("../fixtures/story-lstm.safetensors")),
  );
  const { from, before, length, groups, correlations, states: last } = stored;
  const text = [...String(read("../../src/web/samples/story.txt"))];
  const piece = text.slice(from, from + length);
  const shape: Shape = { V, H, T: 1, B: 1, cell };
  const trace = new Trace(shape, parameters, vocabulary?.encode(piece.join("")) ?? []);
  const hidden = trace.hidden(0);
  const states = Float64Array.from(
    { length: H * length },
    (_, i) => hidden[(i % length) * H + Math.floor(i / length)] as number,
  );
  const features = featuresOf(text.slice(from - before, from + length), before);
  for (const [unit, own] of correlations.entries()) {
    const row = states.subarray(unit * length, (unit + 1) * length);
    expect(row.at(-1)).toBeCloseTo(last[unit], DIGITS);
    for (const [i, r] of own.entries()) {
      expect(correlation(row, features[i] as Float64Array)).toBeCloseTo(r, DIGITS);
    }
  }
  const found = groupsOf(states, features);
  expect(found.map(({ feature, units }) => [FEATURES[feature] ?? "none", units])).toEqual(
    groups.map(([name, units]: [string, number[][]]) => [name, units.map(([unit]) => unit)]),
  );
  for (const [i, { correlations: own }] of found.entries()) {
    for (const [k, r] of own.entries()) expect(r).toBeCloseTo(groups[i][1][k][1], DIGITS);
  }
});

describe("features", () => {
  const of = (text: string, skipped = 0): Record<string, string> =>
    Object.fromEntries(
      featuresOf([...text], skipped).map((row, i) => [FEATURES[i], [...row].join("")]),
    );

  test("are those of each character, and of where it stands", () => {
    expect(of('Ab "c [D1]"\né')).toEqual({
      "in a word": "1100100110001",
      "after a space": "0001001000001",
      "in quotes": "0001111111000",
      "position in the line": "012345678910110",
      "upper case": "1000000100000",
      digits: "0000000010000",
      "in brackets": "0000001110000",
    });
  });

  test("know what was open before", () => {
    const rows = of("\n«a(b» c)", 4);
    expect(rows["in quotes"]).toBe("10000");
    expect(rows["position in the line"]).toBe("34567");
    expect(rows["in brackets"]).toBe("11110");
  });
});

test("a unit that is the opposite follows too, one that never changes nothing", () => {
  const feature = Float64Array.of(0, 1, 0, 1);
  const states = Float64Array.of(
    ...[0.5, 0.5, 0.5, 0.5],
    ...[0.9, -0.9, 0.9, -0.9],
    ...[0, 0.1, 0.1, 0.1],
  );
  expect(groupsOf(states, [feature])).toEqual([
    {
      feature: 0,
      units: [1, 2],
      correlations: [expect.closeTo(-1), expect.closeTo(1 / Math.sqrt(3))],
    },
    { feature: -1, units: [0], correlations: [0] },
  ]);
});
