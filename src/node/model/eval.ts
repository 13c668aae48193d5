// `npm run eval`: how well a trained model predicts a text, or the part of its own that was held out.

import { dirname } from "node:path";
import type { Corpus } from "../../data/corpus.ts";
import { isReplaced, unknownNotes } from "../../data/unknown.ts";
import { networkWords } from "../../engine/cells.ts";
import {
  bitsOf,
  type Config,
  completeConfig,
  createWasmEngine,
  type Part,
  perplexityOf,
  scoreOn,
  splitCorpus,
  TEXT_DEFAULTS,
} from "../../index.ts";
import { grouped, quoted, shown } from "../../outside/printable.ts";
import { countedLoss, type NgramLoss } from "../../train/ngrams.ts";
import { usageOf } from "../caller.ts";
import { RunError, UsageError } from "../errors.ts";
import { type FlagTable, flagLines, readFlags, settingsOf } from "../flags/flags.ts";
import { placeOf } from "../folder/save-journal.ts";
import type { Output } from "../output.ts";
import { readJson } from "../read-file.ts";
import { inUnits, percent } from "../run/progress.ts";
import {
  foreignOf,
  isModel,
  MODEL_FLAGS,
  type ModelFile,
  modelNameOf,
  readModel,
} from "./model-file.ts";
import { namedTexts, readingOn, readTexts } from "./text-files.ts";

const FLAGS: FlagTable = {
  ...MODEL_FLAGS,
  text: { value: "FILE", many: true, help: "a file, a folder of .txt, or - for stdin" },
  split: {
    value: "NAME",
    standard: "all",
    help: "all, or the run's: train, val (the tail held out)",
  },
  unknown: {
    value: "NAME",
    setting: "unknown",
    standard: "the run's",
    help: "unknown characters: error, skip, symbol",
  },
  "normalize-newlines": { setting: "normalizeNewlines", help: "turn CR LF and CR into LF" },
  ngrams: {
    help: "also what counting gives; chooses --split val",
  },
  json: { help: "print one JSON object and nothing else" },
  help: { help: "print this and exit" },
};

const SPLITS = ["all", "train", "val"] as const;
type SplitName = (typeof SPLITS)[number];

/** Runs the command. @throws {UsageError} @throws {RunError} and what reading a text throws. */
export async function runEval(args: readonly string[], output: Output): Promise<void> {
  const given = readFlags("eval", FLAGS, args);
  if (given.flags.has("help")) return output.line(help());
  const counts = given.flags.has("ngrams");
  const split = (given.flags.get("split")?.at(-1) ?? (counts ? "val" : "all")) as SplitName;
  if (!SPLITS.includes(split)) {
    throw new UsageError(
      `--split: expected ${SPLITS.join(", ")}, got ${quoted(split)}; see --help`,
    );
  }
  if (counts && split !== "val") {
    throw new UsageError(
      `--ngrams: expected --split val, since they are counted on the rest of the text, got ${split}`,
    );
  }
  const named = [...(given.flags.get("text") ?? [])];
  const models: string[] = [];
  for (const path of given.files) ((await isModel(path)) ? models : named).push(path);
  if (named.length === 0 && !counts && !given.flags.has("split")) {
    throw new UsageError(
      "--text: expected a file, got nothing; --split val takes what the run held out of its own text",
    );
  }
  const file = await readModel(modelNameOf(given, models), await foreignOf(given));
  const { path, checkpoint } = file;
  const { vocabulary, H, cell, layers } = checkpoint;
  if (!vocabulary) {
    throw new RunError(
      `--model ${path}: vocabulary: expected one, got none in this file; give --vocabulary FILE`,
    );
  }
  const unit = vocabulary.unit === "byte" ? ("byte" as const) : ("codepoint" as const);
  // Read as the run read its text, but for what the flags say.
  const settings = { ...checkpoint.config, ...settingsOf(given, FLAGS), unit };
  const config = completeConfig({ ...settings, hiddenSize: H, cell, layers }, TEXT_DEFAULTS);
  const texts = named.length > 0 ? named : await ownText(file);
  const onRead = given.flags.has("json") ? undefined : readingOn(output);
  const { corpus, sha256 } = await readTexts(texts, config, { vocabulary, onRead });
  const part = partOf(split, corpus, config, path);
  const found = await scoreOn(checkpoint, part, (shape) => createWasmEngine(shape, 1), {
    progress: async (done) => {
      if (output.isTerminal && !given.flags.has("json"))
        output.status(`Scored ${grouped(done)} of ${grouped(part.end - part.begin - 1)}`);
      await output.breathe();
    },
  });
  const { loss, accuracy, characters } = found;
  const counted = counts ? countedLoss(corpus, part) : undefined;
  const trainedOn = checkpoint.textSha256;
  const isOwn = trainedOn === undefined ? undefined : trainedOn === sha256;
  if (given.flags.has("json")) {
    const replaced = isReplaced(corpus, config);
    const facts = {
      ...{ model: path, text: texts, textSha256: sha256, isOwnText: isOwn ?? null, split },
      ...{ characters, skipped: replaced ? 0 : corpus.unknown },
      ...{ replaced: replaced ? corpus.unknown : 0, loss, bits: bitsOf(loss) },
      ...{ perplexity: perplexityOf(loss), accuracy },
      ...(counted && { ngrams: counted.losses }),
    };
    return output.line(JSON.stringify(facts));
  }
  if (isOwn === false && split !== "all") {
    await output.line(
      `This is not the text of the run: its SHA-256 is ${sha256}, that of the run's ${trainedOn}; what is scored may have been trained on.`,
    );
  }
  for (const note of unknownNotes(corpus, config)) await output.line(note);
  await output.line(
    `${shown(path)} (${networkWords(checkpoint, H)}) on ${extentOf(split, part, corpus)}: ${inUnits(loss)}, perplexity ${perplexityOf(loss).toFixed(3)}, accuracy ${percent(accuracy)}`,
  );
  for (const line of counted ? countedLines(counted) : []) await output.line(line);
}

/** What counting gives, an order a line. */
function countedLines({ losses, best, counted }: NgramLoss): string[] {
  return [
    `Counting the ${grouped(counted)} characters before gives (n-grams, smoothed by Witten and Bell):`,
    ...losses.map((loss, i) => {
      const mark = i + 1 === best.order ? ", the best" : "";
      return `  order ${i + 1}: ${inUnits(loss)}${mark}`;
    }),
  ];
}

/** The files of the run's own text, by the receipt beside the model. @throws {UsageError} */
async function ownText({ path }: ModelFile): Promise<readonly string[]> {
  const receipt = placeOf(dirname(path), "receipt.json");
  let names: unknown;
  try {
    ({ text: names } = Object(await readJson(receipt)));
  } catch {
    // said below
  }
  const text = (await namedTexts(names, "--text")) ?? [];
  if (text.length > 0 && !text.includes("-")) return text;
  throw new UsageError(
    `--text: expected the text of the run, got nothing and none that ${quoted(receipt)} names; give it`,
  );
}

/** The part of a text that the run trained on or held out, or all. @throws {RunError} */
function partOf(split: SplitName, corpus: Corpus, config: Config, path: string): Part {
  const { tokens } = corpus;
  const whole = { tokens, begin: 0, end: tokens.length };
  if (split === "all") return whole;
  const { training, validation } = splitCorpus(corpus, config);
  if (split === "train") return { ...whole, end: training.end };
  if (!validation) {
    throw new RunError(
      `--split val: expected a run that held out a part of its text, got ${path} with a fraction of ${config.valFraction} of ${tokens.length} characters; take --split all`,
    );
  }
  return { ...whole, begin: validation.begin };
}

/** How many characters were scored, of how many, and where these stand. */
function extentOf(split: SplitName, { begin, end }: Part, { tokens }: Corpus): string {
  const scored = `${grouped(end - begin - 1)} of ${grouped(end - begin)} characters`;
  if (split === "all") return `${scored} (all but the first)`;
  const what = split === "val" ? "held out" : "trained on";
  return `${scored} (all but the first of those ${what}, ${grouped(begin + 1)} to ${grouped(end)} of ${grouped(tokens.length)})`;
}

const help = (): string => `Usage: ${usageOf("eval")} [flags] [MODEL] FILE …
       ${usageOf("eval")} [flags] [MODEL] --split val

Prints the loss of a trained model on a text, its bits per character, perplexity and accuracy. Every
character but the first is predicted from all before it, in one stream: a model and a text have one
loss, whatever the run's sequence length and batch size. Without --text the run's own is read, and
unless --unknown and --normalize-newlines are given, as the run read it.

${flagLines(FLAGS, TEXT_DEFAULTS)}
`;
