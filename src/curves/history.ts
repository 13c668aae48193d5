// The records of a run as columns, thinned so that any length of run stays small.

import type { StepRecord } from "../train/record.ts";

/** Columns of equal length, as uPlot wants them. */
export interface Columns {
  readonly epoch: number[];
  /** Nats per character. */
  readonly loss: number[];
  /** Percent, 0 … 100. */
  readonly accuracy: number[];
}

const CAPACITY = 20_000;

/**
 * Collects records. Holds at most `CAPACITY` points: when full, every second one is dropped and
 * from then on only every second record is kept, and so on. The newest record is always there.
 */
export class History {
  readonly columns: Columns = { epoch: [], loss: [], accuracy: [] };
  #stride = 1;
  #seen = 0;

  append({ epoch, loss, accuracy }: Pick<StepRecord, "epoch" | "loss" | "accuracy">): void {
    const { columns } = this;
    // The newest record stands provisionally at the end unless its number fits the stride.
    if (this.#seen > 0 && (this.#seen - 1) % this.#stride !== 0) {
      for (const column of Object.values(columns)) column.pop();
    }
    columns.epoch.push(epoch);
    columns.loss.push(loss);
    columns.accuracy.push(100 * accuracy);
    this.#seen++;
    if (columns.epoch.length > CAPACITY) this.#thin();
  }

  /** Called with an odd number of points, so the newest stays. */
  #thin(): void {
    for (const column of Object.values(this.columns)) {
      let kept = 0;
      for (let i = 0; i < column.length; i += 2) column[kept++] = column[i];
      column.length = kept;
    }
    this.#stride *= 2;
  }
}
