// Replays a run by its receipt, or a part of it from a state that was kept, and compares it with the receipt
// link by link.

import { sha256 } from "../checkpoint/sha256.ts";
import type { Dataset } from "../data/dataset.ts";
import { TeamError } from "../engine/team-error.ts";
import type { Change, Link } from "../model/chain.ts";
import { Model, predictedText } from "../model/model.ts";
import type { StepRecord } from "../model/record.ts";
import type { Progress, TrainingState } from "../model/state.ts";
import { shown } from "../outside/printable.ts";
import type { Config } from "../settings/check.ts";
import { DivergenceError } from "../train/divergence.ts";
import { Trainer } from "../train/trainer.ts";
import { beginning, linkSha256, standOf, vocabularySha256 } from "./chain.ts";
import { type Chained, configAtStart, finalOf, type Receipt } from "./receipt.ts";

/** What is replayed on: a model of the receipt's first settings, on any engine, and the run's data. */
export interface Ground {
  readonly model: Model;
  readonly dataset: Dataset;
  readonly validation?: Dataset | undefined;
}

/** The links to compare, from the first to the last of them, both by their place in the chain. */
export interface Segment {
  readonly first: number;
  readonly last: number;
  /** The state at the link before the first; absent where the first is that of the first weights. */
  readonly state?: TrainingState | undefined;
}

/** Where the receipt and the replay differ. */
export interface Difference {
  /** Place of the link in the chain; absent for what the receipt says of the end. */
  readonly link?: number;
  readonly step: number;
  /** What differs, such as "loss". */
  readonly what: string;
  readonly receipt: string;
  readonly replay: string;
}

/** How far a replay has come. */
export interface Replayed {
  readonly step: number;
  /** Links that were equal. */
  readonly equal: number;
}

/** All links. */
export function wholeOf({ chain }: Chained): Omit<Segment, "state"> {
  return { first: 0, last: chain.links.length - 1 };
}

/** Goes over a segment; between steps the caller may stop it. @returns the first difference, if there is one. */
export async function* replay(
  receipt: Chained,
  { model, dataset, validation }: Ground,
  segment: Segment,
): AsyncGenerator<Replayed, Difference | undefined, void> {
  const strange = await strangeVocabulary(receipt, model);
  if (strange) return strange;
  const { links } = receipt.chain;
  const hasEnd = segment.last === links.length - 1;
  const walk = new Walk(receipt, segment, await beginning(receipt.textSha256, model.vocabulary));
  const way = new Way(receipt, { model, dataset, validation }, segment);
  let record: StepRecord | undefined;
  let difference = await walk.meet(way.trainer, undefined);
  while (!difference && !walk.isDone) {
    let next: IteratorResult<StepRecord | undefined, void>;
    try {
      next = way.next();
    } catch (error) {
      if (error instanceof TeamError && model.engine.disband) {
        await model.engine.disband(); // the step in work is done again
        continue;
      }
      if (!(error instanceof DivergenceError)) throw error;
      next = { done: true, value: undefined };
    }
    if (next.done) {
      // Where training went back as it ended, the last link is there.
      difference = await walk.meet(way.trainer, record);
      difference ??= walk.missing(way.trainer.progress);
      break;
    }
    if (next.value) {
      record = next.value;
      difference = await walk.meet(way.trainer, record);
    }
    yield { step: way.trainer.progress.step, equal: walk.equal };
  }
  if (difference || !hasEnd) return difference;
  return endOf(receipt, way.trainer, record);
}

/** Where the receipt's vocabulary is not that of its text. */
async function strangeVocabulary(
  receipt: Receipt,
  { vocabulary }: Model,
): Promise<Difference | undefined> {
  const differs = (theirs: string, ours: string) => ({
    ...{ step: 0, what: "vocabulary", receipt: shown(theirs), replay: shown(ours) },
  });
  const own = await vocabularySha256(vocabulary);
  if (own !== receipt.vocabularySha256) return differs(receipt.vocabularySha256, own);
  const [theirs, ours] = [JSON.stringify(receipt.vocabulary), JSON.stringify(vocabulary.ixToChar)];
  return theirs === ours && receipt.unit === vocabulary.unit ? undefined : differs(theirs, ours);
}

/** The way of the run through its settings: a trainer at a time. */
class Way {
  trainer: Trainer;
  #records: Generator<StepRecord | undefined, void, void>;
  #config: Config;
  readonly #receipt: Chained;
  readonly #ground: Ground;
  /** Those still to come. */
  readonly #changes: Change[];

  constructor(receipt: Chained, ground: Ground, { state, first }: Segment) {
    this.#receipt = receipt;
    this.#ground = ground;
    const all = receipt.chain.changes;
    const from = receipt.chain.links[first - 1];
    const taken = from ? all.filter((change) => isBehind(from, change)).length : 0;
    this.#changes = all.slice(taken);
    this.#config = configAfter(receipt, taken);
    this.trainer = this.#trainerFrom(state);
    this.#records = this.trainer.run();
  }

  /** A record, or a part of an evaluation, or the end. @throws what training throws; it then goes on. */
  next(): IteratorResult<StepRecord | undefined, void> {
    try {
      while (this.#isToChange()) this.#change();
      const next = this.#records.next();
      // A run that was at its end went on with other settings.
      if (!next.done || !this.#isToChange()) return next;
      this.#change();
      return this.next();
    } catch (error) {
      this.#records = this.trainer.run();
      throw error;
    }
  }

  #isToChange(): boolean {
    const [change] = this.#changes;
    const { step, rollbacks, pending } = this.trainer.progress;
    return step === change?.step && rollbacks === (change.rollbacks ?? 0) && !pending;
  }

  #change(): void {
    this.#changes.shift();
    const { chain } = this.#receipt;
    this.#config = configAfter(this.#receipt, chain.changes.length - this.#changes.length);
    this.trainer = this.#trainerFrom(this.trainer.state);
    this.#records = this.trainer.run();
  }

  #trainerFrom(state: TrainingState | undefined): Trainer {
    const { model, dataset, validation } = this.#ground;
    const { vocabulary, engine, notes, config } = model;
    // The dataset's rows may be fewer than those asked for.
    const { seqLength, batchSize } = config;
    const own = { ...this.#config, seqLength, batchSize };
    const trainer = new Trainer(new Model(own, vocabulary, engine, notes), dataset, validation);
    if (state) trainer.state = copyOf(state);
    return trainer;
  }
}

/** Whether a change was made before a link was taken. */
function isBehind({ step, rollbacks = 0 }: Link, change: Change): boolean {
  return change.step < step || (change.step === step && (change.rollbacks ?? 0) < rollbacks);
}

/** The settings after the first `taken` changes. */
function configAfter(receipt: Chained, taken: number): Config {
  const { chain } = receipt;
  return configAtStart({ ...receipt, chain: { ...chain, changes: chain.changes.slice(taken) } });
}

/** A copy that does not change with the engine. */
function copyOf({ progress, arrays }: TrainingState): TrainingState {
  const copies = Object.entries(arrays).map(([name, array]) => [name, array.slice()]);
  return { progress: { ...progress }, arrays: Object.fromEntries(copies) };
}

/** The links of a segment, met one after the other. */
class Walk {
  equal = 0;
  readonly #links: readonly Link[];
  readonly #segment: Segment;
  #previous: string;
  #at: number;

  constructor({ chain }: Chained, segment: Segment, beginning: string) {
    this.#links = chain.links;
    this.#segment = segment;
    // The state's own link is met first.
    this.#at = segment.state ? segment.first - 1 : segment.first;
    this.#previous = chain.links[this.#at - 1]?.sha256 ?? beginning;
  }

  get isDone(): boolean {
    return this.#at > this.#segment.last;
  }

  /** Compares the links that are due where the trainer stands. */
  async meet(
    { progress, state }: Trainer,
    record: StepRecord | undefined,
  ): Promise<Difference | undefined> {
    for (;;) {
      const link = this.#links[this.#at];
      if (this.isDone || !link || link.step !== progress.step) return undefined;
      if ((link.rollbacks ?? 0) !== progress.rollbacks) return undefined;
      const isOfState = !record && this.#segment.state !== undefined;
      // What a link says of the step before it is not in a state that was kept there.
      const stand = isOfState ? link : withValidationAs(link, standOf(progress, record));
      const differs = (what: string, receipt: unknown, replay: unknown) =>
        ({
          link: this.#at,
          step: link.step,
          what,
          receipt: `${receipt}`,
          replay: `${replay}`,
        }) as const;
      if (stand.loss !== link.loss) return differs("loss", link.loss, stand.loss);
      if (stand.validation !== link.validation) {
        return differs("validation loss", link.validation, stand.validation);
      }
      const hash = await linkSha256(this.#previous, stand, state.arrays);
      if (hash !== link.sha256) return differs("SHA-256 of the link", link.sha256, hash);
      this.#previous = hash;
      this.#at++;
      this.equal++;
    }
  }

  /** The difference of a run that ended before its receipt's last link. */
  missing({ step }: Pick<Progress, "step">): Difference | undefined {
    if (this.isDone) return undefined;
    const next = this.#links[this.#at] as Link;
    const what = "end of the run";
    return {
      link: this.#at,
      step: next.step,
      what,
      receipt: `later`,
      replay: `after step ${step}`,
    };
  }
}

/** A run that was stopped in an evaluation has a link without what that found. */
function withValidationAs(link: Link, stand: Omit<Link, "sha256">): Omit<Link, "sha256"> {
  if (link.validation !== undefined) return stand;
  const { validation: _, ...rest } = stand;
  return rest;
}

/** What the receipt says of the end, and is not so. */
async function endOf(
  { final, best, parametersSha256 }: Receipt,
  { model, progress }: Trainer,
  record: StepRecord | undefined,
): Promise<Difference | undefined> {
  const { step } = progress;
  const differs = (what: string, receipt: unknown, replay: unknown) => ({
    ...{ step, what, receipt: JSON.stringify(receipt), replay: JSON.stringify(replay) },
  });
  const own = await sha256(model.engine.parameters);
  if (own !== parametersSha256.final) {
    return differs("SHA-256 of the parameters", parametersSha256.final, own);
  }
  if (!isSame(best, progress.best)) return differs("best", best, progress.best);
  if (!final || !record) return undefined;
  const predicted = final.predicted === undefined ? undefined : predictedText(model);
  const found = finalOf(record, predicted);
  return isSame(final, found) ? undefined : differs("final", final, found);
}

/** Whether two values are the same as JSON, whatever the order of their keys. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object(a) !== a || Object(b) !== b) return Object.is(a, b);
  const names = new Set([...Object.keys(Object(a)), ...Object.keys(Object(b))]);
  return [...names].every((name) => isSame(Object(a)[name], Object(b)[name]));
}
