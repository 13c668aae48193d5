// A training worker that dies is noticed, said, and replaced by one that goes on, as is one of whose
// threads one dies; one that is slow is waited for.

import { join } from "node:path";

import type { Page } from "puppeteer-core";
import { describe, expect, test } from "vitest";
import { makeFolder, receiptOf, train } from "../node/run.ts";
import { passUntilWorkers, stopClock } from "./clock.ts";
import {
  catchWorkers,
  endWorker,
  finish,
  helloSha256,
  openPlayground,
  ownBrowsers,
  press,
  setValue,
  textOf,
  toStart,
  waitForText,
} from "./playground.ts";

const SLOW = 50; // s that a script takes over a bad network

/** How many steps a run that is paused has taken. */
async function stepsOf(page: Page): Promise<number> {
  return Number(/^Paused after (\d+) of/.exec(await textOf(page, "status"))?.[1]);
}

/** Lets a test reach the workers of a run's other threads. */
function catchRanks(): void {
  const ranks: Worker[] = [];
  const Own = globalThis.Worker;
  Object.assign(globalThis, {
    ranks,
    Worker: class extends Own {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        if (String(url).includes("rank")) ranks.push(this);
      }
    },
  });
}

describe.each(ownBrowsers())("%s", (name) => {
  test("a worker that is ended in the middle: another goes on to the same weights", async () => {
    const before = [catchWorkers, stopClock];
    const { page, complaints } = await openPlayground(name, "", { before });
    await waitForText(page, "epoch", /^[2-9][0-9]/);
    await press(page, "play");
    await waitForText(page, "sha256", /^[0-9a-f]{64}$/);
    const taken = await stepsOf(page);
    await setValue(page, "speed", "1");
    await press(page, "play");
    await waitForText(page, "status", /^Training/);
    await endWorker(page);
    await passUntilWorkers(page, 2);
    await waitForText(
      page,
      "status",
      /^Training.*The training worker stopped .*; another goes on from the last good state/,
    );
    expect(await page.evaluate("workers.length")).toBe(2);
    await press(page, "play");
    await waitForText(page, "status", /^Paused after/);
    expect(await stepsOf(page)).toBeGreaterThanOrEqual(taken);
    await press(page, "play");
    expect(await finish(page)).toBe(await helloSha256());
    expect(complaints).toEqual([]);
  });

  test("a worker that is ended while it stands, or while a run is being started", async () => {
    const before = [catchWorkers, stopClock];
    const { page, complaints } = await openPlayground(name, "", { before });
    await toStart(page);
    const start = await textOf(page, "sha256");
    await press(page, "step");
    await waitForText(page, "status", /^Paused after 1 /);
    // The hash comes behind the state to go on from.
    await waitForText(page, "sha256", new RegExp(`^(?!${start})[0-9a-f]{64}$`));
    await endWorker(page);
    await passUntilWorkers(page, 2);
    await waitForText(page, "status", /^Paused after 1 .*another goes on from the last good state/);
    await page.evaluate(() => {
      const { workers } = globalThis as unknown as { workers: Worker[] };
      workers.at(-1)?.terminate();
      const seed = document.getElementById("set-seed") as HTMLInputElement;
      seed.value = "9";
      seed.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await passUntilWorkers(page, 3);
    await waitForText(page, "command", "npm run train -- --seed 9");
    await waitForText(page, "epoch", /^[1-9]/);
    expect(await page.evaluate("workers.length")).toBe(3);
    await press(page, "undo");
    await waitForText(page, "status", /^Paused after 1 of 1000/);
    await press(page, "play");
    expect(await finish(page)).toBe(await helloSha256());
    expect(complaints).toEqual([]);
  });

  test.each(["play", "step"])(
    "a thread that is ended before the next of %s: the run goes on with one, to the same weights",
    async (button) => {
      const hash = "#text=words&hiddenSize=8&batchSize=8&epochs=100&threads=2";
      const { page, complaints } = await openPlayground(name, hash, { before: catchRanks });
      if (Number(await page.evaluate("navigator.hardwareConcurrency")) < 2) return;
      await waitForText(page, "isolation", /this run uses 2 threads/);
      await setValue(page, "speed", "1");
      await waitForText(page, "status", /^Training/);
      await press(page, "play");
      await waitForText(page, "sha256", /^[0-9a-f]{64}$/);
      await page.evaluate("for (const rank of ranks) rank.terminate()");
      const lost =
        /one of its 2 threads failed or stood still; it has one from now on.*another goes on/;
      if (button === "step") {
        // Chromium may let a worker go on for a second or two: the run must be longer.
        for (;;) {
          await waitForText(page, "sha256", /^[0-9a-f]{64}$/);
          const [before, weights] = [await stepsOf(page), await textOf(page, "sha256")];
          await press(page, "step");
          const next = new RegExp(`^Paused after ${before + 1} |${lost.source}`);
          await waitForText(page, "status", next);
          if (!lost.test(await textOf(page, "status"))) continue;
          expect(await stepsOf(page)).toBe(before); // nothing is lost, and nothing done twice
          expect(await textOf(page, "sha256")).toBe(weights);
          break;
        }
      }
      await press(page, "play");
      if (button === "play") await waitForText(page, "status", lost);
      await waitForText(page, "isolation", /this run uses 1 thread\./);
      const shown = await finish(page);
      const flags = (await textOf(page, "command")).replace(/^.*words\.txt /, "").split(" ");
      const folder = makeFolder();
      const text = new URL("../../src/web/samples/words.txt", import.meta.url).pathname;
      await train(folder, "--quiet", "--text", text, ...flags);
      expect(shown).toBe(receiptOf(join(folder, "out")).parametersSha256.final);
      expect(complaints).toEqual([]);
    },
  );

  test("a worker whose script is slow to come is waited for", async () => {
    let send = (): void => {};
    const workerWaits = new Promise<void>((resolve) => {
      send = resolve;
    });
    const { page, complaints } = await openPlayground(name, "", {
      workerWaits,
      before: [catchWorkers, stopClock],
    });
    await page.waitForFunction("workers.length === 1");
    await page.evaluate((seconds) => {
      const { passSecond } = globalThis as unknown as { passSecond(): void };
      for (let i = 0; i < seconds; i++) passSecond();
    }, SLOW);
    expect(await textOf(page, "status")).toBe("Loading the core …");
    send();
    expect(await finish(page)).toBe(await helloSha256());
    expect(await textOf(page, "status")).not.toMatch(/stopped/);
    expect(complaints).toEqual([]);
  });
});
