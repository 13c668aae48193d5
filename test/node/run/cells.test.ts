// Cells and layers on the command line: a run of each goes on to the same weights, and starts others.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { command, makeFolder, receiptOf, train } from "../run.ts";

const TEXT = "she sells sea shells by the sea shore. ".repeat(20);
const SMALL = ["--text", "sea.txt", "--hidden-size", "6", "--seq-length", "8", "--batch-size", "4"];

function folder(): string {
  const cwd = makeFolder();
  writeFileSync(join(cwd, "sea.txt"), TEXT);
  return cwd;
}

const hashOf = (cwd: string, name: string): string =>
  receiptOf(join(cwd, name)).parametersSha256.final;

describe.each(["rnn", "gru", "lstm"])("%s", (cell) => {
  const network = ["--cell", cell, "--layers", "2", "--dropout", "0.3"];

  test("stopped, resumed on the reference, and repeated from its receipt: the same weights", async () => {
    const cwd = folder();
    const flags = [...SMALL, ...network, "--epochs", "2", "--quiet"];
    await train(cwd, ...flags, "--out-dir", "whole");
    await train(cwd, ...flags, "--max-steps", "7", "--out-dir", "part");
    const { stdout } = await command(cwd, "inspect", "part/training.safetensors");
    const words = { rnn: "tanh", gru: "GRU", lstm: "LSTM" }[cell];
    expect(stdout).toContain(
      `a stopped run of 2 epochs after step 7: 2 ${words} layers of 6 hidden units, dropout 0.3`,
    );
    await train(cwd, "--resume", "part", "--engine", "reference", "--quiet");
    await train(cwd, "--config", "whole/receipt.json", "--out-dir", "again", "--quiet");
    expect([hashOf(cwd, "part"), hashOf(cwd, "again")]).toEqual(
      new Array(2).fill(hashOf(cwd, "whole")),
    );
  });

  test("a run from its weights has its network, and its own masks by another seed", async () => {
    const cwd = folder();
    await train(cwd, ...SMALL, ...network, "--epochs", "1", "--quiet", "--out-dir", "first");
    const further = ["--text", "sea.txt", "--seq-length", "8", "--batch-size", "4", "--quiet"];
    const from = ["--init-from", "first", "--epochs", "1", "--dropout", "0.3"];
    await train(cwd, ...further, ...from, "--out-dir", "a");
    await train(cwd, ...further, ...from, "--seed", "7", "--out-dir", "b");
    const [a, b] = ["a", "b"].map((name) => receiptOf(join(cwd, name)));
    expect(a.config).toMatchObject({ cell, layers: 2, hiddenSize: 6 });
    expect(a.parametersSha256.initial).toBe(hashOf(cwd, "first"));
    expect(b.parametersSha256.initial).toBe(hashOf(cwd, "first"));
    expect(b.parametersSha256.final).not.toBe(a.parametersSha256.final);
    const { code, stderr } = await train(cwd, ...further, ...from, "--layers", "1");
    expect([code, stderr]).toEqual([
      2,
      "--layers: expected 2, as --init-from first/best.safetensors has it, got 1; leave --layers out\n",
    ]);
  });
});
