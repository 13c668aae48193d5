// `npm run train`: runs the epoch loop, logs it, writes checkpoints and the files of the run.

import { sha256 } from "../../checkpoint/sha256.ts";
import { isCorpusRun } from "../../curves/options.ts";
import { networkWords } from "../../engine/cells.ts";
import { DivergenceError, sample } from "../../index.ts";
import type { StepRecord } from "../../model/record.ts";
import { grouped, printable } from "../../outside/printable.ts";
import { finalOf, type Receipt } from "../../receipt/receipt.ts";
import { despiteLostThreads } from "../../train/lost-threads.ts";
import { lineOf, RunError } from "../errors.ts";
import type { TrainOptions } from "../flags/options.ts";
import { flagOf } from "../flags/train-flags.ts";
import { expectFree } from "../folder/folder-lock.ts";
import { stepsToKeep } from "../folder/kept-states.ts";
import { FolderError, holdFolder, RunFiles } from "../folder/run-files.ts";
import { isSameFolder } from "../folder/set-aside.ts";
import { readingOn } from "../model/text-files.ts";
import type { Output } from "../output.ts";
import type { RunStatus } from "../trackers/tracker.ts";
import { Trackers } from "../trackers/trackers.ts";
import { checkpointFiles, stateFile } from "./checkpoint-files.ts";
import { closingLines, speedLine } from "./closing.ts";
import { RunCurves } from "./curves.ts";
import { type PreparedRun, prepareRun } from "./prepare.ts";
import { resumingLines } from "./progress.ts";
import { displayOf } from "./record-display.ts";
import { runReceipt } from "./run-receipt.ts";
import { StopRule } from "./stop-rule.ts";
import { onVectors } from "./vectors.ts";

const SAMPLE = 200; // tokens written after an evaluation
const CHECKPOINT_TIME = 60_000; // ms between checkpoints, where no number of steps is given

/**
 * Runs the command. `limit`: ms that trackers may take at the end.
 * @returns its exit code: 0, or that of a signal that ended the run.
 * @throws whatever ends it early, after what is good of the run has been written.
 */
export async function runTrain(
  options: TrainOptions,
  output: Output,
  limit?: number,
): Promise<number> {
  const isSilent = options.quiet || options.json;
  const { resume, outDir } = options;
  const isInPlace = resume !== undefined && isSameFolder(resume, outDir);
  const held = isInPlace ? holdFolder(outDir) : undefined;
  if (!held) expectFree(outDir);
  let run: PreparedRun | undefined;
  let files: RunFiles | undefined;
  let trackers: Trackers | undefined;
  let training: Training | undefined;
  let status: RunStatus = "FAILED";
  try {
    run = await prepareRun(options, isSilent ? undefined : readingOn(output));
    if (isSilent && options.wide && run.wideNote) output.warn(run.wideNote);
    const rule = new StopRule(options);
    files = new RunFiles(outDir, held);
    if (run.kept) files.keep(run.kept);
    trackers = new Trackers(run, options, files, output, limit);
    training = new Training(run, options, files, trackers, output, rule);
    await training.toTheEnd();
    status = rule.exitCode === 0 ? "FINISHED" : "KILLED";
    return rule.exitCode;
  } catch (error) {
    throw training ? await training.rescue(error) : error;
  } finally {
    await trackers?.end(status);
    files?.close();
    held?.release();
    run?.model.engine.close();
  }
}

class Training {
  readonly #run: PreparedRun;
  readonly #options: TrainOptions;
  readonly #files: RunFiles;
  readonly #trackers: Trackers;
  readonly #output: Output;
  readonly #began = performance.now();
  readonly #firstStep: number;
  readonly #rule: StopRule;
  readonly #curves: RunCurves;
  /** Steps after which the state is kept. */
  readonly #kept: ReadonlySet<number>;
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
    trackers: Trackers,
    output: Output,
    rule: StopRule,
  ) {
    this.#run = run;
    this.#options = options;
    this.#files = files;
    this.#trackers = trackers;
    this.#output = output;
    this.#firstStep = run.trainer.progress.step;
    this.#rule = rule;
    this.#curves = new RunCurves(run, options);
    this.#kept = stepsToKeep(options.keepStates, run.trainer.steps, run.chain?.every);
  }

  async toTheEnd(): Promise<void> {
    const { trainer, model, history, epochMean } = this.#run;
    const { quiet, json } = this.#options;
    const initial = this.#run.resumed ? undefined : await this.#parametersSha256();
    const predictions = model.engine.predictions.slice(); // of the last record
    const show = displayOf(this.#run, this.#options, this.#output);
    if (!quiet && !json) await this.#introduce();
    let record: StepRecord | undefined;
    let divergence: DivergenceError | undefined;
    const takeSteps = async () => {
      for (const next of this.#isToStop() ? [] : trainer.run()) {
        if (next) {
          record = next;
          history.append(record);
          if (isCorpusRun(model.config)) epochMean.add(record);
          this.#trackers.record(record);
          predictions.set(model.engine.predictions);
          if (this.#run.chain?.follow(record, trainer)) await this.#keepState();
          await this.#addSample(record);
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
    if (this.#isConcluded || this.#steps === 0 || !trainer.isSound) return error;
    this.#stopped = error instanceof FolderError ? error.fault : lineOf(error, flagOf);
    try {
      await this.#saveCheckpoint();
    } catch {
      return error; // that it cannot be saved may be what has ended it
    }
    const saved = `saved after ${trainer.progress.step} steps, --resume ${this.#options.outDir} goes on`;
    return new RunError(`${this.#stopped}; ${saved}`, { cause: error });
  }

  /** Keeps the state at a link, if it is one of those that are kept. */
  async #keepState(): Promise<void> {
    const { step } = this.#run.trainer.progress;
    if (!this.#kept.has(step)) return;
    this.#files.keepState(step, await stateFile(this.#run, this.#files.marks));
  }

  #isToStop(isEvaluating = false): boolean {
    const { progress, steps } = this.#run.trainer;
    if (!this.#rule.isTime(progress.step, steps, isEvaluating)) return false;
    this.#stopped = this.#rule.reason;
    return true;
  }

  /** After an evaluation of a corpus, what the model writes now. */
  async #addSample(record: StepRecord): Promise<void> {
    if (!record.validation) return;
    const { model } = this.#run;
    let written = "";
    // From the run's seed: the same weights write the same.
    const options = { length: SAMPLE, seed: model.config.seed };
    for await (const piece of sample(model, options)) written += piece;
    this.#trackers.sample(record, written);
  }

  #isCheckpointDue(): boolean {
    const { step } = this.#run.trainer.progress;
    const { checkpointEvery } = this.#options;
    return checkpointEvery > 0
      ? step % checkpointEvery === 0
      : performance.now() - this.#saved > CHECKPOINT_TIME;
  }

  async #introduce(): Promise<void> {
    const { notes, wideNote, model, trainer } = this.#run;
    const ours = [
      ...this.#files.notes,
      ...this.#options.notes,
      ...this.#rule.notes(trainer.steps),
      ...this.#curves.notes,
    ];
    const ofRun = [...notes, ...(wideNote ? [wideNote] : []), ...resumingLines(this.#run)];
    for (const note of [...ours, ...ofRun]) await this.#output.line(note);
    if (!isCorpusRun(model.config)) return;
    const { shape } = model.engine;
    const { V, H, T, B } = shape;
    const count = grouped(model.engine.parameters.length);
    await this.#output.line(
      `${V} different characters, ${networkWords(shape, H)}, ${count} parameters; ${trainer.steps} steps of ${T} × ${B} characters${onVectors(model)}`,
    );
  }

  async #saveCheckpoint(): Promise<void> {
    const pictures = this.#curves.areDue ? await this.#curves.draw() : {};
    const receipt = await this.#receipt({ final: await this.#parametersSha256() });
    const files = {
      ...pictures,
      ...(await checkpointFiles(this.#run, this.#files.marks)),
      "receipt.json": receipt,
    };
    this.#files.save(files, this.#curves.names);
    this.#saved = performance.now();
  }

  async #conclude(
    initial: string | undefined,
    record: StepRecord | undefined,
    predicted: string,
  ): Promise<void> {
    const { quiet, json, outDir } = this.#options;
    const final = await this.#parametersSha256();
    const hashes = { ...(initial && { initial }), final };
    const receipt = await this.#receipt(hashes, record, predicted);
    const paths = this.#files.save({
      ...(await this.#curves.draw()),
      ...(await checkpointFiles(this.#run, this.#files.marks)),
      "receipt.json": receipt,
    });
    this.#isConcluded = true;
    if (quiet || json) return;
    if (this.#rule.reason !== undefined) {
      await this.#output.line(
        `Stopped after ${this.#run.trainer.progress.step} steps by ${this.#rule.reason}; --resume ${outDir} goes on`,
      );
    }
    await this.#output.line(`Wrote ${paths.map((path) => printable(path)).join(", ")}`);
    await this.#output.line(speedLine(this.#run.model, this.#steps, this.#pace));
    const isStopped = this.#rule.reason !== undefined;
    const count = isStopped ? undefined : this.#run.count;
    if (count && this.#output.isTerminal) this.#output.status("Comparing with counting …");
    const counted = count?.().best;
    const { best } = this.#run.trainer.progress;
    const ending = { best, counted, parametersSha256: final, outDir, isStopped };
    for (const line of closingLines(ending)) await this.#output.line(line);
  }

  #parametersSha256(): Promise<string> {
    return sha256(this.#run.model.engine.parameters);
  }

  /** The text of receipt.json. `hashes`: of the parameters. */
  #receipt(hashes: Receipt["parametersSha256"], record?: StepRecord, predicted = "") {
    const isPair = !isCorpusRun(this.#run.model.config);
    return runReceipt(this.#run, {
      parametersSha256: hashes,
      final: finalOf(record, isPair ? predicted : undefined),
      ...(this.#threadsLost && { threadsLost: this.#threadsLost }),
      ...(this.#stopped !== undefined && { stopped: this.#stopped }),
      ...this.#pace,
    });
  }

  get #steps(): number {
    return this.#run.trainer.progress.step - this.#firstStep;
  }

  get #pace(): Pick<Receipt, "seconds" | "charsPerSecond"> {
    const { T, B } = this.#run.model.engine.shape;
    const seconds = ((this.#ended ?? performance.now()) - this.#began) / 1000;
    return { seconds, charsPerSecond: (this.#steps * T * B) / seconds };
  }
}
