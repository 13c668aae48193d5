// From the command line to a run that can start: text, model, trainer; new, or as it was stopped.

import { join } from "node:path";
import { expectSavable, loadTraining, type StoppedRun } from "../../checkpoint/training.ts";
import { networkSettings, precisionNotes, restoreWeights } from "../../checkpoint/weights.ts";
import { History } from "../../curves/history.ts";
import { type Config, completeConfig, createModel, type Model, Trainer } from "../../index.ts";
import { quoted, shown } from "../../outside/printable.ts";
import { GrowingChain } from "../../receipt/chain.ts";
import { expectEffects, withoutIdle } from "../../settings/effects.ts";
import { FIXED } from "../../settings/fixed.ts";
import { EpochMean } from "../../train/metrics.ts";
import type { Counter } from "../../train/ngrams.ts";
import { RunError, reasonOf, UsageError } from "../errors.ts";
import { type TrainOptions, unreadAgain } from "../flags/options.ts";
import { flagOf } from "../flags/train-flags.ts";
import { TRAINING_FILE } from "../folder/names.ts";
import type { Kept } from "../folder/run-files.ts";
import { placeOf } from "../folder/save-journal.ts";
import { namedTexts, type OnRead } from "../model/text-files.ts";
import { named, readWeights } from "../model/weights-file.ts";
import { readJson, readRegular } from "../read-file.ts";
import { type Data, readData } from "./data.ts";
import { wideAdvice, widen } from "./vectors.ts";

/** A run ready to start. */
export interface PreparedRun {
  readonly model: Model;
  readonly trainer: Trainer;
  /** Absent for a run that goes on from a state without one. */
  readonly chain: GrowingChain | undefined;
  readonly history: History;
  /** Of the epoch in work. */
  readonly epochMean: EpochMean;
  /** Files of the text; empty for a pair. */
  readonly text: readonly string[];
  readonly textSha256: string;
  readonly textBytes: number;
  readonly perEpoch: number;
  /** What was done differently from what was asked, in sentences. */
  readonly notes: readonly string[];
  /** What is to be said of 256-bit vectors, if anything is. */
  readonly wideNote: string | undefined;
  /** What counting gives on the validation text; of one that is soon counted. */
  readonly count: Counter | undefined;
  /** The logs to go on behind; absent for a new run. */
  readonly kept?: Kept;
  /** Set for a run that goes on. */
  readonly resumed?: { readonly step: number; readonly changed: Partial<Config> };
}

/** Where a stopped run keeps the sums of its epoch, among the columns of its history. */
export const EPOCH_SUMS = "epochSums";

/** @throws {UsageError} @throws {RunError} @throws {ConfigError} and what reading a text throws. */
export async function prepareRun(options: TrainOptions, onRead?: OnRead): Promise<PreparedRun> {
  if (options.resume !== undefined) return resumeRun(options, options.resume, onRead);
  const { initFrom, given, explicit, foreign } = options;
  const start = initFrom === undefined ? undefined : await readWeights(initFrom, foreign);
  if (start?.vocabulary && explicit.minCount !== undefined) {
    throw new UsageError(
      "--min-count: expected no --init-from, beside which it has no effect, got both; the model's characters are those it knows",
    );
  }
  if (start) expectNetwork(networkSettings(start), given, start.path);
  const config = { ...options.config, ...(start && networkSettings(start)) };
  const data = await readData(options.text, config, { vocabulary: start?.vocabulary, onRead });
  expectSavable(config, data.dataset.vocabulary.size);
  const wideNote = await widen(options, config);
  const model = await createModel(data.dataset, config);
  if (start) named(`--init-from ${start.path}`, () => restoreWeights(model, start));
  const about = describe(data, options.text);
  const trainer = new Trainer(model, data.dataset, data.validation);
  return {
    ...about,
    notes: [...about.notes, ...(start ? precisionNotes(model, start) : [])],
    wideNote: wideNote ?? wideAdvice(model, trainer.steps),
    model,
    trainer,
    chain: GrowingChain.begin(trainer, about.textSha256, start?.path),
    history: new History(),
    epochMean: new EpochMean(config.clipNorm),
  };
}

/** @throws {UsageError} for a setting of the network that was given and is not the file's. */
function expectNetwork(own: Partial<Config>, given: Partial<Config>, path: string): void {
  for (const [name, value] of Object.entries(own)) {
    const asked = given[name as keyof Config];
    if (asked === undefined || asked === value) continue;
    const flag = flagOf(name);
    throw new UsageError(
      `${flag}: expected ${value}, as --init-from ${path} has it, got ${asked}; leave ${flag} out`,
    );
  }
}

async function resumeRun(
  options: TrainOptions,
  folder: string,
  onRead: OnRead | undefined,
): Promise<PreparedRun> {
  const stopped = await readStopped(folder);
  const config = changedConfig(stopped, options);
  const text = options.text.length > 0 ? options.text : await textOf(folder, stopped);
  if (options.text.length === 0 && text.includes("-")) throw unreadAgain("--resume");
  const expect = (sha256: string) => {
    if (sha256 === stopped.textSha256) return;
    throw new RunError(
      `--resume: expected the text of the run, SHA-256 ${shown(stopped.textSha256)}, got one of ${sha256}; give the same text with --text`,
    );
  };
  const data = await readData(text, config, { vocabulary: stopped.vocabulary, expect, onRead });
  const { history, epochMean } = named(`--resume ${join(folder, TRAINING_FILE)}`, () => ({
    history: History.from(stopped.history),
    epochMean: new EpochMean(config.clipNorm, stopped.history[EPOCH_SUMS]),
  }));
  expectSavable(config, stopped.vocabulary.size);
  const wideNote = await widen(options, config);
  const model = await createModel(data.dataset, config);
  const trainer = new Trainer(model, data.dataset, data.validation);
  trainer.state = stopped.state;
  const changed = Object.fromEntries(
    Object.entries(config).filter(
      ([name, value]) => stopped.config[name as keyof Config] !== value,
    ),
  );
  const chain = stopped.chain && GrowingChain.from(stopped.chain);
  const before = Object.keys(changed).map((name) => [name, stopped.config[name as keyof Config]]);
  if (before.length > 0) chain?.change(Object.fromEntries(before), stopped.state.progress);
  return {
    ...describe(data, text),
    wideNote: wideNote ?? wideAdvice(model, trainer.steps - trainer.progress.step),
    model,
    trainer,
    chain,
    history,
    epochMean,
    kept: { folder, marks: stopped.logs },
    resumed: { step: stopped.state.progress.step, changed },
  };
}

async function readStopped(folder: string): Promise<StoppedRun> {
  const path = placeOf(folder, TRAINING_FILE);
  let file: Uint8Array;
  try {
    file = await readRegular(path);
  } catch (error) {
    throw new RunError(
      `--resume: expected the folder of a run, got ${reasonOf(error)} for ${quoted(path)}`,
    );
  }
  return named(`--resume ${path}`, () => loadTraining(file));
}

/**
 * The stopped run's settings with those given now.
 * @throws {UsageError} for one that must stay. @throws {ConfigError} for one without effect.
 */
function changedConfig({ config }: StoppedRun, { given, explicit }: TrainOptions): Config {
  for (const name of FIXED) {
    if (given[name] !== undefined && given[name] !== config[name]) {
      throw new UsageError(
        `${flagOf(name)}: expected ${JSON.stringify(config[name])}, that of the run to be resumed, got ${JSON.stringify(given[name])}; start a new run for another`,
      );
    }
  }
  const before = config.momentum > 0;
  const changed = completeConfig({ ...config, ...given });
  if (changed.momentum > 0 !== before) {
    throw new UsageError(
      `--momentum: expected ${config.momentum}, that of the run to be resumed, got ${changed.momentum}; start a new run for another`,
    );
  }
  expectEffects(explicit, changed);
  return withoutIdle(changed);
}

/** The files of a stopped run's text, from its receipt. */
async function textOf(folder: string, { config }: StoppedRun): Promise<readonly string[]> {
  if (config.input) return [];
  const path = placeOf(folder, "receipt.json");
  let names: unknown;
  try {
    ({ text: names } = Object(await readJson(path)));
  } catch (error) {
    throw new RunError(
      `--resume: expected the run's receipt to name its text, got ${reasonOf(error)} for ${quoted(path)}; give the text with --text`,
    );
  }
  const text = (await namedTexts(names, "--resume")) ?? [];
  if (text.length > 0) return text;
  throw new UsageError("--resume: expected --text as well, since the run's receipt names no text");
}

function describe({ dataset, sha256, bytes, notes, count }: Data, text: readonly string[]) {
  const { stepsPerEpoch: perEpoch } = dataset;
  return { text, textSha256: sha256, textBytes: bytes, notes, count, perEpoch };
}
