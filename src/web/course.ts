// How a run has gone so far: what the page knows from the records that the worker sent.

import { History } from "../curves/history.ts";
import type { StepRecord } from "../model/record.ts";
import { Speed } from "./speed.ts";
import type { Counted, Progress, RunFacts } from "./training/protocol.ts";
import { unpackRecords } from "./training/records.ts";

export class Course {
  readonly history: History;
  last: StepRecord | undefined;
  validation: StepRecord["validation"];
  /** What counting gives on the validation text; known at the end. */
  counted: Counted | undefined;
  predicted = "";
  charsPerSecond = 0;
  readonly #begun: Pick<RunFacts, "shape" | "step"> | undefined;
  #speed = new Speed();

  /** Of a run that starts, or goes on; without one, of none. */
  constructor(facts?: RunFacts) {
    this.#begun = facts;
    this.history = facts && facts.step > 0 ? History.from(facts.history) : new History();
    this.last = newestOf(this.history);
    this.validation = newestValidationOf(this.history);
  }

  /** Steps done. */
  get step(): number {
    return this.last ? this.last.step + 1 : (this.#begun?.step ?? 0);
  }

  /** The speed is measured anew: the run was standing. */
  plays(): void {
    this.#speed = new Speed();
  }

  /** Takes in what was sent. @returns where training went back, in words, if it did. */
  add(progress: Progress): string | undefined {
    let said: string | undefined;
    this.counted = undefined; // it was of the weights before
    for (const record of unpackRecords(progress.records)) {
      this.history.append(record);
      this.last = record;
      this.validation = record.validation ?? this.validation;
      const { rolledBack } = record;
      if (rolledBack) {
        said = `Went back from step ${rolledBack.from} to ${record.step} with half the learning rate: ${rolledBack.reason}.`;
      }
    }
    this.predicted = progress.predicted;
    const { T = 0, B = 0 } = this.#begun?.shape ?? {};
    const stepsPerSecond = this.#speed.at(performance.now(), this.step);
    this.charsPerSecond = stepsPerSecond * T * B || progress.charsPerSecond || this.charsPerSecond;
    return said;
  }
}

/** The last validation of a history, as far as it is known; undefined before the first. */
function newestValidationOf({ columns }: History): StepRecord["validation"] {
  const loss = columns.validation.at(-1);
  return loss === undefined ? undefined : { loss, accuracy: Number.NaN, best: false };
}

/** The last record of a history; undefined at the start. */
function newestOf({ columns }: History): StepRecord | undefined {
  const at = (column: readonly number[]): number => column.at(-1) ?? Number.NaN;
  if (columns.step.length === 0) return undefined;
  return {
    step: at(columns.step),
    epoch: at(columns.epoch),
    loss: at(columns.loss),
    accuracy: at(columns.accuracy) / 100,
    gradNorm: at(columns.gradNorm),
    learningRate: Number.NaN,
    charsPerSecond: 0,
  };
}
