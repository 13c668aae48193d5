// `npm run inspect`: what a safetensors file or a receipt is.

import { decodeSafetensors } from "../../checkpoint/safetensors.ts";
import { sha256 } from "../../checkpoint/sha256.ts";
import { loadTraining } from "../../checkpoint/training.ts";
import { networkWords } from "../../engine/cells.ts";
import { grouped, shown } from "../../outside/printable.ts";
import { usageOf } from "../caller.ts";
import { RunError, UsageError } from "../errors.ts";
import { type FlagTable, flagLines, readFlags } from "../flags/flags.ts";
import type { Output } from "../output.ts";
import { describeReceipt, isJson } from "./inspect-receipt.ts";
import { FOREIGN_FLAGS, type Foreign, foreignOf, loadForeign, readBytes } from "./model-file.ts";

const FLAGS: FlagTable = {
  ...FOREIGN_FLAGS,
  help: { help: "print this and exit" },
};
const LONGEST_NAME = 60; // characters shown
const LONGEST_TEXT = 200;
const MOST_FIELDS = 50;

/** Runs the command. @throws {UsageError} @throws {RunError} for a file that is not whole and honest. */
export async function runInspect(args: readonly string[], output: Output): Promise<void> {
  const given = readFlags("inspect", FLAGS, args);
  const { flags, files } = given;
  if (flags.has("help")) return output.line(help());
  const [name, ...more] = files;
  if (name === undefined || more.length > 0) {
    throw new UsageError(`inspect: expected one file, got ${files.length}; see --help`);
  }
  const foreign = await foreignOf(given);
  const { path, bytes } = await readBytes(name, "inspect");
  let lines: string[];
  try {
    lines = isJson(bytes) ? describeReceipt(bytes) : await describe(bytes, foreign);
  } catch (error) {
    throw new RunError(`inspect ${path}: ${(error as Error).message}`);
  }
  await output.line(`${shown(path, LONGEST_TEXT)}: ${grouped(bytes.length)} bytes`);
  for (const line of lines) await output.line(line);
}

async function describe(bytes: Uint8Array, foreign: Foreign): Promise<string[]> {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const facts: string[] = [];
  if (metadata["format"]?.startsWith("ello-training")) {
    const { state, config } = await loadTraining(bytes);
    const network = networkWords(config, config.hiddenSize);
    const drops = config.dropout > 0 ? `, dropout ${config.dropout}` : "";
    facts.push(
      `a stopped run of ${config.epochs} epochs after step ${state.progress.step}: ${network}${drops}`,
    );
  } else {
    const model = await loadForeign(bytes, foreign);
    const { V, H, parameters, vocabulary } = model;
    facts.push(
      `a model of ${V} characters: ${networkWords(model, H)}, ${grouped(parameters.length)} parameters`,
      `SHA-256 of the parameters ${await sha256(parameters)}`,
      vocabulary ? "" : "without a vocabulary: others wrote it",
    );
  }
  for (const { name, shape, data } of tensors) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const value of data) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    const range = data.length > 0 ? `${low.toPrecision(4)} … ${high.toPrecision(4)}` : "empty";
    facts.push(`  ${shown(name, LONGEST_NAME).padEnd(24)} [${shape.join(", ")}]  ${range}`);
  }
  const fields = Object.entries(metadata);
  for (const [field, text] of fields.slice(0, MOST_FIELDS)) {
    facts.push(`  ${shown(field, LONGEST_NAME)}: ${shown(text, LONGEST_TEXT)}`);
  }
  if (fields.length > MOST_FIELDS) facts.push(`  and ${fields.length - MOST_FIELDS} more`);
  return facts.filter((line) => line !== "");
}

const help = (): string => `Usage: ${usageOf("inspect")} FILE

Checks a safetensors file, a model's or a stopped run's, or a receipt.json, and prints what is in
it.

${flagLines(FLAGS)}
`;
