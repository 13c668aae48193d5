// Receipts as text: what the schema says, what is refused, and where links are.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { stepsBetween } from "../../src/receipt/chain.ts";
import { readReceipt } from "../../src/receipt/receipt.ts";
import { SETTINGS } from "../../src/settings/check.ts";
import { makeFolder, receiptOf, train } from "../node/run.ts";
import { folder as folderWithText, SMALL } from "../node/verify/runs.ts";
import { Numbers } from "../support.ts";
import { mutate } from "./mutants.ts";

const SCHEMA = new URL("../../docs/receipt.schema.json", import.meta.url);
const validate = new Ajv2020().compile(JSON.parse(readFileSync(SCHEMA, "utf8")));

/** Receipts of runs of several kinds. */
async function receipts(): Promise<any[]> {
  const cwd = folderWithText();
  const kinds = [[], ["--epochs", "30"], [...SMALL, "--epochs", "1", "--max-steps", "7"]];
  const all: any[] = [];
  for (const [i, flags] of kinds.entries()) {
    await train(cwd, ...flags, "--quiet", "--out-dir", `${i}`);
    all.push(receiptOf(join(cwd, `${i}`)));
  }
  await train(cwd, "--resume", "2", "--learning-rate", "0.001", "--quiet");
  return [...all, receiptOf(join(cwd, "2"))];
}

test("every receipt is as the schema says, which has all of its fields", async () => {
  const all = await receipts();
  for (const receipt of all) {
    expect(validate(receipt), JSON.stringify(validate.errors)).toBe(true);
    expect(Object.keys(receipt.config).sort()).toEqual([...SETTINGS].sort());
    expect(readReceipt(structuredClone(receipt)).steps).toBe(receipt.steps);
  }
  const [hello] = all;
  for (const wrong of [
    { ...hello, textSha256: "x" },
    { ...hello, chain: { links: [] } },
    { ...hello, more: 1 },
  ]) {
    expect(validate(wrong)).toBe(false);
  }
});

test("a receipt stands on lines that a person can read, a link on one", async () => {
  const cwd = makeFolder();
  await train(cwd, "--quiet");
  const lines = readFileSync(join(cwd, "out/receipt.json"), "utf8").split("\n");
  const links = lines.filter((line) =>
    /^ {6}\{ "step": \d+, "loss": .*, "sha256": "[0-9a-f]{64}" \},?$/.test(line),
  );
  expect(links.length).toBe(51);
});

describe("steps between links", () => {
  test.each([
    [1, 20],
    [500, 20],
    [501, 20],
    [1000, 20],
    [1001, 50],
    [4389, 100],
    [10_000, 200],
    [1_000_000, 20_000],
  ])("of %i steps: %i", (steps, every) => {
    expect(stepsBetween(steps)).toBe(every);
  });
});

test("whatever is done to a receipt, it is read or refused by name", async () => {
  const cwd = makeFolder();
  await train(cwd, "--quiet", "--epochs", "40");
  const json = JSON.stringify(receiptOf(join(cwd, "out")));
  const read = mutate(json, new Numbers(5), 20_000);
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(20_000);
});
