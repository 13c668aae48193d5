// The way of a replay: the run's trainers, one after the other, as its settings change.

import type { Change } from "../model/chain.ts";
import { Model } from "../model/model.ts";
import type { StepRecord } from "../model/record.ts";
import { copyOfState, type TrainingState } from "../model/state.ts";
import type { Config } from "../settings/check.ts";
import { Trainer } from "../train/trainer.ts";
import { type Chained, configAtStart } from "./receipt.ts";
import type { Ground, Segment } from "./segment.ts";

/** The way of the run through its settings: a trainer at a time. */
export class Way {
  trainer: Trainer;
  #records: Generator<StepRecord | undefined, void, void>;
  #config: Config;
  readonly #receipt: Chained;
  readonly #ground: Ground;
  /** Those still to come. */
  readonly #changes: Change[];
  /** How many links of the chain have been met. */
  readonly #met: () => number;

  constructor(receipt: Chained, ground: Ground, { state, first }: Segment, met: () => number) {
    this.#receipt = receipt;
    this.#ground = ground;
    this.#met = met;
    const all = receipt.chain.changes;
    const taken = state ? all.filter((change) => change.links < first).length : 0;
    this.#changes = all.slice(taken);
    this.#config = configAfter(receipt, taken);
    this.trainer = this.#trainerFrom(state);
    this.#records = this.trainer.run();
  }

  /** Whether changes were never come to. Those at the very end have no effect on what is compared. */
  get isLeft(): boolean {
    while (this.isToChange) this.#change();
    return this.#changes.length > 0;
  }

  /** A record, or a part of an evaluation, or the end. @throws what training throws; it then goes on. */
  next(): IteratorResult<StepRecord | undefined, void> {
    try {
      while (this.isToChange) this.#change();
      const next = this.#records.next();
      // A run that was at its end went on with other settings.
      if (!next.done || !this.isToChange) return next;
      this.#change();
      return this.next();
    } catch (error) {
      this.#records = this.trainer.run();
      throw error;
    }
  }

  /** Whether settings change where the trainer stands. */
  get isToChange(): boolean {
    const [change] = this.#changes;
    const { step, rollbacks, pending } = this.trainer.progress;
    if (step !== change?.step || rollbacks !== (change.rollbacks ?? 0) || pending) return false;
    return this.#met() >= change.links;
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
    if (state) trainer.state = copyOfState(state);
    return trainer;
  }
}

/** The settings after the first `taken` changes. */
function configAfter(receipt: Chained, taken: number): Config {
  const { chain } = receipt;
  return configAtStart({ ...receipt, chain: { ...chain, changes: chain.changes.slice(taken) } });
}
