// `npm run train`: runs the epoch loop, logs it, writes checkpoints and the files of the run.

import { resolve } from "node:path";
import { saveCheckpoint } from "../checkpoint/checkpoint.ts";
import { sha256 } from "../checkpoint/sha256.ts";
import { saveTraining } from "../checkpoint/training.ts";
import { isCorpusRun } from "../curves/options.ts";
import { DivergenceError } from "../index.ts";
import type { StepRecord } from "../model/record.ts";
import { despiteLostThreads } from "../train/lost-threads.ts";
import { closingLines } from "./closing.ts";
import { curvesHtml } from "./curves-html.ts";
import { drawCurves } from "./curves-picture.ts";
import { lineOf, RunError } from "./errors.ts";
import type { TrainOptions } from "./options.ts";
import type { Output } from "./output.ts";
import { EPOCH_SUMS, type PreparedRun, prepareRun, TRAINING_FILE } from "./prepare.ts";
import { finalOf, type Receipt, receiptJson } from "./receipt.ts";
import { displayOf } from "./record-display.ts";
import { FolderError, RunFiles } from "./run-files.ts";
import { StopRule } from "./stop-rule.ts";
import { readingOn } from "./text-files.ts";
import { flagOf } from "./train-flags.ts";

const CHECKPOINT_TIME = 60_000; // ms between checkpoints, where no number of steps is given

/**
 * Runs the command. @returns its exit code: 0, or that of a signal that ended the run.
 * @throws whatever ends it early, after what is good of the run has been written.
 */
export async function runTrain(options: TrainOptions, output: Output): Promise<number> {
  const isSilent = options.quiet || options.json;
  const run = await prepareRun(options, isSilent ? undefined : readingOn(output));
  const rule = new StopRule(options);
  const files = new RunFiles(options.outDir, run.keepMetrics);
  const training = new Training(run, options, files, output, rule);
  try {
    await training.toTheEnd();
    return rule.exitCode;
  } catch (error) {
    throw await training.rescue(error);
  } finally {
    files.discard();
    run.model.engine.close();
  }
}

class Training {
  readonly #run: PreparedRun;
  readonly #options: TrainOptions;
  readonly #files: RunFiles;
  readonly #output: Output;
  readonly #began = performance.now();
  readonly #firstStep: number;
  readonly #rule: StopRule;
  #saved = performance.now();
  /** When training ended; drawing and writing do not count. */
  #ended: number | undefined;
  #stopped: string | undefined;
  #threadsLost: Receipt["threadsLost"];
  /** Whether all files of the end are written. */
  #isConcluded = false;

  constructor(
    run: PreparedRun,
    options: TrainOptions,
    files: RunFiles,
    output: Output,
    rule: StopRule,
  ) {
    this.#run = run;
    this.#options = options;
    this.#files = files;
    this.#output = output;
    this.#firstStep = run.trainer.progress.step;
    this.#rule = rule;
  }

  async toTheEnd(): Promise<void> {
    const { trainer, model, history } = this.#run;
    const { quiet, json } = this.#options;
    const initial = this.#run.resumed ? undefined : await sha256(model.engine.parameters);
    const predictions = model.engine.predictions.slice(); // of the last record
    const show = displayOf(this.#run, this.#options, this.#output);
    if (!quiet && !json) await this.#introduce();
    let record: StepRecord | undefined;
    let divergence: DivergenceError | undefined;
    const takeSteps = async () => {
      for (const next of this.#isToStop() ? [] : trainer.run()) {
        if (next) {
          record = next;
          this.#addMetrics(record);
          history.append(record);
          predictions.set(model.engine.predictions);
          await show(record);
          if (this.#isCheckpointDue()) await this.#saveCheckpoint();
        }
        await this.#output.breathe();
        if (this.#isToStop(next === undefined)) break;
      }
    };
    try {
      await despiteLostThreads(model.engine, takeSteps, () => this.#keepDespiteLoss());
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      divergence = error;
      this.#stopped = error.message;
    }
    this.#ended = performance.now();
    await this.#conclude(initial, record, model.vocabulary.decode(predictions));
    if (divergence) throw divergence;
  }

  /** Saves the run of which a thread was lost, and says so. */
  async #keepDespiteLoss(): Promise<void> {
    const { step } = this.#run.trainer.progress;
    const { threads } = this.#run.model.engine;
    this.#threadsLost = { step, threads };
    await this.#saveCheckpoint();
    this.#output.warn(
      `threads: one of ${threads} failed or stood still after ${step} steps; saved in ${this.#options.outDir}; going on with one thread, to the same bits`,
    );
  }

  /** Saves a run that an error has ended, where there is something good. @returns the error to tell. */
  async rescue(error: unknown): Promise<unknown> {
    const { trainer } = this.#run;
    if (error instanceof FolderError || this.#isConcluded) return error;
    if (this.#steps === 0 || !trainer.isSound) return error;
    this.#stopped = lineOf(error, flagOf);
    try {
      await this.#saveCheckpoint();
    } catch {
      return error; // that it cannot be saved may be what has ended it
    }
    const saved = `saved after ${trainer.progress.step} steps, --resume ${this.#options.outDir} goes on`;
    return new RunError(`${this.#stopped}; ${saved}`, { cause: error });
  }

  /** A line for a step and, of a corpus, one for an epoch. Nothing in them depends on the machine. */
  #addMetrics(record: StepRecord): void {
    const { model, epochMean, perEpoch } = this.#run;
    const { charsPerSecond, ...facts } = record;
    const { epoch, loss, accuracy, gradNorm } = facts;
    if (!isCorpusRun(model.config)) {
      this.#files.addMetrics(JSON.stringify({ epoch, loss, accuracy, gradNorm }));
      return;
    }
    epochMean.add(record);
    this.#files.addMetrics(JSON.stringify(facts));
    if ((record.step + 1) % perEpoch === 0) {
      this.#files.addMetrics(JSON.stringify({ mean: epochMean.metrics }));
    }
  }

  #isToStop(isEvaluating = false): boolean {
    const { progress, steps } = this.#run.trainer;
    if (!this.#rule.isTime(progress.step, steps, isEvaluating)) return false;
    this.#stopped = this.#rule.reason;
    return true;
  }

  #isCheckpointDue(): boolean {
    const { step } = this.#run.trainer.progress;
    const { checkpointEvery } = this.#options;
    return checkpointEvery > 0
      ? step % checkpointEvery === 0
      : performance.now() - this.#saved > CHECKPOINT_TIME;
  }

  async #introduce(): Promise<void> {
    const { notes, model, resumed, trainer } = this.#run;
    const all = [...this.#options.notes, ...this.#rule.notes(trainer.steps), ...notes];
    for (const note of all) await this.#output.line(note);
    if (resumed) {
      const changed = Object.entries(resumed.changed)
        .map(([name, value]) => `, ${name} now ${value}`)
        .join("");
      await this.#output.line(`Resuming at step ${resumed.step} of ${trainer.steps}${changed}.`);
    }
    if (!isCorpusRun(model.config)) return;
    const { V, H, T, B } = model.engine.shape;
    const count = model.engine.parameters.length.toLocaleString("en-US");
    await this.#output.line(
      `${V} different characters, ${H} hidden units, ${count} parameters; ${trainer.steps} steps of ${T} × ${B} characters`,
    );
  }

  async #saveCheckpoint(): Promise<void> {
    const receipt = await this.#receipt(undefined, undefined, "");
    this.#files.save({ ...(await this.#checkpoint()), "receipt.json": receipt });
    this.#saved = performance.now();
  }

  /** What a checkpoint writes. */
  async #checkpoint(): Promise<Record<string, string | Uint8Array>> {
    const { model, trainer, history, epochMean, textSha256 } = this.#run;
    const { state, bestParameters: best } = trainer;
    const logBytes = this.#files.metricsBytes;
    return {
      [TRAINING_FILE]: await saveTraining(model, {
        state,
        textSha256,
        history: { ...history.arrays, [EPOCH_SUMS]: epochMean.sums },
        logBytes,
      }),
      ...(best && {
        "best.safetensors": await saveCheckpoint(model, { parameters: best, textSha256 }),
      }),
      "model.safetensors": await saveCheckpoint(model, { textSha256 }),
    };
  }

  async #conclude(
    initial: string | undefined,
    record: StepRecord | undefined,
    predicted: string,
  ): Promise<void> {
    const { model, history, text } = this.#run;
    const { curves, quiet, json } = this.#options;
    const receipt = await this.#receipt(initial, record, predicted);
    const of = { text, run: resolve(this.#options.outDir) };
    const paths = this.#files.save({
      [`curves.${curves}`]: await drawCurves(history.columns, model.config, of, curves),
      "curves.html": await curvesHtml(history.columns, model.config, of),
      ...(await this.#checkpoint()),
      "receipt.json": receipt,
    });
    this.#isConcluded = true;
    if (quiet || json) return;
    if (this.#rule.reason !== undefined) {
      await this.#output.line(
        `Stopped after ${this.#run.trainer.progress.step} steps by ${this.#rule.reason}; --resume ${this.#options.outDir} goes on`,
      );
    }
    await this.#output.line(`Wrote ${paths.join(", ")}`);
    await this.#output.line(this.#speedLine());
    const ending = {
      best: this.#run.trainer.progress.best,
      parametersSha256: await sha256(model.engine.parameters),
      outDir: this.#options.outDir,
      isStopped: this.#rule.reason !== undefined,
    };
    for (const line of closingLines(ending)) await this.#output.line(line);
  }

  async #receipt(
    initial: string | undefined,
    record: StepRecord | undefined,
    predicted: string,
  ): Promise<string> {
    const { model, text, textSha256, resumed, trainer } = this.#run;
    const { engine, config, vocabulary } = model;
    const final = await sha256(engine.parameters);
    return receiptJson({
      config,
      ...(text.length > 0 && { text }),
      vocabulary: vocabulary.ixToChar,
      textSha256,
      parametersSha256: { ...(initial && { initial }), final },
      steps: trainer.progress.step,
      final: finalOf(record, isCorpusRun(config) ? undefined : predicted),
      best: trainer.progress.best,
      ...(resumed && { resumed }),
      ...(this.#threadsLost && { threadsLost: this.#threadsLost }),
      ...(this.#stopped !== undefined && { stopped: this.#stopped }),
      engine: engine.name,
      threads: engine.threads,
      seconds: this.#seconds,
      charsPerSecond: this.#charsPerSecond,
    });
  }

  get #seconds(): number {
    return ((this.#ended ?? performance.now()) - this.#began) / 1000;
  }

  get #steps(): number {
    return this.#run.trainer.progress.step - this.#firstStep;
  }

  get #charsPerSecond(): number {
    const { T, B } = this.#run.model.engine.shape;
    return (this.#steps * T * B) / this.#seconds;
  }

  #speedLine(): string {
    const { config, engine } = this.#run.model;
    const name = engine.name === "wasm" && config.fast ? "fast wasm" : engine.name;
    const speed = Math.round(this.#charsPerSecond).toLocaleString("en-US");
    const team = engine.threads === 1 ? "1 thread" : `${engine.threads} threads`;
    const unit = isCorpusRun(config) ? "steps" : "epochs";
    return `${this.#steps} ${unit} in ${this.#seconds.toFixed(3)} s, ${speed} characters/s (${name} engine, ${team})`;
  }
}
