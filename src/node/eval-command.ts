// `npm run eval`: how well a trained model predicts a text.

import { restoreWeights } from "../checkpoint/weights.ts";
import { shown } from "../data/printable.ts";
import { bitsOf, createModel, evaluate, perplexityOf, splitCorpus } from "../index.ts";
import { completeConfig, TEXT_DEFAULTS } from "../model/config.ts";
import { despiteLostThreads } from "../train/lost-threads.ts";
import { RunError, UsageError } from "./errors.ts";
import { type FlagTable, flagLines, readFlags, settingsOf } from "./flags.ts";
import { isModel, modelNameOf, readModel, TENSOR_NAMES, tensorNamesOf } from "./model-file.ts";
import type { Output } from "./output.ts";
import { inUnits, percent } from "./progress.ts";
import { readTexts } from "./text-files.ts";

const FLAGS: FlagTable = {
  model: { value: "FILE", standard: "out", help: "a model.safetensors, or the folder of a run" },
  "tensor-names": TENSOR_NAMES,
  text: { value: "FILE", many: true, help: "a file, a folder of .txt, or - for stdin" },
  unknown: { value: "NAME", setting: "unknown", help: "unknown characters: error, skip, symbol" },
  "normalize-newlines": { setting: "normalizeNewlines", help: "turn CR LF and CR into LF" },
  "seq-length": { value: "N", setting: "seqLength", help: "characters read at once" },
  "batch-size": { value: "N", setting: "batchSize", help: "parallel streams through the text" },
  threads: { value: "N", setting: "threads", help: "threads, 0 for as many as pay" },
  json: { help: "print one JSON object and nothing else" },
  help: { help: "print this and exit" },
};

/** Runs the command. @throws {UsageError} @throws {RunError} and what reading a text throws. */
export async function runEval(args: readonly string[], output: Output): Promise<void> {
  const given = readFlags("eval", FLAGS, args);
  if (given.flags.has("help")) return output.line(HELP);
  const texts = [...(given.flags.get("text") ?? [])];
  const models: string[] = [];
  for (const path of given.files) ((await isModel(path)) ? models : texts).push(path);
  if (texts.length === 0) throw new UsageError("--text: expected a file, got nothing");
  const name = modelNameOf(given, models);
  const { checkpoint, path } = await readModel(name, tensorNamesOf(given));
  const { vocabulary, config: trained } = checkpoint;
  if (!vocabulary) {
    throw new RunError(`--model ${path}: vocabulary: expected one, got none in this file`);
  }
  const settings = { ...settingsOf(given, FLAGS), unit: vocabulary.unit, valFraction: 0 };
  const config = completeConfig({ ...settings, hiddenSize: checkpoint.H }, TEXT_DEFAULTS);
  const { corpus } = await readTexts(texts, config, { vocabulary });
  const { training: dataset } = splitCorpus(corpus, config);
  const model = await createModel(dataset, { ...config, optimizer: "sgd" });
  restoreWeights(model, checkpoint);
  const { engine } = model;
  const { loss, accuracy } = await despiteLostThreads(
    engine,
    () => evaluate(model, dataset),
    () =>
      output.warn(
        `threads: one of ${engine.threads} failed or stood still; beginning anew with one thread, to the same bits`,
      ),
  );
  engine.close();
  const characters = dataset.stepsPerEpoch * dataset.seqLength * dataset.batchSize;
  if (given.flags.has("json")) {
    const facts = { loss, bits: bitsOf(loss), perplexity: perplexityOf(loss), accuracy };
    return output.line(JSON.stringify({ model: path, characters, ...facts }));
  }
  await output.line(
    `${shown(path)} (${trained?.hiddenSize ?? checkpoint.H} hidden units) on ${characters.toLocaleString("en-US")} characters: ${inUnits(loss)}, perplexity ${perplexityOf(loss).toFixed(3)}, accuracy ${percent(accuracy)}`,
  );
}

const HELP = `Usage: npm run eval -- [flags] [MODEL] FILE …

Prints the loss of a trained model on a text, its bits per character, perplexity and accuracy.

${flagLines(FLAGS, TEXT_DEFAULTS)}
`;
