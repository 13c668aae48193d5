// The browser's storage as it may be: with what others wrote, denied, without locks; and plain http.

import type { Page } from "puppeteer-core";
import { describe, expect, test } from "vitest";
import {
  finish,
  helloSha256,
  openPlayground,
  ownBrowsers,
  press,
  textOf,
  toStart,
  waitForSaved,
  waitForText,
} from "./playground.ts";

/** Puts records in place of what the page's database holds, in this version of it. */
async function store(page: Page, records: Record<string, unknown>, version: number): Promise<void> {
  await page.evaluate(
    (wanted, made) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open("ello", made);
        opening.onerror = () => reject(opening.error);
        opening.onupgradeneeded = () => {
          for (const name of ["runs", "materials"]) {
            const stores = opening.result.objectStoreNames;
            if (!stores.contains(name)) opening.result.createObjectStore(name);
          }
        };
        opening.onsuccess = () => {
          const transaction = opening.result.transaction("runs", "readwrite");
          transaction.objectStore("runs").clear();
          for (const [name, record] of Object.entries(wanted)) {
            transaction.objectStore("runs").put(record, name);
          }
          transaction.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      }),
    records,
    version,
  );
}

/** What the page's databases hold: the step of each run, by database; -1 for what has none. */
async function stored(page: Page): Promise<Record<string, number[]>> {
  return page.evaluate(async () => {
    const found: Record<string, number[]> = {};
    for (const { name = "" } of await indexedDB.databases()) {
      found[name] = await new Promise((resolve) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => {
          const request = opening.result.transaction("runs").objectStore("runs").getAll();
          request.onsuccess = () => {
            opening.result.close();
            resolve(request.result.map((run) => run?.step ?? -1).sort());
          };
        };
      });
    }
    return found;
  });
}

async function waitForStored(page: Page, expected: Record<string, number[]>): Promise<void> {
  await expect.poll(() => stored(page), { timeout: 600_000 }).toEqual(expected);
}

/** A page at its start, then `count` steps further. */
async function takeSteps(page: Page, count: number): Promise<void> {
  await toStart(page);
  for (let step = 1; step <= count; step++) {
    await press(page, "step");
    await waitForText(page, "status", new RegExp(`^Paused after ${step} `));
  }
}

function isOffered(page: Page): Promise<boolean> {
  return page.$eval("#offer", (offer) => !(offer as HTMLElement).hidden);
}

describe.each(ownBrowsers())("%s", (name) => {
  test("Undo, then a reload: the run that was brought back is offered, as it stood", async () => {
    const { page, complaints } = await openPlayground(name);
    await takeSteps(page, 3);
    await waitForText(page, "sha256", /^[0-9a-f]{64}$/);
    const shown = await textOf(page, "sha256");
    await takeSteps(page, 1);
    await waitForStored(page, { ello: [1] });
    await press(page, "undo");
    await waitForText(page, "status", /^Paused after 3 .*Back at the run before/);
    await waitForStored(page, { ello: [3] });
    await page.reload();
    await waitForText(page, "offer-text", /saved after 3 steps/);
    await press(page, "continue");
    await waitForText(page, "status", /^Paused after 3 .*Goes on/);
    await waitForText(page, "sha256", shown);
    expect(complaints).toEqual([]);
  });

  test("what is stored and is no run is said, left, and no reason not to keep this one", async () => {
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    const lost = { hash: "", step: 7, altered: false, savedAt: 9e15 };
    await store(page, { "run 1": null, "run 2": { version: 3 }, "run 3": lost }, 2);
    await page.reload();
    await waitForText(
      page,
      "offer-text",
      "A run that was kept here cannot be opened (training: expected a stopped run's file, got undefined). This one is kept beside it.",
    );
    expect(await page.$eval("#continue", (button) => button.checkVisibility())).toBe(false);
    await takeSteps(page, 2);
    await waitForStored(page, { ello: [-1, -1, 2, 7] });
    await press(page, "discard");
    await waitForStored(page, { ello: [-1, -1, 2] });
    await page.reload();
    await waitForText(page, "offer-text", /^Your last run, .* was saved after 2 steps/);
    await press(page, "continue");
    await waitForText(page, "status", /^Paused after 2 /);
    expect(complaints).toEqual([]);
  });

  test("a newer version's database is left, and this version keeps its runs beside it", async () => {
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    await store(page, { "run 1": { version: 3 } }, 3);
    await page.reload();
    await takeSteps(page, 2);
    await waitForStored(page, { ello: [-1], "ello 2": [2] });
    await page.reload();
    await waitForText(page, "offer-text", /saved after 2 steps/);
    expect(complaints).toEqual([]);
  });

  test.each([
    [
      "denied",
      /\(The operation is insecure\.\)/,
      () => {
        IDBFactory.prototype.open = () => {
          throw new DOMException("The operation is insecure.", "SecurityError");
        };
      },
    ],
    [
      "not there",
      /\(it has no storage\)/,
      () => {
        Object.defineProperty(globalThis, "indexedDB", { value: undefined });
      },
    ],
  ])(
    "a storage that is %s: said as soon as there is something to keep",
    async (_how, why, before) => {
      const { page, complaints } = await openPlayground(name, "", { before });
      await waitForText(page, "epoch", /^[1-9]/);
      await press(page, "play");
      await waitForText(page, "status", /^Paused after .*could not keep this run/);
      await waitForText(page, "kept", why);
      expect(complaints).toEqual([]);
    },
  );

  test("a storage that does not answer: said, and the run is kept once it does", async () => {
    const { page, complaints } = await openPlayground(name, "", {
      before: () => {
        const { open } = IDBFactory.prototype;
        const later = globalThis.setTimeout;
        // The page's patience is not the test's.
        Object.assign(globalThis, {
          setTimeout: (work: () => void, ms: number) => later(work, ms === 5000 ? 0 : ms),
        });
        IDBFactory.prototype.open = function (...given) {
          const late = {} as IDBOpenDBRequest;
          Object.assign(globalThis, {
            answer: () => {
              IDBFactory.prototype.open = open;
              const real = open.apply(this, given);
              Object.defineProperties(late, {
                result: { get: () => real.result },
                error: { get: () => real.error },
              });
              real.onupgradeneeded = (event) => late.onupgradeneeded?.(event);
              real.onsuccess = (event) => late.onsuccess?.(event);
            },
          });
          return late;
        };
      },
    });
    await waitForText(page, "epoch", /^[1-9]/);
    await press(page, "play");
    await waitForText(page, "status", /^Paused after .*storage has not answered yet/);
    await takeSteps(page, 2);
    const said = "The browser's storage has not answered yet: until it does, this run is not kept.";
    await waitForText(page, "kept", `${said} Save the model to keep it.`);
    await page.evaluate("answer()");
    await waitForStored(page, { ello: [2] });
    await waitForText(page, "kept", "");
    await page.reload();
    await waitForText(page, "epoch", /^[1-9]/);
    await press(page, "play");
    await waitForText(page, "kept", /has not answered yet/);
    await page.evaluate("answer()");
    await waitForText(page, "offer-text", /saved after 2 steps/);
    await waitForText(page, "kept", "");
    expect(complaints).toEqual([]);
  });

  test("a run whose text or model cannot be kept is not kept by half", async () => {
    const { page, complaints } = await openPlayground(name, "", {
      before: () => {
        const { put } = IDBObjectStore.prototype;
        IDBObjectStore.prototype.put = function (...given: [unknown, IDBValidKey?]) {
          if (this.name === "materials") throw new DOMException("No.", "DataCloneError");
          return put.apply(this, given);
        };
      },
    });
    await takeSteps(page, 2);
    await waitForText(page, "kept", /could not keep this run \(No\.\)/);
    expect(await stored(page)).toEqual({ ello: [] });
    expect(complaints).toEqual([]);
  });

  test("without locks, as over plain http: kept, offered, and moved to the page that goes on with it", async () => {
    const { page, url, complaints } = await openPlayground(name, "", {
      before: () => {
        Reflect.deleteProperty(Navigator.prototype, "locks");
      },
    });
    expect(await page.evaluate("navigator.locks")).toBeUndefined();
    await takeSteps(page, 3);
    await waitForStored(page, { ello: [3] });
    await page.reload();
    await waitForText(page, "offer-text", /saved after 3 steps/);
    await press(page, "continue");
    await waitForText(page, "status", /^Paused after 3 /);
    await press(page, "step");
    await waitForText(page, "status", /^Paused after 4 /);
    await waitForStored(page, { ello: [4] });
    // Another page keeps its own beside it, though it cannot tell that this one is open.
    const other = await page.browserContext().newPage();
    await other.evaluateOnNewDocument(() => {
      Reflect.deleteProperty(Navigator.prototype, "locks");
    });
    await other.goto(url);
    await waitForText(other, "offer-text", /saved after 4 steps/);
    await press(other, "discard");
    await waitForStored(other, { ello: [] });
    await takeSteps(other, 2);
    await waitForStored(other, { ello: [2] });
    await page.bringToFront();
    await press(page, "step");
    await waitForText(page, "status", /^Paused after 5 /);
    await waitForStored(page, { ello: [2, 5] });
    expect(complaints).toEqual([]);
  });

  test("what trains while an offer stands is kept once the offer is gone", async () => {
    const { page } = await openPlayground(name);
    await takeSteps(page, 3);
    await waitForStored(page, { ello: [3] });
    await page.reload();
    await waitForText(page, "offer-text", /saved after 3 steps/);
    await takeSteps(page, 1);
    expect(await stored(page)).toEqual({ ello: [3] });
    await press(page, "discard");
    await waitForStored(page, { ello: [1] });
    expect(await isOffered(page)).toBe(false);
  });
});

test("without Web Crypto, as over plain http: the same weights and their SHA-256", async () => {
  const withhold = "Reflect.deleteProperty(Crypto.prototype, 'subtle');";
  const { page, complaints } = await openPlayground("chrome", "", {
    before: () => {
      Reflect.deleteProperty(Crypto.prototype, "subtle");
    },
    workerPrefix: withhold,
  });
  expect(await page.evaluate("crypto.subtle")).toBeUndefined();
  expect(await finish(page)).toBe(await helloSha256());
  await waitForSaved(page, 1000);
  await page.reload();
  await waitForText(page, "offer-text", /saved after 1000 steps/);
  expect(complaints).toEqual([]);
});
