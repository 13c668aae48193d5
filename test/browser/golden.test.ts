// The golden hashes in real browsers, on one thread and on two.

import { expect, test } from "vitest";
import golden from "../golden/golden.json" with { type: "json" };
import { openLibrary } from "./library.ts";

test.each(["firefox", "chrome"] as const)("%s: the golden hashes", async (name) => {
  const page = await openLibrary(name);
  const all = Object.keys(golden.runs);
  const some = ["gru", "lstm in f32, 2 layers, dropout"];
  for (const [threads, only] of [
    [1, all],
    [2, some],
  ] as [number, string[]][]) {
    const found = await page.inWorker(
      ["src/web/index.ts", "test/golden/runs.js"],
      async ([ello, { goldenRuns }], own) => goldenRuns(ello, own),
      { threads, only },
    );
    const expected = Object.entries(golden.runs).filter(([name]) => only.includes(name));
    expect(found).toEqual(Object.fromEntries(expected));
  }
});
