// The golden hashes in real browsers, on one thread and on two.

import { expect, test } from "vitest";
import golden from "../golden/golden.json" with { type: "json" };
import { openLibrary } from "./library.ts";

test.each(["firefox", "chrome"] as const)("%s: the golden hashes", async (name) => {
  const page = await openLibrary(name);
  for (const threads of [1, 2]) {
    const found = await page.inWorker(
      ["src/web/index.ts", "test/golden/runs.js"],
      async ([ello, { goldenRuns }], own) => goldenRuns(ello, own),
      { threads },
    );
    expect(found).toEqual(golden.runs);
  }
});
