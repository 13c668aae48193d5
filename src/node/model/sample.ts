// `npm run sample`: writes text with a trained model.

import type { TokenUnit } from "../../data/vocabulary.ts";
import { type SampleOptions, sampleBytes } from "../../index.ts";
import { printableLines } from "../../outside/printable.ts";
import { isScript, usageOf } from "../caller.ts";
import { RunError, reasonOf, UsageError } from "../errors.ts";
import {
  expectFlagEffects,
  type FlagTable,
  flagLines,
  type Given,
  integerOf,
  numberOf,
  readFlags,
  spellingOf,
  textOf,
} from "../flags/flags.ts";
import type { Output } from "../output.ts";
import { readRegular } from "../read-file.ts";
import { foreignOf, MODEL_FLAGS, modelNameOf, readModel } from "./model-file.ts";

const FLAGS: FlagTable = {
  ...MODEL_FLAGS,
  prime: { value: "TEXT", help: "text to go on from, or @FILE; @@ for a text that begins with @" },
  length: { value: "N", standard: "500", help: "characters to write" },
  temperature: {
    value: "X",
    standard: "1",
    help: "below 1 surer, above 1 wilder, 0 the likeliest",
    without: ["greedy"],
  },
  "top-k": {
    value: "N",
    standard: "0",
    help: "draw from the likeliest N only, 0 for all",
    without: ["greedy"],
  },
  "top-p": {
    value: "X",
    standard: "1",
    help: "draw from the likeliest that have this share",
    without: ["greedy"],
  },
  greedy: { help: "always the likeliest: --temperature 0" },
  seed: { value: "N", standard: "42", help: "seed of the draws", without: ["greedy"] },
  count: { value: "N", standard: "1", help: "texts to write, with seeds from --seed up" },
  stop: { value: "TEXT", help: "end before this text" },
  unknown: {
    value: "NAME",
    standard: "error",
    help: "characters of the prime: error, skip, symbol",
    needs: "prime",
  },
  raw: { help: "to a terminal, too, the very bytes" },
  help: { help: "print this and exit" },
};

/** Runs the command. @throws {UsageError} @throws {RunError} and what sampling throws. */
export async function runSample(args: readonly string[], output: Output): Promise<void> {
  const given = readFlags("sample", FLAGS, args);
  if (given.flags.has("help")) return output.line(help());
  expectFlagEffects(FLAGS, given.spelled);
  const { checkpoint } = await readModel(modelNameOf(given, given.files), await foreignOf(given));
  const options = await optionsOf(given, checkpoint.vocabulary?.unit);
  const count = integerOf(given, FLAGS, "count", 1);
  const isShown = output.isTerminal && !given.flags.has("raw");
  for (let i = 0; i < count; i++) {
    const seed = (options.seed as number) + i;
    const pieces = withPrime(options.prime ?? "", sampleBytes(checkpoint, { ...options, seed }));
    if (isShown) await show(pieces, output);
    else {
      if (i > 0) await output.text("\n");
      for await (const piece of pieces) await output.text(piece);
    }
  }
}

/** The prime before what is written after it, once it is known to fit. */
async function* withPrime(
  prime: string | Uint8Array,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  let before: Uint8Array | undefined =
    typeof prime === "string" ? new TextEncoder().encode(prime) : prime;
  for await (const piece of pieces) {
    if (before) yield before;
    before = undefined;
    yield piece;
  }
  if (before) yield before;
}

/** Prints a text as a terminal can show it, and ends the line. */
async function show(pieces: AsyncIterable<Uint8Array>, output: Output): Promise<void> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const piece of pieces) {
    await output.text(printableLines(decoder.decode(piece, { stream: true })));
  }
  await output.line(decoder.decode());
}

async function optionsOf(
  given: Given,
  unit: TokenUnit | undefined,
): Promise<SampleOptions & { prime: string | Uint8Array }> {
  const number = (name: string) => numberOf(textOf(given, FLAGS, name) ?? "") as number;
  const unknown = textOf(given, FLAGS, "unknown");
  if (unknown !== "error" && unknown !== "skip" && unknown !== "symbol") {
    throw new UsageError(
      `--unknown: expected error, skip or symbol, got ${JSON.stringify(unknown)}`,
    );
  }
  const drawn = ["top-k", "top-p", "seed"].find((name) => given.flags.has(name));
  if (drawn !== undefined && number("temperature") === 0) {
    throw new UsageError(
      `${spellingOf(given, drawn)}: expected a --temperature above 0, without which it has no effect, got 0; leave one out`,
    );
  }
  const stop = textOf(given, FLAGS, "stop");
  return {
    prime: await primeOf(textOf(given, FLAGS, "prime") ?? "", unit),
    length: integerOf(given, FLAGS, "length", 0),
    temperature: given.flags.has("greedy") ? 0 : number("temperature"),
    topK: integerOf(given, FLAGS, "top-k", 0),
    topP: number("top-p"),
    seed: integerOf(given, FLAGS, "seed", 0),
    unknown,
    ...(stop !== undefined && { stop }),
  };
}

/** The text itself, or after @ that of a file; of bytes, as they are. @throws {RunError} */
async function primeOf(text: string, unit: TokenUnit | undefined): Promise<string | Uint8Array> {
  if (!text.startsWith("@")) return text;
  const name = text.slice(1);
  if (name.startsWith("@")) return name;
  try {
    const bytes = await readRegular(name);
    return unit === "byte" ? bytes : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    const reason = error instanceof TypeError ? "bytes that are not UTF-8" : reasonOf(error);
    throw new RunError(
      `--prime: expected a readable text, got ${reason} for ${JSON.stringify(name)}; @@ stands for a text that begins with @`,
    );
  }
}

const help = (): string => `Usage: ${usageOf("sample")} [flags] [MODEL]

Writes text with a trained model. The same model, flags and seed give the same text everywhere.

${flagLines(FLAGS)}

A pipe or a file gets the very bytes and nothing else, with --count a line feed between the texts.
On a terminal control characters are spelled out.
${isScript() ? "Without npm's own lines: npm run --silent sample -- …\n" : ""}`;
