// Command lines of random words, run in this process: each ends with a code and at most one line of what is wrong.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { TRAIN_FLAGS } from "../../src/node/flags/train-flags.ts";
import type { Numbers } from "../support.ts";
import { command, train } from "./run.ts";

const COMMANDS = [
  "train",
  "sample",
  "eval",
  "inspect",
  "export",
  "verify",
  "runs",
  "compare",
  "sweep",
  "bench",
  "help",
  "version",
];
const OTHERS = [
  ...[
    "model",
    "prime",
    "length",
    "temperature",
    "top-k",
    "top-p",
    "stop",
    "raw",
    "split",
    "ngrams",
    "onnx",
  ],
  ...[
    "steps",
    "spot",
    "shapes",
    "seconds",
    "against",
    "chart",
    "peers",
    "tensor-names",
    "vocabulary",
    "samples",
    "halving",
    "jobs",
  ],
];
const VALUES = [
  ...[
    "",
    "0",
    "1",
    "-1",
    "2",
    "7",
    "0.5",
    "1e999",
    "NaN",
    "Infinity",
    "x",
    "999999999999",
    "1..2",
    "{}",
    "\u001b[2J",
  ],
  ...[
    "a.txt",
    "gone.txt",
    "run",
    "run/receipt.json",
    "run/model.safetensors",
    "run/training.safetensors",
    ".",
  ],
  ...[
    "rnn",
    "lstm",
    "gru",
    "adam",
    "sgd",
    "cosine",
    "f32",
    "byte",
    "symbol",
    "uniform",
    "reference",
    "rollback",
  ],
  ...[
    "é",
    "@a.txt",
    "out.onnx",
    "out.png",
    "4x4x2x1",
    "65x",
    "normal:9",
    "__proto__",
    "true",
    "encoder=rnn,decoder=fc",
  ],
];
/** What an error of ours is not: one of JavaScript's own. */
const INTERNAL =
  /TypeError|ReferenceError|RangeError|is not (a function|iterable|defined|a constructor)|Cannot (read|set|destructure)|\[object |Invalid (array|typed)|undefined|Maximum call/;

/** Lines keep runs short, wherever in them this stands: the last of a flag counts. */
const SHORT = ["--max-steps", "2", "--max-minutes", "0.05", "--epochs", "2"];

function lineOf(numbers: Numbers): string[] {
  const name = numbers.integer(0, 9) === 0 ? numbers.pick(VALUES) : numbers.pick(COMMANDS);
  const flags = [...Object.keys(TRAIN_FLAGS), ...OTHERS].filter((flag) => flag !== "wide");
  const words: string[] = [];
  for (let n = numbers.integer(0, 5); n > 0; n--) {
    const kind = numbers.integer(0, 9);
    const flag = numbers.pick(flags);
    const value = numbers.pick(VALUES);
    if (kind === 0) words.push(value);
    else if (kind === 1) words.push(`--${flag}`);
    else if (kind === 2) words.push(`--${flag}=${value}`);
    else if (kind === 3) words.push(`-${flag.replaceAll("-", "_")}`, value);
    else if (kind === 4) words.push(`--${flag}x`, value);
    else words.push(`--${flag}`, value);
  }
  if (name === "train") words.push(...SHORT);
  if (name === "bench") words.push("--seconds", "0.001", "--shapes", "4x4x2x1");
  if (name === "sample") words.push("--length", "3");
  return [name, ...words];
}

/** Runs so many lines in a folder. @returns how many ended well. */
export async function runRandomLines(
  cwd: string,
  numbers: Numbers,
  count: number,
): Promise<number> {
  writeFileSync(join(cwd, "a.txt"), "she sells sea shells by the sea shore. ".repeat(20));
  const small = ["--hidden-size", "4", "--seq-length", "5", "--batch-size", "2", "--epochs", "1"];
  await train(cwd, "a.txt", ...small, "--out-dir", "run", "--quiet");
  let well = 0;
  for (let i = 0; i < count; i++) {
    const line = lineOf(numbers);
    const { code, stderr } = await command(cwd, ...line);
    const shown = JSON.stringify(line);
    expect([0, 1, 2], shown).toContain(code);
    expect(stderr, shown).not.toMatch(INTERNAL);
    if (code === 0) well++;
    else if (code !== 1 || stderr !== "")
      expect(stderr.trimEnd().split("\n").length, `${shown}: ${stderr}`).toBe(1);
  }
  return well;
}
