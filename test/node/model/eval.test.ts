// `npm run eval`: which characters it scores and what it says of the others.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCheckpoint, ngramLoss, score } from "../../../src/index.ts";
import { command, train } from "../run.ts";
import { onTerminal } from "../terminal.ts";

const TEXT = "she sells sea shells by the sea shore. ".repeat(30); // 1170 characters
const HELD_OUT = 117;

let cwd: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "ello-test-"));
  writeFileSync(join(cwd, "sea.txt"), TEXT);
  const flags = ["--text", "sea.txt", "--hidden-size", "12", "--seq-length", "13", "--quiet"];
  await train(cwd, ...flags, "--epochs", "3");
  await train(cwd, ...flags, "--epochs", "1", "--val-fraction", "0", "--out-dir", "whole");
});
afterAll(() => rmSync(cwd, { recursive: true }));

const facts = async (...flags: string[]): Promise<any> => {
  const { stdout, stderr } = await command(cwd, "eval", "--json", ...flags);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
};

describe("an evaluation", () => {
  test("scores every character but the first", async () => {
    const model = await loadCheckpoint(readFileSync(join(cwd, "out/best.safetensors")));
    const { loss, accuracy } = await score(model, TEXT);
    expect(await facts("--text", "sea.txt")).toMatchObject({
      ...{ model: "out/best.safetensors", text: ["sea.txt"], isOwnText: true, split: "all" },
      ...{ characters: TEXT.length - 1, skipped: 0, replaced: 0, loss, accuracy },
      ...{ bits: loss / Math.LN2, perplexity: Math.exp(loss) },
    });
    writeFileSync(join(cwd, "two.txt"), "se");
    const two = await facts("--text", "two.txt");
    expect(two).toMatchObject({ characters: 1, isOwnText: false });
    expect(two.loss).toBe((await score(model, "se")).loss);
  });

  test("has what counting gives beside it, and no other part of the text", async () => {
    const { losses } = ngramLoss(TEXT, { seqLength: 13 });
    const counted = await facts("--ngrams");
    expect(counted).toMatchObject({ split: "val", characters: HELD_OUT - 1, ngrams: losses });
    const { stdout } = await command(cwd, "eval", "--ngrams", "--split", "val");
    expect(stdout).toContain("Counting the 1,053 characters before gives");
    expect(stdout.match(/^ {2}order [1-6]: \d\.\d{4} nats/gm)?.length).toBe(6);
    expect(stdout.match(/, the best$/gm)?.length).toBe(1);
    const { code, stderr } = await command(cwd, "eval", "--ngrams", "--split", "train");
    expect([code, stderr]).toEqual([
      2,
      "--ngrams: expected --split val, since they are counted on the rest of the text, got train\n",
    ]);
  });

  test("takes the parts of the run's own text, which its receipt names", async () => {
    const model = await loadCheckpoint(readFileSync(join(cwd, "out/best.safetensors")));
    const held = await facts("--split", "val");
    expect(held).toMatchObject({ characters: HELD_OUT - 1, isOwnText: true, text: ["sea.txt"] });
    expect(held.loss).toBe((await score(model, TEXT.slice(-HELD_OUT))).loss);
    const trained = await facts("--split", "train", "--text", "sea.txt");
    expect(trained.characters).toBe(TEXT.length - HELD_OUT - 1);
    expect(trained.loss).toBe((await score(model, TEXT.slice(0, -HELD_OUT))).loss);
  });

  test("says in a line what was scored", async () => {
    const { stdout } = await command(cwd, "eval", "--split", "val");
    expect(stdout).toMatch(
      /^out\/best.safetensors \(GRU with 12 hidden units\) on 116 of 117 characters \(all but the first of those held out, 1,054 to 1,170 of 1,170\): \d\.\d{4} nats \(\d\.\d{3} bits\) a character, perplexity \d+\.\d{3}, accuracy \d+\.\d\d %\n$/,
    );
    const whole = await command(cwd, "eval", "--text", "sea.txt");
    expect(whole.stdout).toContain("on 1,169 of 1,170 characters (all but the first): ");
    const drawn = await onTerminal(
      80,
      ...["eval", "--model", join(cwd, "out")],
      "--text",
      join(cwd, "sea.txt"),
    );
    expect(drawn.text).toContain("Scored 1,169 of 1,169");
  });

  test("says how many characters it left out, and that a text is another", async () => {
    writeFileSync(join(cwd, "other.txt"), `${TEXT}XYZ`);
    const { stdout } = await command(
      cwd,
      ...["eval", "--text", "other.txt", "--split", "val", "--unknown", "symbol"],
    );
    expect(stdout).toMatch(
      /^This is not the text of the run: its SHA-256 is [0-9a-f]{64}, that of the run's [0-9a-f]{64}; what is scored may have been trained on\.\n3 unknown characters were left out\.\n/,
    );
    const skipped = await facts("--text", "other.txt", "--unknown", "skip");
    expect(skipped).toMatchObject({ characters: TEXT.length - 1, skipped: 3, replaced: 0 });
  });

  test.each<[flags: string[], exit: number, line: RegExp]>([
    [["--split", "tail"], 2, /^--split: expected all, train, val, got "tail"; see --help$/],
    [
      [],
      2,
      /^--text: expected a file, got nothing; --split val takes what the run held out of its own text$/,
    ],
    [
      ["--split", "val", "--model", "whole"],
      1,
      /^--split val: expected a run that held out a part of its text, got whole\/model.safetensors with a fraction of 0 of 1170 characters; take --split all$/,
    ],
    [["--text", "one.txt"], 2, /^--text: expected at least 2 characters, one to read and one to/],
    [
      ["--split", "val", "--model", "alone.safetensors"],
      2,
      /^--text: expected the text of the run, got nothing and none that "receipt.json" names; give it$/,
    ],
  ])("%j is refused in one line", async (flags, exit, line) => {
    writeFileSync(join(cwd, "one.txt"), "s");
    writeFileSync(join(cwd, "alone.safetensors"), readFileSync(join(cwd, "out/model.safetensors")));
    const { code, stdout, stderr } = await command(cwd, "eval", ...flags);
    expect(stderr.trimEnd()).toMatch(line);
    expect(stderr.trimEnd()).not.toContain("\n");
    expect({ code, stdout }).toEqual({ code: exit, stdout: "" });
  });
});
