// Training on texts from the command line, and what is done with the model after.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLI, command, FILES, makeFolder, type Outcome, receiptOf, run, train } from "../run.ts";

const TEXT = "she sells sea shells by the sea shore. ".repeat(30);
const SMALL = ["--hidden-size", "20", "--seq-length", "13", "--batch-size", "4"];

const hashOf = (folder: string): string => receiptOf(folder).parametersSha256.final;
const metricsOf = (folder: string): any[] =>
  readFileSync(join(folder, "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** A folder with the text in it. */
function folderWith(name = "sea.txt", text: string | Uint8Array = TEXT): string {
  const folder = makeFolder();
  writeFileSync(join(folder, name), text);
  return folder;
}

const trainText = (cwd: string, ...flags: string[]): Promise<Outcome> =>
  train(cwd, "--text", "sea.txt", ...SMALL, ...flags);

describe("a run on a text", () => {
  test("prints plain lines, writes every file, and validates on the tail", async () => {
    const cwd = folderWith();
    const { code, stdout, stderr } = await trainText(cwd, "--epochs", "20", "--log-every", "50");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^\d+ different characters, GRU with 20 hidden units, [\d,]+ parameters; 400 steps of 13 × 4 characters, 128-bit vectors$/m,
    );
    expect(stdout).toMatch(/^Step 50\/400 {2}loss \d\.\d{4} {2}[\d,]+ characters\/s$/m);
    expect(stdout).toMatch(
      /^Epoch 19: train \d\.\d{4} nats \(\d\.\d{3} bits\) a character, accuracy \d+\.\d\d %, gradient norm/m,
    );
    expect(stdout).toMatch(/^ {2}validation \d\.\d{4} nats .*, perplexity \d\.\d\d, accuracy /m);
    expect(stdout).not.toContain("\u001b");
    const out = join(cwd, "out");
    expect(readdirSync(out).sort()).toEqual(["best.safetensors", "samples.txt", ...FILES].sort());
    const metrics = metricsOf(out);
    const means = metrics.filter(({ mean }) => mean).map(({ mean }) => mean);
    expect(means.map(({ epoch, steps }) => [epoch, steps])).toEqual(
      Array.from({ length: 20 }, (_, epoch) => [epoch, 20]),
    );
    expect(metrics.length).toBe(440); // steps, epochs, samples
    expect(metrics.at(-3).loss).toBeLessThan(metrics[0].loss / 2);
    const evaluations = metrics.filter(({ validation }) => validation);
    expect(evaluations.map(({ step }) => step)).toEqual(
      Array.from({ length: 20 }, (_, epoch) => 20 * epoch + 19),
    );
    const receipt = receiptOf(out);
    expect(receipt).toMatchObject({ text: ["sea.txt"], steps: 400 });
    const least = Math.min(...evaluations.map(({ validation }) => validation.loss));
    expect(receipt.best.loss).toBe(least);
  });

  test("is the same from a file, a folder, standard input and its own receipt", async () => {
    const cwd = folderWith();
    const hashes: string[] = [];
    await trainText(cwd, "--epochs", "2", "--out-dir", "a", "--quiet");
    mkdirSync(join(cwd, "texts"));
    writeFileSync(join(cwd, "texts/1.txt"), TEXT.slice(0, 100));
    writeFileSync(join(cwd, "texts/2.txt"), TEXT.slice(100));
    writeFileSync(join(cwd, "texts/notes.md"), "not a text");
    await train(cwd, "--text", "texts", ...SMALL, "--epochs", "2", "--out-dir", "b", "--quiet");
    const flags = [...SMALL, "--epochs", "2", "--out-dir", "c", "--quiet"].join(" ");
    await run("bash", ["-c", `${process.execPath} ${CLI} train --text - ${flags} < sea.txt`], cwd);
    await train(cwd, "--config", "a/receipt.json", "--out-dir", "d", "--quiet");
    await train(
      cwd,
      "--text",
      "sea.txt",
      "--rnn_size=20",
      "--seq_length=13",
      "--batch_size=4",
      "--max_epochs=2",
      "--checkpoint_dir=e",
      "--quiet",
    );
    for (const folder of ["a", "b", "c", "d", "e"]) hashes.push(hashOf(join(cwd, folder)));
    expect(new Set(hashes).size).toBe(1);
  });

  test("goes on from its folder alone, with more epochs, to the bits of one run", async () => {
    const cwd = folderWith();
    const constant = ["--schedule", "constant"];
    await trainText(cwd, ...constant, "--epochs", "3", "--quiet");
    const { stdout } = await train(cwd, "--resume", "out", "--epochs", "5");
    expect(stdout).toContain("Resuming at step 60 of 100, epochs now 5.\n");
    await trainText(cwd, ...constant, "--epochs", "5", "--out-dir", "whole", "--quiet");
    expect(hashOf(join(cwd, "out"))).toBe(hashOf(join(cwd, "whole")));
    expect(metricsOf(join(cwd, "out"))).toEqual(metricsOf(join(cwd, "whole")));
    expect(receiptOf(join(cwd, "out")).resumed).toEqual({ step: 60, changed: { epochs: 5 } });
  });

  test("says where more epochs take its cosine to", async () => {
    const cwd = folderWith();
    await trainText(cwd, "--epochs", "3", "--quiet");
    const { stdout } = await train(cwd, "--resume", "out", "--epochs", "6");
    // Half of 0.008, since 60 of 119 steps are past the middle by half a step.
    expect(stdout).toContain(
      "Resuming at step 60 of 120, epochs now 6.\nIts learning rate goes on at 0.0039472, on the cosine of 6 epochs: other bits than",
    );
    expect(metricsOf(join(cwd, "out")).find(({ step }) => step === 60).learningRate).toBeCloseTo(
      0.0039472,
      7,
    );
  });

  test("takes any file as bytes, and sanitises newlines when asked", async () => {
    const cwd = folderWith(
      "sea.txt",
      Uint8Array.from({ length: 900 }, (_, i) => (i * 7) % 256),
    );
    const bytes = await trainText(cwd, "--unit", "byte", "--epochs", "1");
    expect(bytes.stdout).toContain("256 different characters");
    writeFileSync(join(cwd, "sea.txt"), TEXT.replaceAll(" ", "\r\n"));
    const lines = await trainText(cwd, "--normalize-newlines", "--epochs", "1");
    expect(lines.stdout).toContain("12 different characters");
  });

  test.each<[what: string, text: string | Uint8Array, flags: string[], line: RegExp]>([
    [
      "not UTF-8",
      Uint8Array.of(97, 98, 255),
      [],
      /^--text: expected UTF-8, got 0xff in a sequence at byte 2 of "sea.txt"; convert it to UTF-8, or use --unit byte$/,
    ],
    [
      "empty",
      "",
      [],
      /^vocabulary: expected at least 2 distinct characters, got 0; use a text with more$/,
    ],
    ["of one character", "aaaa", [], /^vocabulary: expected at least 2 distinct characters, got 1/],
    [
      "rare",
      "abcab",
      ["--min-count", "2"],
      /^--text: expected characters seen at least 2 times, got "c" \(1 times\); choose --unknown skip/,
    ],
    ["missing", TEXT, ["--text", "none.txt"], /^--text: expected a readable file, got ENOENT/],
    [
      "and a pair",
      TEXT,
      ["--input", "ab"],
      /^--text: expected either a text or --input and --target, got both$/,
    ],
  ])("%s is refused in one line", async (_, text, flags, line) => {
    const cwd = folderWith("sea.txt", text);
    const { stderr } = await trainText(cwd, ...flags, "--epochs", "1", "--quiet");
    expect(stderr.trimEnd()).toMatch(line);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  test.each<[flags: string[], line: RegExp]>([
    [
      ["--hidden-size", "21"],
      /^--hidden-size: expected 20, that of the run to be resumed, got 21; start a new run for another$/,
    ],
    [["--optimizer", "sgd"], /^--optimizer: expected "adam", that of the run/],
    [
      ["--text", "other.txt"],
      /^--resume: expected the text of the run, SHA-256 [0-9a-f]{64}, got one of [0-9a-f]{64}; give the same text with --text$/,
    ],
    [["--resume", "nowhere"], /^--resume: expected the folder of a run, got ENOENT/],
  ])("resuming with %j is refused in one line, and the run stays as it is", async (flags, line) => {
    const cwd = folderWith();
    writeFileSync(join(cwd, "other.txt"), `${TEXT}!`);
    await trainText(cwd, "--epochs", "1", "--quiet");
    const before = readdirSync(join(cwd, "out")).map((name) =>
      readFileSync(join(cwd, "out", name)),
    );
    const { stderr } = await train(cwd, "--resume", "out", ...flags);
    expect(stderr.trimEnd()).toMatch(line);
    const after = readdirSync(join(cwd, "out")).map((name) => readFileSync(join(cwd, "out", name)));
    expect(after).toEqual(before);
  });
});

describe("a trained model", () => {
  let cwd: string;
  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), "ello-test-"));
    writeFileSync(join(cwd, "sea.txt"), TEXT);
    await trainText(cwd, "--epochs", "40", "--learning-rate", "0.01", "--quiet");
  });
  afterAll(() => rmSync(cwd, { recursive: true }));

  test("writes, the same for the same seed", async () => {
    const flags = ["--prime", "she sells ", "--length", "24", "--greedy"];
    const { code, stdout, stderr } = await command(cwd, "sample", ...flags);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "she sells sea shells by the sea sh",
      stderr: "",
    });
    const twice = await command(cwd, "sample", "--count", "2", "--length", "30", "--seed", "5");
    const [first, second] = twice.stdout.trimEnd().split("\n");
    const again = await command(cwd, "sample", "--length", "30", "--seed", "6");
    expect(again.stdout.trimEnd()).toBe(second);
    expect(first).not.toBe(second);
  });

  test.each<[name: string, flags: string[], line: RegExp]>([
    [
      "sample",
      ["--prime", "λ"],
      /^--prime: expected characters of the model's vocabulary, got "λ" \(1 times\); choose --unknown skip to leave it out$/,
    ],
    ["sample", ["--temperature", "-1"], /^--temperature: expected a number from 0, got -1$/],
    ["sample", ["--top-p", "2"], /^--top-p: expected a number above 0, at most 1, got 2$/],
    [
      "sample",
      ["--temprature", "1"],
      /^--temprature: expected a known flag, got this one; did you mean --temperature\?$/,
    ],
    ["sample", ["--prime", "@none"], /^--prime: expected a readable text, got ENOENT/],
    ["sample", ["--model", "none"], /^--model: expected a readable model, got ENOENT/],
    ["sample", ["--model", "sea.txt"], /^--model sea.txt: header: expected/],
    ["eval", [], /^--text: expected a file, got nothing; --split val takes/],
    ["inspect", [], /^inspect: expected one file, got 0/],
    ["inspect", ["sea.txt"], /^inspect sea.txt: header: expected/],
  ])("%s %j is refused in one line", async (name, flags, line) => {
    const { code, stdout, stderr } = await command(cwd, name, ...flags);
    expect(stderr.trimEnd()).toMatch(line);
    expect(stdout).toBe("");
    expect(code).toBeGreaterThan(0);
  });

  test("is evaluated and inspected", async () => {
    const { stdout } = await command(cwd, "eval", "--text", "sea.txt", "--json");
    const { loss, bits, perplexity, accuracy, characters } = JSON.parse(stdout);
    expect(loss).toBeLessThan(0.5);
    expect(bits).toBeCloseTo(loss / Math.LN2, 12);
    expect(perplexity).toBeCloseTo(Math.exp(loss), 12);
    expect(accuracy).toBeGreaterThan(0.8);
    expect(characters).toBe(TEXT.length - 1);
    const model = await command(cwd, "inspect", "out/model.safetensors");
    expect(model.stdout).toContain(`SHA-256 of the parameters ${hashOf(join(cwd, "out"))}`);
    const stopped = await command(cwd, "inspect", "out/training.safetensors");
    expect(stopped.stdout).toContain("a stopped run of 40 epochs after step 800");
  });

  test.each(["sample", "eval", "inspect"])("%s has a help", async (name) => {
    const { code, stdout } = await command(cwd, name, "--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: (npx )?ello ${name} `));
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });
});
