// The library in a browser: after a lost thread it goes on with one where the others are certain to have
// left the memory, and says so where they are not.

import { expect, test } from "vitest";
import { prepare, RULE } from "../../src/bench/measure.ts";
import { sha256 } from "../../src/checkpoint/sha256.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { openLibrary } from "./library.ts";

const SHAPE = { V: 31, H: 37, T: 11, B: 40 };
const SOURCES = ["src/web/index.ts", "src/bench/measure.ts", "src/checkpoint/sha256.ts"];

test.each(["firefox", "chrome"] as const)("%s", async (name) => {
  const page = await openLibrary(name);
  const results = await page.inWorker(
    SOURCES,
    async ([ello, measure, hash], { shape }) => {
      const Own = globalThis.Worker;
      const workers: Worker[] = [];
      globalThis.Worker = class extends Own {
        constructor(url: string | URL, options?: WorkerOptions) {
          super(url, options);
          workers.push(this);
        }
      };
      const loseIn = async (lose: (engine: any) => void): Promise<unknown[]> => {
        const engine = await ello.createWasmEngine(shape, 3);
        measure.prepare(engine);
        engine.step(measure.RULE);
        lose(engine);
        let said = "";
        try {
          engine.step(measure.RULE);
        } catch (error) {
          said = (error as Error).name;
        }
        try {
          await engine.disband();
          engine.step(measure.RULE);
        } catch (error) {
          said += `, ${(error as Error).message}`;
        }
        const found = [said, engine.threads, await hash.sha256(engine.parameters)];
        engine.close();
        return found;
      };
      return [
        await loseIn((engine) => engine.core.giveUp()),
        await loseIn((engine) => {
          // Ended like this, it gives no word that it has left.
          const worker = workers.at(-1) as Worker;
          worker.terminate();
          engine.core.giveUp();
        }),
      ];
    },
    { shape: SHAPE },
  );
  const reference = new ReferenceEngine(SHAPE);
  prepare(reference);
  reference.step(RULE);
  const first = await sha256(reference.parameters);
  reference.step(RULE);
  expect(results).toEqual([
    ["TeamError", 1, await sha256(reference.parameters)],
    [expect.stringMatching(/^TeamError, threads: expected every thread to leave/), 3, first],
  ]);
});
