// `ello verify`: replays the run of a receipt, or those of a folder of receipts, and says whether they come to
// the same, or where they first differ.

import { randomInt } from "node:crypto";
import type { Config } from "../../index.ts";
import { quoted, shown } from "../../outside/printable.ts";
import { usageOf } from "../caller.ts";
import { UsageError } from "../errors.ts";
import {
  expectFlagEffects,
  type FlagTable,
  flagLines,
  type Given,
  integerOf,
  readFlags,
  textOf,
} from "../flags/flags.ts";
import { FOREIGN_FLAGS, foreignOf } from "../model/model-file.ts";
import { readingOn } from "../model/text-files.ts";
import type { Output } from "../output.ts";
import { receiptOf } from "../runs/receipts.ts";
import { verifyAll } from "./folder.ts";
import { type Asked, type Manner, type Parts, verify } from "./replaying.ts";
import { CODES, jsonOf, outcomeOf, progressOn, verdictLines } from "./report.ts";

const FLAGS: FlagTable = {
  text: {
    value: "FILE",
    many: true,
    help: "the run's text, where the receipt's files are not there",
  },
  "init-from": { value: "PATH", help: "the weights it began with, where those are not there" },
  "tensor-names": { ...FOREIGN_FLAGS["tensor-names"], needs: "init-from" },
  vocabulary: { ...FOREIGN_FLAGS.vocabulary, needs: "init-from" },
  steps: {
    value: "A..B",
    help: "only these, from the nearest state that was kept",
  },
  spot: { value: "N", help: "only N parts between kept states, drawn at random" },
  threads: { value: "N", standard: "0", help: "0 for as many as pay" },
  engine: { value: "NAME", standard: "wasm", help: "wasm, or reference: the plain TypeScript" },
  wide: { help: "on 256-bit vectors, checked at start; Node 24 or later" },
  json: { help: "print one JSON object for each receipt and nothing else" },
  help: { help: "print this and exit" },
};

/** Runs the command. @returns its exit code. @throws {UsageError} */
export async function runVerify(args: readonly string[], output: Output): Promise<number> {
  const given = readFlags("verify", FLAGS, args);
  if (given.flags.has("help")) {
    await output.line(help());
    return 0;
  }
  const [name = "out", ...others] = given.files;
  if (others.length > 0) {
    throw new UsageError(
      `verify: expected one receipt or folder, got ${given.files.length}; a text is given with --text`,
    );
  }
  expectFlagEffects(FLAGS, given.spelled);
  const manner = { ...mannerOf(given), foreign: await foreignOf(given) };
  const asked = { manner, parts: partsOf(given), isJson: given.flags.has("json") };
  const path = await receiptOf(name, "verify");
  if (path === undefined) return verifyAll(name, asked, output);
  return verifyOne(path, asked, output);
}

async function verifyOne(
  path: string,
  { manner, parts, isJson }: Asked,
  output: Output,
): Promise<number> {
  const onRead = isJson ? undefined : readingOn(output);
  const work = verify(path, manner, parts, { onRead, onProgress: progressOn(output, !isJson) });
  const outcome = await outcomeOf(path, work);
  if (isJson) await output.line(jsonOf(outcome));
  else if (outcome.result === "cannot")
    output.warn(`${shown(path)}: cannot be verified: ${outcome.reason}`);
  else for (const line of verdictLines(outcome)) await output.line(line);
  return CODES[outcome.result];
}

function mannerOf(given: Given): Omit<Manner, "foreign"> {
  const engine = textOf(given, FLAGS, "engine") as Config["engine"];
  if (engine !== "wasm" && engine !== "reference") {
    throw new UsageError(`--engine: expected wasm or reference, got ${quoted(engine)}`);
  }
  const threads = integerOf(given, FLAGS, "threads", 0);
  const wide = given.flags.has("wide");
  for (const [name, value] of Object.entries({ threads: threads > 1, wide })) {
    if (!value || engine === "wasm") continue;
    throw new UsageError(
      `--${name}: expected --engine wasm, without which it has no effect, got --engine reference; leave either out`,
    );
  }
  const text = given.flags.get("text") ?? [];
  const initFrom = given.flags.get("init-from")?.at(-1);
  if (text.includes("") || initFrom === "") {
    throw new UsageError(`--${initFrom === "" ? "init-from" : "text"}: expected a path, got ""`);
  }
  return { text, initFrom, engine, threads, wide };
}

function partsOf(given: Given): Parts {
  const [steps, spot] = [given.flags.get("steps")?.at(-1), given.flags.get("spot")?.at(-1)];
  if (steps !== undefined && spot !== undefined) {
    throw new UsageError("--steps: expected no --spot beside it, got both; leave one out");
  }
  if (spot !== undefined) {
    return {
      kind: "spots",
      count: integerOf(given, FLAGS, "spot", 1),
      random: (below) => randomInt(below),
    };
  }
  if (steps === undefined) return { kind: "all" };
  const [, from, to] = /^(\d{1,15})\.\.(\d{1,15})$/.exec(steps) ?? [];
  if (from === undefined || to === undefined || Number(from) > Number(to)) {
    throw new UsageError(`--steps: expected A..B, such as 400..600, got ${quoted(steps)}`);
  }
  return { kind: "steps", from: Number(from), to: Number(to) };
}

const help = (): string => `Usage: ${usageOf("verify")} [flags] [RECEIPT | DIR]

Replays the run of a receipt.json (out's, where none is named) and compares it with the chain in the
receipt, link by link: a link is a SHA-256 of the weights, the optimizer's state and the hidden state
after so many steps, and of the link before. Says that all are equal, or the first that differs.
Threads, engine and vectors are as one likes: they decide no bit. Of a folder of receipts: a table.

${flagLines(FLAGS)}

Exit code 0: equal; 1: different; 2: cannot be verified (the text is missing, another release made it).
A receipt proves that these settings and this text give these weights; not who trained them or when.
`;
