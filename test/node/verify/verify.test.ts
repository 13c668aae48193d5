// `ello verify`: runs of every kind come to their receipts again; what was changed is found, at its link.

import { createHash } from "node:crypto";
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeSafetensors } from "../../../src/checkpoint/safetensors.ts";
import { CLI, receiptOf, run, train } from "../run.ts";
import { change, FILE, folder, SMALL, verify } from "./runs.ts";

describe("is equal", () => {
  const few = ["--epochs", "2"];
  const kinds: [string, string[]][] = [
    ["hello", []],
    ["a pair with Adam", ["--input", "abcd", "--target", "bcda", "--optimizer", "adam"]],
    ["tanh, evaluated often", [...SMALL, ...few, "--cell", "rnn", "--eval-every", "7"]],
    ["gru in f32, step schedule", [...SMALL, ...few, "--precision", "f32", "--schedule", "step"]],
    [
      "lstm with dropout",
      [...SMALL, ...few, "--cell", "lstm", "--layers", "2", "--dropout", "0.3"],
    ],
    ["sgd with momentum", [...SMALL, ...few, "--optimizer", "sgd", "--momentum", "0.9"]],
    [
      "bytes, trained by the reference",
      [...SMALL, ...few, "--unit", "byte", "--engine", "reference"],
    ],
    ["patience", [...SMALL, "--epochs", "40", "--learning-rate", "0.05", "--patience", "2"]],
    [
      "going back",
      [
        ...SMALL,
        "--epochs",
        "8",
        "--learning-rate",
        "3",
        "--clip-norm",
        "0",
        "--on-divergence",
        "rollback",
        "--max-rollbacks",
        "40",
      ],
    ],
    ["stopped between two links", [...SMALL, ...few, "--max-steps", "23"]],
  ];

  test.each(kinds)("%s", async (name, flags) => {
    const cwd = folder();
    await train(cwd, ...flags, "--quiet");
    const receipt = receiptOf(join(cwd, "out"));
    if (name === "going back") expect(receipt.chain.links.at(-1).rollbacks).toBeGreaterThan(0);
    if (name === "stopped between two links") expect(receipt.chain.links.at(-1).step).toBe(23);
    const links = receipt.chain.links.length;
    const said = `Equal: all ${links} links; SHA-256 of the weights ${receipt.parametersSha256.final}\n`;
    for (const words of [[], ["--engine", "reference"], ["--threads", "2"]]) {
      const { code, stdout, stderr } = await verify(cwd, ...words);
      expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain(said);
    }
  });

  test("stopped and gone on with, twice: the chain of one that never stopped", async () => {
    const cwd = folder();
    const flags = [...SMALL, "--epochs", "3", "--eval-every", "20", "--quiet"];
    await train(cwd, ...flags, "--out-dir", "whole");
    await train(cwd, ...flags, "--max-steps", "13", "--out-dir", "part");
    await train(cwd, "--resume", "part", "--max-steps", "40", "--quiet");
    expect((await verify(cwd, "part")).code).toBe(0);
    await train(cwd, "--resume", "part", "--quiet");
    expect(receiptOf(join(cwd, "part")).chain).toEqual(receiptOf(join(cwd, "whole")).chain);
    expect((await verify(cwd, "part")).code).toBe(0);
  });

  test("gone on with at its end by more epochs, and by other rates on the way", async () => {
    const cwd = folder();
    const flags = [...SMALL, "--epochs", "1", "--schedule", "constant", "--quiet"];
    await train(cwd, ...flags, "--max-steps", "17");
    await train(cwd, "--resume", "out", "--learning-rate", "0.001", "--quiet");
    await train(cwd, "--resume", "out", "--epochs", "2", "--learning-rate", "0.0005", "--quiet");
    const { changes } = receiptOf(join(cwd, "out")).chain;
    expect(changes.map(({ step }: any) => step)).toEqual([17, 65]);
    expect(changes[1].before).toEqual({ epochs: 1, learningRate: 0.001 });
    const { code, stdout } = await verify(cwd);
    expect(code, stdout).toBe(0);
    const without = change(cwd, "out/receipt.json", ({ chain }) => chain.changes.pop());
    expect((await verify(cwd, without)).stdout).toMatch(/Different: link \d+ of \d+, after step/);
  });

  test("diverged, and gone on with at a lower rate; with dropout from then on", async () => {
    const cwd = folder();
    const wild = [
      "--learning-rate",
      "60",
      "--clip-norm",
      "0",
      "--optimizer",
      "sgd",
      "--momentum",
      "0",
    ];
    const flags = [...SMALL, "--epochs", "2", ...wild, "--max-rollbacks", "1", "--quiet"];
    const { code, stderr } = await train(cwd, ...flags);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/diverged|loss/)]);
    await train(cwd, "--resume", "out", "--learning-rate", "0.1", "--max-steps", "30", "--quiet");
    expect((await verify(cwd)).stdout).toContain("Equal: all");
    await train(cwd, "--resume", "out", "--dropout", "0.3", "--quiet");
    const { stdout } = await verify(cwd);
    expect(stdout).toContain("Equal: all");
  });

  test("gone back without a good state: nothing is kept of the step that failed", async () => {
    const cwd = folder();
    const flags = [...SMALL, "--epochs", "2", "--on-divergence", "stop", "--optimizer", "sgd"];
    await train(cwd, ...flags, "--learning-rate", "0.1", "--max-steps", "30", "--quiet");
    const wild = ["--on-divergence", "rollback", "--learning-rate", "70", "--clip-norm", "0"];
    await train(cwd, "--resume", "out", ...wild, "--quiet");
    const { code, stdout } = await verify(cwd);
    expect(code, stdout).toBe(0);
  });

  test("begun with another's weights, wherever these are now", async () => {
    const cwd = folder();
    await train(cwd, ...SMALL, "--epochs", "1", "--quiet", "--out-dir", "first");
    const further = [...SMALL.slice(0, 2), ...SMALL.slice(4), "--epochs", "1", "--seed", "9"];
    await train(cwd, ...further, "--init-from", "first", "--quiet");
    expect((await verify(cwd)).code).toBe(0);
    renameSync(join(cwd, "first"), join(cwd, "second"));
    const { code, stderr } = await verify(cwd);
    expect(code).toBe(2);
    expect(stderr).toContain("first/best.safetensors");
    expect((await verify(cwd, "--init-from", "second")).code).toBe(0);
    await train(cwd, ...SMALL, "--epochs", "1", "--seed", "5", "--quiet", "--out-dir", "third");
    const other = await verify(cwd, "--init-from", "third");
    expect(other.code).toBe(2);
    expect(other.stderr).toContain("--init-from: expected the weights that the run began with");
  });

  test("hello, in a process of its own", async () => {
    const cwd = folder();
    await train(cwd, "--quiet");
    const { code, stdout } = await run(process.execPath, [CLI, "verify"], cwd);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("all 51 links") });
  });
});

test("a link is what the documents say, counted by hand", async () => {
  const cwd = folder();
  await train(cwd, ...SMALL, "--epochs", "1", "--max-steps", "30", "--quiet");
  const { chain, textSha256, vocabulary, vocabularySha256 } = receiptOf(join(cwd, "out"));
  const hash = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
  expect(vocabularySha256).toBe(hash(`codepoint\n${JSON.stringify(vocabulary)}`));
  const [last, before] = chain.links.toReversed();
  const { tensors } = decodeSafetensors(new Uint8Array(readFileSync(join(cwd, "out", FILE))));
  const arrays = ["parameters", "firstMoment", "secondMoment", "state"].map((name) => {
    const { data } = tensors.find((tensor) => tensor.name === name) as any;
    return `${name} ${hash(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))}\n`;
  });
  const loss = Buffer.alloc(8);
  loss.writeDoubleBE(last.loss);
  const head = `ello-link-1 ${before.sha256} ${last.step} 0 ${loss.toString("hex")} -\n`;
  expect(last.sha256).toBe(hash(head + arrays.join("")));
  expect(chain.links[0]).toMatchObject({ step: 0, loss: null });
  expect(hash(`ello-chain-1 ${textSha256} ${vocabularySha256}\n`)).toMatch(/^[0-9a-f]{64}$/);
});
