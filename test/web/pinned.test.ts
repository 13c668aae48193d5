// A pinned run: how it and the one beside it are told apart, the contrasts, and its curve on the other's steps.

import { expect, test } from "vitest";
import { contrastFor, differenceOf, withOther } from "../../src/web/compare/pinned.ts";
import { configOf, fromHash, toHash } from "../../src/web/setting.ts";
import type { Answers } from "../../src/web/training/protocol.ts";
import { groupsOf } from "../../src/web/views/distances-view.ts";

const at = (hash: string) => fromHash(hash).setting;

test.each([
  ["text=recall&cell=rnn", "text=recall", "tanh", "LSTM"],
  ["", "clipValue=0", "clipped at ±5", "values not clipped"],
  ["text=story", "text=story&clipNorm=0", "norm clipped at 5", "norm not clipped"],
  [
    "seed=1&hiddenSize=12",
    "seed=2&hiddenSize=14",
    "hidden units 12, seed 1",
    "hidden units 14, seed 2",
  ],
  ["", "input=abc&target=bca", "hell → ello", "abc → bca"],
  ["text=words", "text=story", "a list of words", "a short story"],
  ["", "", "the run before", "the same again"],
  [
    "seed=1&hiddenSize=12&epochs=5&learningRate=1&clipValue=1",
    "",
    "hidden units 12, seed 1, epochs 5, …",
    "hidden units 10, seed 42, epochs 1000, …",
  ],
])("#%s and #%s are told apart", (one, other, name, otherName) => {
  expect(differenceOf(at(one), at(other))).toEqual([name, otherName]);
});

test.each([
  ["cell", "", "text=recall&cell=rnn", "text=recall"],
  ["cell", "text=story", "text=recall&cell=rnn", "text=recall"],
  ["cell", "text=recall&cell=rnn&seed=7", "text=recall&cell=rnn&seed=7", "text=recall&seed=7"],
  ["cell", "text=recall", "text=recall", "text=recall&cell=rnn"],
  ["clipping", "", "", "clipValue=0"],
  ["clipping", "clipValue=0", "clipValue=0", ""],
  [
    "clipping",
    "text=story&clipValue=2&clipNorm=1",
    "text=story&clipValue=2&clipNorm=1",
    "text=story&clipNorm=0",
  ],
  ["clipping", "text=story&clipNorm=0", "text=story&clipNorm=0", "text=story"],
  ["seed", "text=story", "text=story", "text=story&seed=43"],
] as const)("%s, from #%s", (contrast, from, first, second) => {
  const setting = at(from);
  const runs = contrastFor(contrast, setting);
  expect([toHash(runs.first), toHash(runs.second)]).toEqual([first, second]);
  if (first === from) expect(runs.first).toBe(setting); // it is not started anew
  const [a, b] = [configOf(runs.first), configOf(runs.second)];
  expect(a).not.toEqual(b);
});

test("the other's curve goes on where the first has no steps, and stands at its own beside it", () => {
  const other = [10, 11, 12, 13, 14];
  expect(
    withOther(
      [
        [0, 1],
        [5, 6],
      ],
      [0, 1, 2, 3, 4],
      other,
    ),
  ).toEqual([[0, 1, 2, 3, 4], [5, 6, null, null, null], other]);
  // A longer run, that keeps every second step only.
  expect(
    withOther(
      [
        [0, 2, 4, 6],
        [1, 1, 1, 1],
      ],
      [0, 1, 2, 3, 4],
      other,
    ),
  ).toEqual([
    [0, 2, 4, 6],
    [1, 1, 1, 1],
    [10, 12, 14, null],
  ]);
  // One that begins later, and one that has not begun.
  expect(
    withOther(
      [
        [0, 1],
        [1, 1],
      ],
      [1, 3],
      [7, 8],
    )[2],
  ).toEqual([null, 7, 8]);
  expect(withOther([[], []], [1, 3], [7, 8])).toEqual([
    [1, 3],
    [null, null],
    [7, 8],
  ]);
});

test("answers are shown in groups of as many distances each, from the nearest asked for to the farthest", () => {
  const answers = (pairs: Record<number, [number, number]>): Answers => {
    const [asked, right] = [new Int32Array(256), new Int32Array(256)];
    for (const [distance, [a, r]] of Object.entries(pairs)) {
      asked[Number(distance)] = a;
      right[Number(distance)] = r;
    }
    return { asked, right, step: 1 };
  };
  expect(groupsOf(answers({}))).toEqual([]);
  expect(groupsOf(answers({ 3: [4, 1], 5: [2, 2] }))).toEqual([
    { from: 3, to: 3, asked: 4, right: 1 },
    { from: 4, to: 4, asked: 0, right: 0 },
    { from: 5, to: 5, asked: 2, right: 2 },
  ]);
  const wide = groupsOf(answers({ 7: [1, 1], 9: [2, 1], 10: [3, 0], 32: [5, 5] }));
  expect(wide.map(({ from, to }) => [from, to])).toEqual([
    [7, 10],
    [11, 14],
    [15, 18],
    [19, 22],
    [23, 26],
    [27, 30],
    [31, 32],
  ]);
  expect(wide[0]).toEqual({ from: 7, to: 10, asked: 6, right: 2 });
  expect(wide.at(-1)).toEqual({ from: 31, to: 32, asked: 5, right: 5 });
});
