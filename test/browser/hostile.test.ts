// What can go wrong in a visitor's browser: each is said in words, loses nothing and injects nothing.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeFolder } from "../node/run.ts";
import {
  catchWorkers,
  choose,
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

const MARKUP = "<img src=x onerror=window.injected=1>";

describe.each(ownBrowsers())("%s", (name) => {
  test("texts that are none, and texts that would be markup", async () => {
    const folder = makeFolder();
    const file = (named: string, content: string | Uint8Array): string => {
      const path = join(folder, named);
      writeFileSync(path, content);
      return path;
    };
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    await page.click("input[value=own]");
    await choose(page, "own-file", file("empty.txt", ""));
    await waitForText(page, "own-error", /^empty\.txt: expected a text, got nothing/);
    await choose(page, "own-file", file("one.txt", "a"));
    await waitForText(page, "own-error", /^one\.txt: .*at least 2 distinct characters, got 1/);
    await choose(page, "own-file", file("binary.bin", Uint8Array.of(0x50, 0xff, 0xfe, 0x00, 0x81)));
    await waitForText(page, "own-error", /^binary\.bin: .*UTF-8/);
    await choose(page, "load", file("corrupt.safetensors", Uint8Array.of(1, 2, 3)));
    await waitForText(
      page,
      "status",
      /^Ready\. corrupt\.safetensors was not opened: file: expected a safetensors file, got 3 bytes/,
    );
    // The run that was there is as it was.
    expect(await textOf(page, "sentence")).toContain("reads “hell”");
    await press(page, "play");
    expect(await finish(page)).toBe(await helloSha256());

    const named = `${MARKUP.replaceAll("/", "")}.txt`;
    await choose(page, "own-file", file(named, `${MARKUP}\n`.repeat(300)));
    await waitForText(page, "own-name", `Training on ${named}.`);
    await waitForText(page, "epoch", /^[1-9]/);
    await press(page, "write");
    await waitForText(page, "written-when", /^after \d+ steps$/);
    await waitForText(page, "command", /^npm run train -- --text '<img/);
    await setValue(page, "prime", MARKUP.slice(0, 8));
    await page.focus("#written");
    await waitForText(page, "next-characters", /it expects/);
    expect(await page.evaluate("window.injected")).toBeUndefined();
    expect(await page.$$eval("img", (images) => images.length)).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("a pasted text, and one of 50 MB", async () => {
    const { page, complaints } = await openPlayground(name);
    await waitForText(page, "epoch", /^[1-9]/);
    await page.click("input[value=own]");
    await setValue(page, "pasted", "she sells sea shells by the sea shore. ".repeat(20));
    await press(page, "train-pasted");
    await waitForText(page, "own-name", "Training on text.txt.");
    await waitForText(page, "epoch", /^[2-9]\d* of 1000$/);
    const folder = makeFolder();
    const path = join(folder, "large.txt");
    writeFileSync(path, "All work and no play makes a dull day of it.\n".repeat(1_170_000));
    await setValue(page, "set-hiddenSize", "32");
    await choose(page, "own-file", path);
    await waitForText(page, "own-name", "Training on large.txt.");
    await waitForText(page, "loss", /^\d\.\d+/);
    await waitForText(page, "status", /^Training/);
    expect(complaints).toEqual([]);
  });

  test("training that diverges stops with the weights before, and says what Node does", async () => {
    const { page, complaints } = await openPlayground(
      name,
      "#text=words&learningRate=10&clipNorm=0&hiddenSize=16&batchSize=8&seqLength=10&init=normal:5&optimizer=sgd",
    );
    await setValue(page, "speed", "Infinity");
    await waitForText(page, "status", /^Stopped\. .*diverged.*Reset starts again\.$/);
    await waitForText(page, "sha256", /^[0-9a-f]{64}$/);
    expect(await textOf(page, "command-note")).toBe("In Node it stops at the same step.");
    await press(page, "reset");
    await waitForText(page, "status", /^Ready\./);
    expect(complaints).toEqual([]);
  });

  test("memory that is refused: said, and the run goes on as it was", async () => {
    const workerPrefix = `
      const instantiate = WebAssembly.instantiate;
      self.addEventListener("message", (event) => {
        if (event.data !== "refuse memory") return;
        event.stopImmediatePropagation();
        WebAssembly.instantiate = async () => {
          throw new RangeError("WebAssembly.Memory(): could not allocate memory");
        };
      });`;
    const { page, complaints } = await openPlayground(name, "", {
      before: catchWorkers,
      workerPrefix,
    });
    await toStart(page);
    for (let step = 1; step <= 3; step++) {
      await press(page, "step");
      await waitForText(page, "status", new RegExp(`^Paused after ${step} `));
    }
    await page.evaluate("workers[0].postMessage('refuse memory')");
    await setValue(page, "set-hiddenSize", "300");
    await waitForText(page, "status", /could not allocate memory/);
    await waitForText(page, "status", /^Paused after 3 of 1000/);
    expect(await textOf(page, "sentence")).toContain("10 hidden units");
    await page.waitForFunction(
      () => (document.getElementById("set-hiddenSize") as HTMLInputElement).value === "10",
    );
    await press(page, "play");
    expect(await finish(page)).toBe(await helloSha256());
    expect(complaints).toEqual([]);
  });

  test.each([
    [
      "that is full, said at once",
      /The quota has been exceeded\./,
      () => {
        IDBObjectStore.prototype.put = () => {
          throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
        };
      },
    ],
    [
      "that is full, said when all is written",
      /The quota has been exceeded\./,
      () => {
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...given: [unknown, IDBValidKey?]) {
          const request = put.apply(this, given);
          if (this.name !== "runs") return request;
          const value = new DOMException("The quota has been exceeded.", "QuotaExceededError");
          Object.defineProperty(this.transaction, "error", { value });
          this.transaction.abort();
          return request;
        };
      },
    ],
    [
      "that fails a request, and with it all that was asked after it",
      /Key already exists in the object store\.|constraint was not satisfied\./,
      () => {
        const { put } = IDBObjectStore.prototype;
        IDBObjectStore.prototype.put = function (value, key) {
          const isLater = value.step > 1; // the first is kept, and its materials are asked for
          if (isLater) this.add(value, key);
          return isLater ? this.add(value, key) : put.call(this, value, key);
        };
      },
    ],
  ])("storage %s", async (_what, why, before) => {
    const { page, complaints } = await openPlayground(name, "", { before });
    await toStart(page);
    for (let step = 1; step <= 2; step++) {
      await press(page, "step");
      await waitForText(page, "status", new RegExp(`^Paused after ${step} `));
    }
    const said = `^The browser could not keep this run \\(.*(${why.source})\\); training goes on\\. Save the model to keep it\\.$`;
    await waitForText(page, "kept", new RegExp(said));
    await press(page, "play");
    expect(await finish(page)).toBe(await helloSha256());
    expect(complaints).toEqual([]);
  });

  test("a tab that is hidden draws nothing, trains on, and shows all of it when it is back", async () => {
    const { page, complaints } = await openPlayground(name, "", {
      before: () => {
        const draw = globalThis.requestAnimationFrame;
        const waiting: FrameRequestCallback[] = [];
        let isHidden = false;
        globalThis.requestAnimationFrame = (callback) => {
          if (!isHidden) return draw(callback);
          waiting.push(callback);
          return 0;
        };
        Object.assign(globalThis, {
          hideTab: (hidden: boolean) => {
            isHidden = hidden;
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
            if (!hidden) for (const callback of waiting.splice(0)) draw(callback);
          },
          ended: false,
        });
        const Own = globalThis.Worker;
        Object.assign(globalThis, {
          Worker: class extends Own {
            constructor(url: string | URL, options?: WorkerOptions) {
              super(url, options);
              this.addEventListener("message", ({ data }) => {
                if (data?.news?.kind === "done") Object.assign(globalThis, { ended: true });
              });
            }
          },
        });
      },
    });
    await toStart(page);
    await page.evaluate("hideTab(true)");
    await setValue(page, "speed", "Infinity");
    await press(page, "play");
    await page.waitForFunction("ended", { polling: 50 });
    expect(await textOf(page, "epoch")).toBe("0 of 1000");
    await page.evaluate("hideTab(false)");
    await waitForText(page, "status", /^Trained\./);
    expect(await textOf(page, "sha256")).toBe(await helloSha256());
    expect(complaints).toEqual([]);
  });
});
