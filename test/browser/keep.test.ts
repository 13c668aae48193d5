// What the page keeps and carries: files to and from Node, links, the run that a reload would lose.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { describe, expect, test } from "vitest";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { sha256 } from "../../src/checkpoint/sha256.ts";
import { ngramLoss } from "../../src/index.ts";
import { CLI, makeFolder, receiptOf, run, train } from "../node/run.ts";
import {
  catchDownloads,
  choose,
  finish,
  openPlayground,
  ownBrowsers,
  press,
  textOf,
  toStart,
  waitForText,
} from "./playground.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

async function saved(page: Page): Promise<Uint8Array> {
  await press(page, "save");
  await waitForText(page, "status", /Saved model\.safetensors/);
  return Uint8Array.from((await page.evaluate("caught.at(-1)")) as number[]);
}

/** What the page put on the clipboard, or says where it may not. */
function catchCopies(): void {
  const copies: string[] = [];
  Object.assign(globalThis, { copies });
  const clipboard = {
    writeText: (text: string) =>
      copies.length < 2
        ? Promise.resolve(void copies.push(text))
        : Promise.reject(new Error("not allowed")),
  };
  Object.defineProperty(navigator, "clipboard", { value: clipboard });
}

describe.each(ownBrowsers())("%s", (name) => {
  test("a model goes from the page to Node and back, and from Node to the page, to the bit", async () => {
    const folder = makeFolder();
    const { page, complaints } = await openPlayground(name, "", { before: catchDownloads });
    await toStart(page);
    for (let step = 0; step < 3; step++) await press(page, "step");
    await waitForText(page, "status", /^Paused after 3 /);
    await waitForText(page, "sha256", /^[0-9a-f]{64}$/);
    const shown = await textOf(page, "sha256");
    const bytes = await saved(page);
    expect(await sha256((await loadCheckpoint(bytes)).parameters)).toBe(shown);
    // Node writes with it.
    const path = join(folder, "page.safetensors");
    writeFileSync(path, bytes);
    const { code, stdout } = await run(
      process.execPath,
      [CLI, "sample", "--model", path, "--length", "9"],
      folder,
    );
    expect([code, stdout.trim().length]).toEqual([0, 9]);
    // The page takes it back after a reload.
    await page.reload();
    await toStart(page);
    expect(await textOf(page, "sha256")).not.toBe(shown);
    await choose(page, "load", path);
    await waitForText(page, "status", /Opened page\.safetensors: 10 hidden units/);
    expect(await textOf(page, "sha256")).toBe(shown);
    // Node's own.
    await train(
      folder,
      "--quiet",
      "--input",
      "abc",
      "--target",
      "bca",
      "--hidden-size",
      "6",
      "--seed",
      "9",
    );
    await choose(page, "load", join(folder, "out/model.safetensors"));
    await waitForText(page, "status", /Opened model\.safetensors: 6 hidden units/);
    expect(await textOf(page, "sha256")).toBe(
      receiptOf(join(folder, "out")).parametersSha256.final,
    );
    expect(await textOf(page, "sentence")).toContain("reads “abc” and learns to write “bca”");
    // Reset goes back to the model, not to weights of the page's own.
    const opened = await textOf(page, "sha256");
    await press(page, "step");
    await waitForText(page, "status", /^Paused after 1 /);
    await press(page, "reset");
    await waitForText(page, "status", /^Ready\. Back at the model as it was opened/);
    expect(await textOf(page, "sha256")).toBe(opened);
    // Settings of Node's only do not keep a model out.
    await train(folder, "--quiet", "--schedule", "cosine", "--epochs", "20");
    await choose(page, "load", join(folder, "out/model.safetensors"));
    await waitForText(page, "status", /Opened model\.safetensors: 10 hidden units/);
    expect(complaints).toEqual([]);
  });

  test("a run that learns by heart says so, and gives Node's best weights back", async () => {
    const folder = makeFolder();
    const text = join(ROOT, "src/web/samples/story.txt");
    const sizes = ["--hidden-size", "64", "--seq-length", "25", "--batch-size", "8"];
    const rest = ["--epochs", "20", "--learning-rate", "0.02"];
    await train(folder, "--quiet", "--text", text, ...sizes, ...rest);
    const best = await loadCheckpoint(readFileSync(join(folder, "out/best.safetensors")));
    const hash = "#text=story&hiddenSize=64&seqLength=25&batchSize=8&epochs=20&learningRate=0.02";
    const { page, complaints } = await openPlayground(name, hash);
    const last = await finish(page);
    await waitForText(
      page,
      "past-best-said",
      /^Validation was best at step \d+ and has risen since/,
    );
    await press(page, "bring-best");
    await waitForText(page, "status", /^Ready\. The weights of step \d+, the best,/);
    expect(await textOf(page, "sha256")).toBe(await sha256(best.parameters));
    expect(await textOf(page, "past-best-said")).toBe("");
    await press(page, "undo");
    await waitForText(page, "sha256", last);
    expect(complaints).toEqual([]);
  });

  test("the link holds the whole setting, and the command trains the same in Node", async () => {
    const hash =
      "#input=abab&target=baba&hiddenSize=7&seed=3&epochs=40&optimizer=rmsprop&learningRate=0.01&clipNorm=1";
    const { page, complaints } = await openPlayground(name, hash);
    await waitForText(page, "epoch", /of 40$/);
    expect(
      new URLSearchParams((await page.evaluate("location.hash.slice(1)")) as string).sort(),
    ).toEqual(new URLSearchParams(hash.slice(1)).sort());
    const shown = await finish(page);
    const command = await textOf(page, "command");
    const flags = command.replace("npm run train -- ", "").split(" ");
    const folder = makeFolder();
    await train(folder, "--quiet", ...flags);
    expect(receiptOf(join(folder, "out")).parametersSha256.final).toBe(shown);

    expect(complaints).toEqual([]);
  });

  test("a sample of the page's trains in Node to the same weights, with validation", async () => {
    const { page, complaints } = await openPlayground(
      name,
      "#text=words&hiddenSize=16&epochs=3&seqLength=20&batchSize=8&learningRate=0.0001",
    );
    await waitForText(page, "sentence", /reads a list of words/);
    const shown = await finish(page);
    expect(await textOf(page, "validation")).toMatch(/^\d\.\d{4}$/);
    const { best } = ngramLoss(readFileSync(join(ROOT, "src/web/samples/words.txt")));
    const counted = `${best.loss.toFixed(4)}, ${best.order}-grams: better`; // at this rate
    expect(await textOf(page, "counted")).toBe(counted);
    const command = await textOf(page, "command");
    const folder = makeFolder();
    const flags = command.replace("npm run train -- ", "").split(" ");
    const out = join(folder, "out");
    await run(process.execPath, [CLI, "train", "--quiet", "--out-dir", out, ...flags], ROOT);
    expect(receiptOf(out).parametersSha256.final).toBe(shown);
    expect(receiptOf(out).final.validation.loss.toFixed(4)).toBe(await textOf(page, "validation"));
    expect(complaints).toEqual([]);
  });

  test("link and command are copied, or shown where the browser refuses", async () => {
    const { page } = await openPlayground(name, "#seed=7", { before: catchCopies });
    await toStart(page);
    await press(page, "copy-link");
    await waitForText(page, "status", /Copied the link\.$/);
    await press(page, "copy-command");
    await waitForText(page, "status", /Copied the command\.$/);
    const command = "npm run train -- --seed 7";
    expect(await page.evaluate("copies")).toEqual([await page.evaluate("location.href"), command]);
    await press(page, "copy-command");
    await waitForText(
      page,
      "status",
      /does not let the page copy; the command stands beside the button\.$/,
    );
  });
});
