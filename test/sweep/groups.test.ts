// Runs that differ in their seed alone, folded.

import { expect, test } from "vitest";
import { groupsOf } from "../../src/sweep/groups.ts";

test("mean and spread of each, the lowest mean first; what has no loss is last", () => {
  const runs = [
    { key: "b", loss: 5 },
    { key: "a", loss: 2 },
    { key: "a", loss: 4 },
    { key: "a", loss: undefined },
    { key: "c", loss: undefined },
  ];
  const groups = groupsOf(
    runs,
    ({ key }) => key,
    ({ loss }) => loss,
  );
  expect(groups.map(({ runs: own, ...moments }) => [own[0]?.key, own.length, moments])).toEqual([
    ["a", 3, { mean: 3, spread: Math.SQRT2 }],
    ["b", 1, { mean: 5, spread: undefined }],
    ["c", 1, { mean: undefined, spread: undefined }],
  ]);
});
