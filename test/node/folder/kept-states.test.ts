// Which states of a run are kept.

import { expect, test } from "vitest";
import { stepsToKeep } from "../../../src/node/folder/kept-states.ts";

test("spread evenly, on links, none at the ends", () => {
  expect([...stepsToKeep(9, 10000, 200)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => i * 1000));
  expect([...stepsToKeep(2, 50, 20)]).toEqual([20, 40]);
  expect([...stepsToKeep(0, 50, 20)]).toEqual([]);
  expect([...stepsToKeep(3, 50)]).toEqual([]); // of a run without links
});

test("of more than there are links, all of them, at once", () => {
  for (const steps of [39, 40, 41, 50, 59, 60, 61, 1000]) {
    const all = Array.from({ length: Math.ceil(steps / 20) - 1 }, (_, i) => (i + 1) * 20);
    expect([...stepsToKeep(steps, steps, 20)]).toEqual(all);
    expect([...stepsToKeep(2 ** 53 - 1, steps, 20)]).toEqual(all);
  }
});
