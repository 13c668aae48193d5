// How fast a run goes, as its visitor sees it; and where a run stands that goes on.

import type { History } from "../curves/history.ts";
import type { StepRecord } from "../model/record.ts";

const MOMENTS = 1000; // ms that the speed is taken over

/** Steps a second over the last moments. */
export class Speed {
  readonly #seen: { readonly time: number; readonly step: number }[] = [];

  /** Notes that `step` steps were done at `time`, ms. @returns steps a second; 0 while too little is known. */
  at(time: number, step: number): number {
    this.#seen.push({ time, step });
    while (time - (this.#seen[1]?.time ?? time) > MOMENTS) this.#seen.shift();
    const [first = { time, step }] = this.#seen;
    const passed = time - first.time;
    return passed > MOMENTS / 4 ? (1000 * (step - first.step)) / passed : 0;
  }
}

/** The last validation of a history, as far as it is known; undefined before the first. */
export function newestValidationOf({ columns }: History): StepRecord["validation"] {
  const loss = columns.validation.at(-1);
  return loss === undefined ? undefined : { loss, accuracy: Number.NaN, best: false };
}

/** The last record of a history; undefined at the start. */
export function newestOf({ columns }: History): StepRecord | undefined {
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
