// The run that a reload would lose: kept, offered, gone on with, by every open page its own.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { describe, expect, test } from "vitest";
import { makeFolder, receiptOf, train } from "../node/run.ts";
import {
  choose,
  finish,
  openPlayground,
  ownBrowsers,
  press,
  setValue,
  textOf,
  toStart,
  waitForSaved,
  waitForText,
} from "./playground.ts";

/** Lets the page write what it was about to: what is asked of a database waits for what was asked before. */
function passQueue(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open("ello");
        opening.onsuccess = () => {
          opening.result.close();
          resolve();
        };
      }),
  );
}

/** Drops a text file onto the page. */
async function drop(page: Page, name: string, content: string): Promise<void> {
  await page.evaluate(
    (named, text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], named));
      const options = { bubbles: true, cancelable: true, dataTransfer };
      document.body.dispatchEvent(new DragEvent("dragover", options));
      document.body.dispatchEvent(new DragEvent("drop", options));
    },
    name,
    content,
  );
}

describe.each(ownBrowsers())("%s", (name) => {
  test("a reload loses nothing: the run is offered, goes on, and ends with the same weights", async () => {
    const { page, complaints } = await openPlayground(name, "#hiddenSize=8&epochs=200");
    await toStart(page);
    for (let step = 1; step <= 5; step++) {
      await press(page, "step");
      await waitForText(page, "status", new RegExp(`^Paused after ${step} of 200`));
    }
    await waitForText(page, "sha256", /^[0-9a-f]{64}$/);
    const shown = await textOf(page, "sha256");
    await waitForSaved(page, 5);
    await page.reload();
    await waitForText(page, "offer-text", /saved after 5 steps/);
    await press(page, "continue");
    await waitForText(page, "status", /^Paused after 5 of 200 steps\. Goes on after 5 steps/);
    expect(await textOf(page, "sha256")).toBe(shown);
    expect(await textOf(page, "epoch")).toBe("5 of 200");
    expect(await textOf(page, "loss")).toMatch(/^\d\.\d{4}$/);
    await press(page, "play");
    const end = await finish(page);
    const folder = makeFolder();
    await train(folder, "--quiet", "--hidden-size", "8", "--epochs", "200");
    expect(end).toBe(receiptOf(join(folder, "out")).parametersSha256.final);
    await waitForSaved(page, 200);
    await page.reload();
    await waitForText(page, "offer-text", /saved after 200 steps/);
    await toStart(page); // or this run would be kept in place of the other
    await press(page, "discard");
    await waitForSaved(page, -1);
    await page.reload();
    await waitForText(page, "epoch", /^[1-9]/);
    expect(await page.$eval("#offer", (offer) => (offer as HTMLElement).hidden)).toBe(true);
    expect(complaints).toEqual([]);
  });

  test("to go on is given up for what is asked next: the offer stands, and nothing takes its place", async () => {
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    await press(page, "step");
    await waitForText(page, "status", /^Paused after 1 /);
    await waitForSaved(page, 1);
    await page.reload();
    await waitForText(page, "offer-text", /saved after 1 step\./);
    await waitForText(page, "epoch", /^[1-9]/);
    await page.evaluate(() => {
      document.getElementById("continue")?.click();
      document.querySelector<HTMLInputElement>("input[value=words]")?.click();
    });
    await waitForText(page, "command", /words/);
    await press(page, "play");
    await waitForText(page, "status", /^Paused after /);
    await waitForText(page, "sha256", /^[0-9a-f]{64}$/);
    await waitForSaved(page, 1);
    await press(page, "continue");
    await waitForText(page, "status", /^Paused after 1 of 1000 steps\. Goes on after 1 step/);
    expect(await page.$eval("#offer", (offer) => (offer as HTMLElement).hidden)).toBe(true);
    expect(complaints).toEqual([]);
  });

  test("a reload after a setting was changed, or on a model that was opened, goes on with just that", async () => {
    const folder = makeFolder();
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    await press(page, "step");
    await waitForText(page, "status", /^Paused after 1 /);
    await setValue(page, "set-learningRate", "0.05");
    await waitForText(page, "command-note", /^You changed a setting/);
    await waitForSaved(page, 1);
    await page.reload();
    await waitForText(page, "offer-text", /saved after 1 step\./);
    await press(page, "continue");
    await waitForText(page, "status", /^Paused after 1 of 1000/);
    await waitForText(page, "command", "npm run train -- --learning-rate 0.05");
    expect(await textOf(page, "command-note")).toMatch(/^You changed a setting/);

    await train(folder, "--quiet", "--seed", "9", "--epochs", "5");
    await choose(page, "load", join(folder, "out/model.safetensors"));
    await waitForText(page, "status", /Opened model\.safetensors/);
    const opened = await textOf(page, "sha256");
    await press(page, "step");
    await waitForText(page, "status", /^Paused after 1 of 5/);
    await press(page, "step");
    await waitForText(page, "status", /^Paused after 2 of 5/);
    await waitForSaved(page, 2);
    await page.reload();
    await waitForText(page, "offer-text", /saved after 2 steps/);
    await press(page, "continue");
    await waitForText(page, "status", /^Paused after 2 of 5/);
    expect(await textOf(page, "command-note")).toMatch(/^This run began with a model/);
    await press(page, "reset");
    await waitForText(page, "status", /^Ready\. Back at the model as it was opened/);
    expect(await textOf(page, "sha256")).toBe(opened);
    expect(complaints).toEqual([]);
  });

  test("two open pages keep a run each, and a text is written once", async () => {
    const first = await openPlayground(name, "#seed=1", {
      before: () => {
        const put = IDBObjectStore.prototype.put;
        const counts: Record<string, number> = {};
        Object.assign(globalThis, { counts });
        IDBObjectStore.prototype.put = function (...given: [unknown, IDBValidKey?]) {
          counts[this.name] = (counts[this.name] ?? 0) + 1;
          return put.apply(this, given);
        };
      },
    });
    await toStart(first.page);
    await passQueue(first.page);
    await first.page.evaluate("counts.runs = counts.materials = 0");
    for (let step = 1; step <= 3; step++) {
      await press(first.page, "step");
      await waitForText(first.page, "status", new RegExp(`^Paused after ${step} `));
      await waitForSaved(first.page, step);
    }
    expect(await first.page.evaluate("counts")).toMatchObject({ runs: 3, materials: 1 });
    const second = await first.page.browserContext().newPage();
    await second.goto(`${first.url}#seed=2`);
    await toStart(second);
    expect(await second.$eval("#offer", (offer) => (offer as HTMLElement).hidden)).toBe(true);
    for (let step = 1; step <= 2; step++) {
      await press(second, "step");
      await waitForText(second, "status", new RegExp(`^Paused after ${step} `));
    }
    await waitForSaved(second, 2);
    await waitForSaved(second, 3);
    await first.page.close();
    await second.reload();
    await waitForText(second, "offer-text", /saved after 2 steps/);
    const third = await second.browserContext().newPage();
    await third.goto(first.url);
    await waitForText(third, "offer-text", /saved after 3 steps/);
    await press(third, "continue");
    await waitForText(third, "command", "npm run train -- --seed 1");
    expect(first.complaints).toEqual([]);
  });

  test("a text of one's own: dropped, kept over a reload, asked for by its link", async () => {
    const rhyme = "one two three four five, once I caught a fish alive. ".repeat(9);
    const { page, url, complaints } = await openPlayground(name);
    await toStart(page);
    await drop(page, "rhyme.txt", rhyme);
    await waitForText(page, "own-name", "Training on rhyme.txt.");
    await setValue(page, "speed", "10");
    for (const [field, value] of Object.entries({
      hiddenSize: "8",
      seqLength: "10",
      batchSize: "2",
      schedule: "constant", // so that more epochs go on the same way
    })) {
      await setValue(page, `set-${field}`, value);
      await waitForText(page, "status", new RegExp(`Started again: .* ${value}\\.`));
    }
    await setValue(page, "set-epochs", "30");
    await waitForText(page, "epoch", /^[1-9]\d* of 30$/);
    await page.waitForFunction("location.hash.includes('epochs=30')"); // the address follows
    const hash = (await page.evaluate("location.hash")) as string;
    expect(new URLSearchParams(hash.slice(1)).get("text")).toBe("own");
    const command = await textOf(page, "command");
    await press(page, "play");
    await waitForText(page, "status", /^Paused after/);
    const step = Number(/\d+/.exec(await textOf(page, "status"))?.[0]);
    await waitForSaved(page, step);
    await page.reload();
    await waitForText(
      page,
      "offer-text",
      `Your last run, on rhyme.txt, was saved after ${step} steps. Until you decide, this one is not saved.`,
    );
    await press(page, "continue");
    await waitForText(page, "status", new RegExp(`^Paused after ${step} of`));
    await press(page, "play");
    const shown = await finish(page);
    const folder = makeFolder();
    writeFileSync(join(folder, "rhyme.txt"), rhyme);
    await train(folder, "--quiet", ...command.replace("npm run train -- ", "").split(" "));
    expect(receiptOf(join(folder, "out")).parametersSha256.final).toBe(shown);
    // The link brings the settings; the text is the visitor's to bring.
    await page.goto("about:blank");
    await page.goto(url + hash);
    await waitForText(page, "own-name", /^This link was made with a text/);
    await press(page, "discard");
    await drop(page, "rhyme.txt", rhyme);
    await waitForText(page, "own-name", "Training on rhyme.txt.");
    expect(await finish(page)).toBe(shown);
    // Who goes on with something else is not asked any more.
    await page.goto("about:blank");
    await page.goto(url + hash);
    await waitForText(page, "own-name", /^This link was made with a text/);
    await setValue(page, "set-seed", "3");
    await waitForText(page, "command", "npm run train -- --seed 3");
    expect(await page.$eval("#own-text", (box) => (box as HTMLElement).hidden)).toBe(true);
    expect(complaints).toEqual([]);
  });
});
