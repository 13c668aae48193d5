// The records of a run as columns, thinned so that any length of run stays small.

import type { StepRecord } from "../model/record.ts";
import { DataError } from "../outside/errors.ts";

/** Columns of equal length, as uPlot wants them; those of the validation have a length of their own. */
export interface Columns {
  readonly step: number[];
  readonly epoch: number[];
  /** Nats per character. */
  readonly loss: number[];
  /** Exponential mean of the loss over about 20 steps. */
  readonly smoothed: number[];
  /** Percent, 0 … 100. */
  readonly accuracy: number[];
  readonly gradNorm: number[];
  /** Steps done before each evaluation, and the loss it found. */
  readonly validationStep: number[];
  readonly validation: number[];
}

const CAPACITY = 20_000;
const SMOOTHING = 0.95; // less at the start, where the loss falls fast
const SETTLING = 10; // steps
const COUNTERS = "counters"; // of a history given away: stride, records seen, smoothed loss

type Record = Pick<StepRecord, "step" | "epoch" | "loss" | "accuracy" | "gradNorm"> &
  Partial<Pick<StepRecord, "validation" | "rolledBack">>;

/**
 * Collects records. Holds at most `CAPACITY` points: when full, every second one is dropped and
 * from then on only every second record is kept, and so on. The newest record is always there. Of
 * the validations, also at most `CAPACITY`, every second one is dropped as often as they are too many.
 */
export class History {
  readonly columns: Columns = {
    step: [],
    epoch: [],
    loss: [],
    smoothed: [],
    accuracy: [],
    gradNorm: [],
    validationStep: [],
    validation: [],
  };
  #stride = 1;
  #seen = 0;
  #smoothed = 0;

  /**
   * A history with the arrays that another one gave.
   * @throws {DataError} for columns of unequal length, and counters that no history has.
   */
  static from(arrays: Readonly<{ [name: string]: Float64Array }>): History {
    const history = new History();
    const { columns } = history;
    for (const [name, column] of Object.entries(columns)) {
      for (const value of arrays[name] ?? []) column.push(value); // too many to spread
    }
    const { validation, validationStep } = columns;
    for (const equal of [history.#points, [validation, validationStep]]) {
      const lengths = new Set(equal.map((column) => column.length));
      if (lengths.size === 1) continue;
      throw new DataError(
        `history: expected columns of equal length, got ${[...lengths].join(" and ")} values`,
      );
    }
    const [stride = 1, seen = 0, smoothed = 0] = arrays[COUNTERS] ?? [];
    if (!(Number.isSafeInteger(stride) && stride >= 1 && Number.isSafeInteger(seen) && seen >= 0)) {
      throw new DataError(
        `history: expected a stride from 1 and a count from 0, got ${stride} and ${seen}`,
      );
    }
    [history.#stride, history.#seen, history.#smoothed] = [stride, seen, smoothed];
    return history;
  }

  /** All it holds, as arrays by name. */
  get arrays(): { [name: string]: Float64Array } {
    const columns = Object.entries(this.columns).map(([name, column]) => [
      name,
      Float64Array.from(column),
    ]);
    const counters = Float64Array.of(this.#stride, this.#seen, this.#smoothed);
    return { ...Object.fromEntries(columns), [COUNTERS]: counters };
  }

  append({ step, epoch, loss, accuracy, gradNorm, validation, rolledBack }: Record): void {
    const { columns } = this;
    if (rolledBack) this.#forget(step);
    // The newest record stands provisionally at the end unless its number fits the stride.
    if (this.#seen > 0 && (this.#seen - 1) % this.#stride !== 0) {
      for (const column of this.#points) column.pop();
    }
    const kept = Math.min(SMOOTHING, this.#seen / (this.#seen + SETTLING));
    this.#smoothed = kept * this.#smoothed + (1 - kept) * loss;
    columns.step.push(step);
    columns.epoch.push(epoch);
    columns.loss.push(loss);
    columns.smoothed.push(this.#smoothed);
    columns.accuracy.push(100 * accuracy);
    columns.gradNorm.push(gradNorm);
    if (validation) {
      columns.validationStep.push(step + 1);
      columns.validation.push(validation.loss);
    }
    this.#seen++;
    if (columns.step.length > CAPACITY) this.#thin();
    if (columns.validation.length > CAPACITY) {
      for (const column of [columns.validation, columns.validationStep]) halve(column);
    }
  }

  /** The columns of the steps. */
  get #points(): number[][] {
    const { validation, validationStep, ...points } = this.columns;
    return Object.values(points);
  }

  /** Drops what came from `step` on. */
  #forget(step: number): void {
    const { columns } = this;
    const kept = columns.step.filter((own) => own < step).length;
    for (const column of this.#points) column.length = kept;
    const evaluations = columns.validationStep.filter((own) => own <= step).length;
    columns.validation.length = columns.validationStep.length = evaluations;
    this.#seen = kept === 0 ? 0 : (kept - 1) * this.#stride + 1;
    this.#smoothed = columns.smoothed.at(-1) ?? 0;
  }

  /** Called with an odd number of points, so the newest stays. */
  #thin(): void {
    for (const column of this.#points) halve(column);
    this.#stride *= 2;
  }
}

/** Drops every second value, the second first. */
function halve(column: number[]): void {
  let kept = 0;
  for (let i = 0; i < column.length; i += 2) column[kept++] = column[i] as number;
  column.length = kept;
}
