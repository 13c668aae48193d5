// Flags and settings that were given and have no effect; and what old names were taken for.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeFolder, receiptOf, train } from "../run.ts";
import { folderWithText, hashOf, SMALL } from "../sea.ts";

describe("a setting that was given and has no effect", () => {
  const text = ["--text", "sea.txt"];
  const needs = (what: string, got: string) =>
    `expected ${what}, without which it has no effect, got ${got}; `;
  test.each<[flags: string[], line: string]>([
    [[...text, "--decay-rate", "0.5"], `--decay-rate: ${needs("--schedule step", '"cosine"')}`],
    [[...text, "--decay-rate", "0.97"], "--decay-rate: expected --schedule step"],
    [[...text, "--decay-after", "1", "--schedule", "cosine"], "--decay-after: expected --schedule"],
    [
      [...text, "--min-learning-rate", "1e-4", "--schedule", "constant"],
      "--min-learning-rate: expected --schedule cosine",
    ],
    [[...text, "--momentum", "0.9"], `--momentum: ${needs("--optimizer sgd", '"adam"')}`],
    [["--beta1", "0.9"], `--beta1: ${needs("--optimizer adam or adamw", '"sgd"')}`],
    [["--alpha", "0.9"], "--alpha: expected --optimizer rmsprop"],
    [["--epsilon", "1e-8"], "--epsilon: expected --optimizer adagrad, rmsprop, adam or adamw"],
    [[...text, "--decay_rate", "0.5"], "--decay_rate (--alpha): expected --optimizer rmsprop"],
    [
      [...text, "--learning_rate_decay", "0.5", "--schedule", "cosine"],
      "--learning_rate_decay (--decay-rate): expected --schedule step",
    ],
    [["--max-rollbacks", "5"], "--max-rollbacks: expected --on-divergence rollback"],
    [["--fast", "--engine", "reference"], "--fast: expected --engine wasm"],
    [["--threads", "2"], "--threads: expected --batch-size from 8"],
    [["--val-fraction", "0.2"], `--val-fraction: ${needs("a text", "a pair of texts")}`],
    [["--seq-length", "9"], "--seq-length: expected a text"],
    [["--unit", "byte"], "--unit: expected a text"],
    [["--normalize-newlines"], "--normalize-newlines: expected a text"],
    [
      [...text, "--patience", "3", "--val-fraction", "0"],
      "--patience: expected --val-fraction above 0",
    ],
    [["--eval-every", "3"], "--eval-every: expected --val-fraction above 0"],
    [["--quiet", "--log-every", "3"], "--log-every: expected no --quiet"],
    [["--config", "plain.json"], "--beta1: expected --optimizer adam"],
    [
      ["--config", "receipt.json"],
      '--momentum: expected --optimizer sgd, without which it has no effect, got "adam"',
    ],
  ])("%j", async (flags, line) => {
    const cwd = folderWithText();
    writeFileSync(join(cwd, "plain.json"), '{"beta1": 0.9}');
    writeFileSync(
      join(cwd, "receipt.json"),
      '{"config": {"beta1": 0.9, "optimizer": "adam", "alpha": 0.99, "momentum": 0.5}}',
    );
    const { code, stdout, stderr } = await train(cwd, ...flags, "--epochs", "1");
    expect(stderr).toContain(line);
    expect(stderr.startsWith(line.split(":")[0] as string)).toBe(true);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("a text too short for validation leaves patience without effect", async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, "short.txt"), "abcabc");
    const { code, stderr } = await train(cwd, "short.txt", "--patience", "2");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^--patience: expected validation data, .*got none/),
    });
  });

  test("beside a model, the characters are the model's", async () => {
    const cwd = folderWithText();
    await train(cwd, "sea.txt", ...SMALL, "--epochs", "1");
    const flags = ["--init-from", "out", "--out-dir", "b", "--min-count", "2"];
    const { code, stderr } = await train(cwd, "sea.txt", ...SMALL, ...flags);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^--min-count: expected no --init-from/),
    });
  });

  test("flags take the place of a receipt's settings, and of those that they leave without effect", async () => {
    const cwd = folderWithText();
    const step = ["--schedule", "step", "--decay-rate", "0.5", "--decay-after", "1"];
    await train(cwd, "sea.txt", ...SMALL, "--epochs", "2", ...step, "--out-dir", "a");
    const again = ["--config", "a/receipt.json", "--schedule", "cosine", "--quiet"];
    expect((await train(cwd, ...again, "--out-dir", "b")).code).toBe(0);
    await train(cwd, "sea.txt", ...SMALL, "--epochs", "2", "--out-dir", "c");
    expect(receiptOf(join(cwd, "b")).config).toEqual(receiptOf(join(cwd, "c")).config);
    expect(hashOf(join(cwd, "b"))).toBe(hashOf(join(cwd, "c")));
  });

  test("a receipt of before there were cells is of a tanh", async () => {
    const cwd = folderWithText();
    await train(cwd, "sea.txt", ...SMALL, "--epochs", "2", "--cell", "rnn", "--out-dir", "a");
    const { config, ...rest } = receiptOf(join(cwd, "a"));
    const { cell, layers, dropout, forgetBias, weightDecay, ...old } = config;
    writeFileSync(join(cwd, "old.json"), JSON.stringify({ config: old, ...rest }));
    expect((await train(cwd, "--config", "old.json", "--quiet", "--out-dir", "b")).code).toBe(0);
    expect(hashOf(join(cwd, "b"))).toBe(hashOf(join(cwd, "a")));
  });

  test("a resumed run is asked for its own settings", async () => {
    const cwd = folderWithText();
    await train(cwd, "sea.txt", ...SMALL, "--epochs", "1");
    const wrong = await train(cwd, "--resume", "out", "--epochs", "2", "--decay-rate", "0.5");
    expect(wrong.stderr).toMatch(/^--decay-rate: expected --schedule step/);
    const right = await train(
      cwd,
      "--resume",
      "out",
      "--epochs",
      "2",
      "--learning_rate_decay",
      "0.5",
    );
    expect({ code: right.code, stderr: right.stderr }).toEqual({ code: 0, stderr: "" });
    expect(receiptOf(join(cwd, "out")).config.schedule).toBe("step");
  });
});

test("what names of elsewhere were taken for is said", async () => {
  const cwd = folderWithText();
  const { stdout } = await train(
    cwd,
    "sea.txt",
    "--n_embd=6",
    "--grad_clip=1",
    "--min_lr=1e-4",
    "--max_iters=2",
  );
  expect(stdout).toContain("--grad_clip is taken as nanoGPT's: --clip-norm 1.\n");
  expect(stdout).toContain("--min_lr chooses --schedule cosine.\n");
  const { config, steps, stopped } = receiptOf(join(cwd, "out"));
  expect(config).toMatchObject({ clipNorm: 1, schedule: "cosine", minLearningRate: 1e-4 });
  expect({ steps, stopped }).toEqual({ steps: 2, stopped: "--max-steps 2" });
});
