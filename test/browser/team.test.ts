// Threads in real browsers: the same SHA-256 for any number of them, and the reference's.

import { expect, test } from "vitest";
import { prepare, RULE } from "../../src/bench/measure.ts";
import { sha256 } from "../../src/checkpoint/sha256.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { openLibrary } from "./library.ts";

const STEPS = 4;
const SHAPES = [
  { V: 65, H: 64, T: 20, B: 32 },
  { V: 31, H: 37, T: 11, B: 40 },
];
const SOURCES = ["src/web/index.ts", "src/bench/measure.ts", "src/checkpoint/sha256.ts"];

test.each(["firefox", "chrome"] as const)(
  "%s: any number of threads, the same bits",
  async (name) => {
    const page = await openLibrary(name);
    for (const shape of SHAPES) {
      const reference = new ReferenceEngine(shape);
      prepare(reference);
      for (let step = 0; step < STEPS; step++) reference.step(RULE);
      const results = await page.inWorker(
        SOURCES,
        async ([ello, measure, hash], { shape, steps }) => {
          const results: [number, string][] = [];
          for (const threads of [1, 2, 3, 4]) {
            const engine = await ello.createWasmEngine(shape, threads);
            measure.prepare(engine);
            for (let step = 0; step < steps; step++) engine.step(measure.RULE);
            results.push([engine.threads, await hash.sha256(engine.parameters)]);
            engine.close();
          }
          return results;
        },
        { shape, steps: STEPS },
      );
      const expected = await sha256(reference.parameters);
      expect(results).toEqual([1, 2, 3, 4].map((threads) => [threads, expected]));
    }
  },
);
