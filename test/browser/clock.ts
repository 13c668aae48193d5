// A page whose clock stands still until a test moves it on.

import type { Page } from "puppeteer-core";

/** Stops the page's clock, which `passSecond()` moves on, with all that the page does now and then. */
export function stopClock(): void {
  let time = 1e6;
  performance.now = () => time;
  const repeated: (() => void)[] = [];
  Object.assign(globalThis, {
    setInterval: (work: () => void) => repeated.push(work),
    passSecond: () => {
      time += 1000;
      for (const work of repeated) work();
    },
  });
}

const MOST_SECONDS = 300;

/** Lets seconds pass, one at each frame, until the page has made so many workers. */
export async function passUntilWorkers(page: Page, count: number): Promise<void> {
  const passed = await page.waitForFunction(
    (wanted, most) => {
      const all = globalThis as unknown as {
        workers: Worker[];
        passed?: number;
        passSecond(): void;
      };
      all.passed ??= 0;
      if (all.workers.length >= wanted || all.passed > most) return { seconds: all.passed };
      all.passed++;
      all.passSecond();
      return false;
    },
    {},
    count,
    MOST_SECONDS,
  );
  const { seconds } = (await passed.jsonValue()) as { seconds: number };
  if (seconds > MOST_SECONDS) throw new Error(`${count} workers: not after ${seconds} s`);
}
