// A run in the training worker: text, model, trainer and history, made from a job, taken apart and
// put together again without losing a bit.

import { loadCheckpoint } from "../../checkpoint/checkpoint.ts";
import { pairBytes, pairSha256, sha256 } from "../../checkpoint/sha256.ts";
import { loadTraining, type StoppedRun, saveTraining } from "../../checkpoint/training.ts";
import { networkSettings, precisionNotes, restoreWeights } from "../../checkpoint/weights.ts";
import { History } from "../../curves/history.ts";
import { CorpusBuilder } from "../../data/corpus.ts";
import type { Dataset } from "../../data/dataset.ts";
import { PairDataset } from "../../data/pair.ts";
import { splitCorpus, type TextDataset } from "../../data/text.ts";
import type { Tokens } from "../../data/tokens.ts";
import type { Vocabulary } from "../../data/vocabulary.ts";
import { type MakeEngine, modelFor } from "../../model/create.ts";
import { Model, predictedText } from "../../model/model.ts";
import type { StepRecord } from "../../model/record.ts";
import { copyOfState, type TrainingState } from "../../model/state.ts";
import { GrowingChain } from "../../receipt/chain.ts";
import { finalOf } from "../../receipt/receipt.ts";
import { receiptOfRun } from "../../receipt/receipt-of-run.ts";
import { type Config, SETTINGS } from "../../settings/check.ts";
import { type Counter, counterOf } from "../../train/ngrams.ts";
import { Trainer } from "../../train/trainer.ts";
import { Answering } from "./answering.ts";
import { isShownWhole } from "./frames.ts";
import type { Counted, RunFacts, RunJob } from "./protocol.ts";

const LARGEST_TEXT = 256 * 2 ** 20; // bytes
const PIECE = 2 ** 22; // bytes read at a time
const OPENED = "model.safetensors"; // what a receipt calls a model that was opened

/** What is told while a run is made. */
export interface StartSteps {
  /** Now and then while its text is read. */
  readonly reading: () => void;
  /** When all that was given has been understood and an engine is to be made. */
  readonly makeRoom: () => void;
}

export interface Data {
  readonly dataset: Dataset;
  readonly validation: TextDataset | undefined;
  readonly notes: readonly string[];
  readonly textSha256: string;
  readonly textBytes: number;
  /** Files of the text, as Node finds them; absent for a pair. */
  readonly textNames?: readonly string[] | undefined;
  readonly count?: Counter | undefined;
  /** All of the text, validation at its end; absent for a pair. */
  readonly tokens?: Tokens | undefined;
}

export class Run {
  readonly history: History;
  readonly data: Data;
  readonly #makeEngine: MakeEngine;
  #model: Model;
  #trainer: Trainer;
  #records: Generator<StepRecord | undefined, void, void>;
  /** Set while the engine is closed to make room for something else. */
  #asleep: TrainingState | undefined;
  /** Absent for a run that was kept by a page without. */
  readonly #chain: GrowingChain | undefined;
  #last: StepRecord | undefined;
  /** s of training since the run began or was opened, and the steps of that time. */
  #seconds = 0;
  #steps = 0;
  /** Whether it has come to its end, or to that of its patience. */
  #isEnded = false;
  #answering: Answering | undefined;

  private constructor(
    model: Model,
    data: Data,
    makeEngine: MakeEngine,
    stopped?: StoppedRun,
    hasOpened = false,
  ) {
    this.#model = model;
    this.data = data;
    this.history = stopped ? History.from(stopped.history) : new History();
    this.#makeEngine = makeEngine;
    this.#trainer = new Trainer(model, data.dataset, data.validation);
    if (stopped) this.#trainer.state = stopped.state;
    const initFrom = hasOpened ? OPENED : undefined;
    this.#chain = stopped
      ? stopped.chain && GrowingChain.from(stopped.chain)
      : GrowingChain.begin(this.#trainer, data.textSha256, initFrom);
    this.#records = this.#trainer.run();
  }

  /** Reads the text and makes the model. @throws what reading, checking and making throw. */
  static async start(
    job: RunJob,
    makeEngine: MakeEngine,
    { reading, makeRoom }: StartSteps,
  ): Promise<Run> {
    const stopped = job.stopped && (await loadTraining(job.stopped));
    const weights = job.model && (await loadCheckpoint(job.model));
    const config = stopped?.config ?? job.config;
    const vocabulary = stopped?.vocabulary ?? weights?.vocabulary;
    const read = await readData(job.text, config, { vocabulary, reading });
    const data = { ...read, textNames: job.textNames };
    if (stopped) expectText(stopped, data);
    makeRoom();
    const network = weights && networkSettings(weights);
    const model = await modelFor(data.dataset, { ...config, ...network }, makeEngine);
    try {
      if (weights) restoreWeights(model, weights);
      const notes = [...data.notes, ...(weights ? precisionNotes(model, weights) : [])];
      return new Run(model, { ...data, notes }, makeEngine, stopped, weights !== undefined);
    } catch (error) {
      model.engine.close();
      throw error;
    }
  }

  get model(): Model {
    return this.#model;
  }

  /** Training steps done. */
  get step(): number {
    return this.#trainer.progress.step;
  }

  /** Whether it is at its end. */
  get isDone(): boolean {
    return this.step >= this.#trainer.steps;
  }

  /** Whether its state is one to go on from. */
  get isSound(): boolean {
    return this.#trainer.isSound;
  }

  async facts(): Promise<RunFacts> {
    const { config, engine, vocabulary } = this.#model;
    const { dataset, validation, notes } = this.data;
    return {
      config,
      shape: engine.shape,
      threads: engine.threads,
      unit: vocabulary.unit,
      characters: vocabulary.ixToChar,
      steps: this.#trainer.steps,
      step: this.step,
      stepsPerEpoch: dataset.stepsPerEpoch,
      hasValidation: validation !== undefined,
      notes,
      parametersSha256: await sha256(engine.parameters),
      history: this.history.arrays,
      ...(isShownWhole(engine.shape) && { frame: Float64Array.from(engine.parameters) }),
    };
  }

  /** One step, or a part of an evaluation (then without a record). @throws {DivergenceError} */
  next(): { done: boolean; record: StepRecord | undefined } {
    const began = performance.now();
    try {
      const { value, done = false } = this.#records.next();
      const record = value || undefined;
      this.#isEnded = done;
      this.#seconds += (performance.now() - began) / 1000;
      if (record) {
        this.#steps++;
        this.#last = record;
        this.history.append(record);
        this.#chain?.follow(record, this.#trainer);
      }
      return { done, record };
    } catch (error) {
      this.#records = this.#trainer.run(); // one that threw would pass for one at its end
      throw error;
    }
  }

  /** Goes on with other settings of those that may change at once. */
  change(settings: Partial<Config>): void {
    const state = this.#trainer.state;
    const { config, vocabulary, engine, notes } = this.#model;
    const names = SETTINGS.filter((name) => name in settings && settings[name] !== config[name]);
    const before = Object.fromEntries(names.map((name) => [name, config[name]]));
    if (names.length > 0) this.#chain?.change(before, state.progress);
    this.#model = new Model({ ...config, ...settings }, vocabulary, engine, notes);
    this.#resume(state);
  }

  /** The stopped run's file. */
  async snapshot(): Promise<Uint8Array<ArrayBuffer>> {
    const { textSha256 } = this.data;
    const { state } = this.#trainer;
    return saveTraining(this.#model, {
      state,
      textSha256,
      history: this.history.arrays,
      logs: {},
      chain: await this.#chain?.upTo(this.#trainer),
    });
  }

  /** The text of the receipt of the run as it stands. `cores`: hashes of those that it ran on, by their builds. */
  async receipt(cores: Readonly<Record<string, string>>): Promise<string> {
    const { config, engine } = this.#model;
    const { textSha256, textBytes, textNames } = this.data;
    const predicted = config.input ? predictedText(this.#model) : undefined;
    const { T, B } = engine.shape;
    return receiptOfRun(this.#trainer, this.#chain, {
      ...(textNames && { text: textNames }),
      ...{ textSha256, textBytes, vectorBits: 128, cores },
      parametersSha256: { final: await sha256(engine.parameters) },
      final: finalOf(this.#last, predicted),
      ...(this.#isEnded || this.isDone ? {} : { stopped: "the page" }),
      seconds: this.#seconds,
      charsPerSecond: this.#seconds > 0 ? (this.#steps * T * B) / this.#seconds : 0,
    });
  }

  /** Counts on the validation text, if there is one and it is soon done; `going`: now and then meanwhile. */
  counted(going: () => void): Counted | undefined {
    const { best } = this.#trainer.progress;
    const counted = best && this.data.count?.(going).best;
    return counted ? { ...counted, isBetter: counted.loss < best.loss } : undefined;
  }

  /** What reads the answers of a task, if the text is one. */
  get answering(): Answering | undefined {
    const { textNames, validation } = this.data;
    this.#answering ??= Answering.of(textNames, validation, this.#model.vocabulary);
    return this.#answering;
  }

  get textSha256(): string {
    return this.data.textSha256;
  }

  /** Closes the engine, and with it its threads; `wake` goes on to the same bits. */
  sleep(): void {
    this.#asleep = copyOfState(this.#trainer.state);
    this.close();
  }

  async wake(): Promise<void> {
    if (!this.#asleep) return;
    const { dataset } = this.data;
    this.#model = await modelFor(dataset, this.#model.config, this.#makeEngine);
    this.#resume(this.#asleep);
    this.#asleep = undefined;
  }

  close(): void {
    this.#model.engine.close();
  }

  #resume(state: TrainingState): void {
    this.#trainer = new Trainer(this.#model, this.data.dataset, this.data.validation);
    this.#trainer.state = state;
    this.#records = this.#trainer.run();
  }
}

/** @throws {RangeError} for a text that is too large, and what tokens, vocabulary and split throw. */
export async function readData(
  text: Blob | undefined,
  config: Config,
  { vocabulary, reading }: { vocabulary: Vocabulary | undefined } & Pick<StartSteps, "reading">,
): Promise<Data> {
  if (!text) {
    const dataset = new PairDataset(config.input, config.target);
    const textSha256 = await pairSha256(config);
    const textBytes = pairBytes(config).length;
    return { dataset, validation: undefined, notes: [], textSha256, textBytes };
  }
  if (text.size > LARGEST_TEXT) {
    const size = `${Math.ceil(text.size / 2 ** 20)} MB`;
    throw new RangeError(`text: expected at most 256 MB, got ${size}; choose a part of it`);
  }
  const bytes = new Uint8Array(text.size);
  const builder = new CorpusBuilder(config, vocabulary);
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = new Uint8Array(await text.slice(at, at + PIECE).arrayBuffer());
    bytes.set(piece, at);
    builder.push(piece);
    reading();
  }
  builder.endFile();
  const corpus = builder.finish();
  const { training, validation, notes } = splitCorpus(corpus, config);
  const count = counterOf(corpus, validation);
  const data = { dataset: training, validation, notes, count, tokens: corpus.tokens };
  return { ...data, textSha256: await sha256(bytes), textBytes: bytes.length };
}

function expectText({ textSha256 }: StoppedRun, data: Data): void {
  if (textSha256 === data.textSha256) return;
  throw new RangeError("text: expected the text of the saved run, got another; choose the same");
}
