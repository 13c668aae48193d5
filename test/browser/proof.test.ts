// Receipts between the page and Node: each replays the other's, and finds what was changed.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { describe, expect, test } from "vitest";
import { command, makeFolder, receiptOf, train } from "../node/run.ts";
import {
  BROWSERS,
  catchDownloads,
  choose,
  finish,
  logicTest,
  openPlayground,
  press,
  setValue,
  textOf,
  toStart,
  waitForText,
} from "./playground.ts";

const WORDS = new URL("../../src/web/samples/words.txt", import.meta.url).pathname;
const FEW = ["--hidden-size", "16", "--seq-length", "10", "--batch-size", "4", "--epochs", "1"];

/** Presses the button and takes what would be saved, as a file in a folder. */
async function saveReceipt(page: Page, folder: string): Promise<string> {
  await press(page, "save-receipt");
  await waitForText(page, "status", /Saved receipt\.json/);
  const bytes = Uint8Array.from((await page.evaluate("caught.at(-1)")) as number[]);
  const path = join(folder, "receipt.json");
  writeFileSync(path, bytes);
  return path;
}

/** Reads of JSON end some frames late, as those of a large file or on a busy machine do. */
function readJsonLate(): void {
  const { text } = File.prototype;
  File.prototype.text = async function (this: File) {
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    if (this.name.endsWith(".json")) for (let frames = 0; frames < 20; frames++) await frame();
    return text.call(this);
  };
}

/** How many cells of the chain are of a kind, of how many. */
const cells = (page: Page, kind: string) =>
  page.$$eval(
    "#chain .link",
    (all, wanted) => [all.filter((one) => one.classList.contains(wanted)).length, all.length],
    kind,
  );

describe.each(BROWSERS)("%s", (name) => {
  const it = logicTest(name);

  test("Node's receipts replay in the page, link by link: hello, and gru with dropout on a sample", async () => {
    const folder = makeFolder();
    await train(folder, "--quiet", "--out-dir", "hello");
    const gru = ["--cell", "gru", "--layers", "2", "--dropout", "0.2", "--precision", "f32"];
    await train(folder, "--quiet", "--text", WORDS, ...FEW, ...gru, "--out-dir", "words");
    const { page, complaints } = await openPlayground(name);
    await waitForText(page, "epoch", /^[1-9]/);
    for (const run of ["hello", "words"]) {
      await choose(page, "receipt-file", join(folder, run, "receipt.json"));
      const { chain, parametersSha256 } = receiptOf(join(folder, run));
      const end = `All equal; SHA-256 of the weights ${parametersSha256.final}`;
      await waitForText(page, "proof-said", new RegExp(`${chain.links.length} links\\. ${end}$`));
      expect(await page.$eval("#proof-said", (said) => said.checkVisibility())).toBe(true);
      expect(await cells(page, "equal")).toEqual([chain.links.length, chain.links.length]);
    }
    expect(complaints).toEqual([]);
  });

  test("the page's receipts replay in Node: hello, and a run whose rate was changed on the way", async () => {
    const folder = makeFolder();
    const { page } = await openPlayground(name, "", { before: catchDownloads });
    await finish(page);
    const path = await saveReceipt(page, folder);
    const { code, stdout } = await command(folder, "verify", path);
    expect(code, stdout).toBe(0);
    expect(stdout).toContain(`Equal: all 51 links`);
    await toStart(page);
    for (let step = 0; step < 3; step++) await press(page, "step");
    await waitForText(page, "status", /^Paused after 3 /);
    await setValue(page, "set-learningRate", "0.2");
    await waitForText(page, "command-note", /You changed a setting/);
    await press(page, "play");
    await finish(page);
    const changed = await saveReceipt(page, folder);
    const { chain } = JSON.parse(readFileSync(changed, "utf8"));
    expect(chain.changes).toEqual([{ step: 3, links: 1, before: { learningRate: 0.1 } }]);
    const again = await command(folder, "verify", changed);
    expect(again.code, again.stdout).toBe(0);
  });

  it("says what differs, and what it waits for", async () => {
    const folder = makeFolder();
    const own = join(folder, "own.txt");
    writeFileSync(own, "she sells sea shells by the sea shore. ".repeat(60));
    await train(folder, "--quiet", "--text", own, ...FEW);
    const path = join(folder, "out/receipt.json");
    const { page } = await openPlayground(name, "", { before: readJsonLate });
    await waitForText(page, "epoch", /^[1-9]/);
    await choose(page, "receipt-file", path);
    await waitForText(page, "proof-said", /Now choose or drop its text \(.*own\.txt\)\.$/);
    await choose(page, "receipt-file", own);
    await waitForText(page, "proof-said", /All equal/);
    const receipt = receiptOf(join(folder, "out"));
    receipt.chain.links[3].sha256 = "0".repeat(64);
    const other = join(folder, "other.json");
    writeFileSync(other, JSON.stringify(receipt));
    // One at once after the other: they are taken in this order.
    await choose(page, "receipt-file", other);
    await choose(page, "receipt-file", own);
    await waitForText(
      page,
      "proof-said",
      /Different: link 4, after \d+ steps: SHA-256 of the link/,
    );
    expect(await cells(page, "equal")).toEqual([3, receipt.chain.links.length]);
    expect(await cells(page, "different")).toEqual([1, receipt.chain.links.length]);
    writeFileSync(other, JSON.stringify({ ...receipt, bits: 2 }));
    await choose(page, "receipt-file", other);
    await waitForText(page, "proof-said", /^Not verified: expected bits 1/);
    expect(await textOf(page, "proof-said")).toContain("take the release that made it");
  });
});
