// A loss in other units, and the means over an epoch.

import type { StepRecord } from "../model/record.ts";
import { DataError } from "../outside/errors.ts";

/**
 * Bits per character of nats per character.
 * @example
 * ```js
 * const { loss } = await score(model, "she sells");
 * console.log(`${bitsOf(loss)} bits a character`);
 * ```
 */
export function bitsOf(loss: number): number {
  return loss / Math.LN2;
}

/**
 * How many equally likely characters a loss in nats stands for.
 * @example
 * ```js
 * const { loss } = await score(model, "she sells");
 * console.log(perplexityOf(loss)); // as if so many characters were equally likely
 * ```
 */
export function perplexityOf(loss: number): number {
  return Math.exp(loss);
}

/** Means over the steps of an epoch. */
export interface EpochMetrics {
  readonly epoch: number;
  readonly steps: number;
  /** Nats per character. */
  readonly loss: number;
  /** Bits per character. */
  readonly bits: number;
  readonly perplexity: number;
  readonly accuracy: number;
  readonly gradNorm: number;
  /** Share of the steps whose gradient norm was over the clip. */
  readonly clipped: number;
}

const FIELDS = 6; // epoch, steps, and the sums of loss, accuracy, norm and clipped steps

/** Gathers the steps of an epoch. */
export class EpochMean {
  readonly #clipNorm: number;
  /** All it holds, for a run that is resumed inside an epoch. */
  readonly sums = new Float64Array(FIELDS);

  /** `clipNorm`: the setting; 0 counts no step as clipped. `sums`: of another that goes on here. @throws {DataError} for others. */
  constructor(clipNorm: number, sums: ArrayLike<number> = []) {
    if (sums.length !== 0 && sums.length !== FIELDS) {
      throw new DataError(`epoch sums: expected ${FIELDS} values, got ${sums.length}`);
    }
    this.#clipNorm = clipNorm;
    this.sums.set(sums);
  }

  /** Adds a step; one of another epoch, or after going back, begins anew. */
  add({ epoch, loss, accuracy, gradNorm, rolledBack }: StepRecord): void {
    const { sums } = this;
    if (epoch !== sums[0] || rolledBack) sums.fill(0).set([epoch]);
    const clipped = this.#clipNorm > 0 && gradNorm > this.#clipNorm ? 1 : 0;
    for (const [i, value] of [1, loss, accuracy, gradNorm, clipped].entries()) {
      sums[i + 1] = (sums[i + 1] as number) + value;
    }
  }

  /** The means so far. */
  get metrics(): EpochMetrics {
    const [epoch = 0, steps = 0, loss = 0, accuracy = 0, gradNorm = 0, clipped = 0] = this.sums;
    const mean = (sum: number) => sum / Math.max(1, steps);
    return {
      epoch,
      steps,
      loss: mean(loss),
      bits: bitsOf(mean(loss)),
      perplexity: perplexityOf(mean(loss)),
      accuracy: mean(accuracy),
      gradNorm: mean(gradNorm),
      clipped: mean(clipped),
    };
  }
}
