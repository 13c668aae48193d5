// A loss in other units, and the means over an epoch.

import type { StepRecord } from "./record.ts";

/** Bits per character of nats per character. */
export function bitsOf(loss: number): number {
  return loss / Math.LN2;
}

/** How many equally likely characters a loss in nats stands for. */
export function perplexityOf(loss: number): number {
  return Math.exp(loss);
}

/** Means over the steps of an epoch. */
export interface EpochMetrics {
  readonly epoch: number;
  readonly steps: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly gradNorm: number;
  /** Share of the steps whose gradient norm was over the clip. */
  readonly clipped: number;
}

/** Gathers the steps of an epoch. */
export class EpochMean {
  readonly #clipNorm: number;
  #epoch = 0;
  #steps = 0;
  #loss = 0;
  #accuracy = 0;
  #gradNorm = 0;
  #clipped = 0;

  /** `clipNorm`: the setting; 0 counts no step as clipped. */
  constructor(clipNorm: number) {
    this.#clipNorm = clipNorm;
  }

  /** Adds a step; one of another epoch begins anew. */
  add({ epoch, loss, accuracy, gradNorm }: StepRecord): void {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#steps = this.#loss = this.#accuracy = this.#gradNorm = this.#clipped = 0;
    }
    this.#steps++;
    this.#loss += loss;
    this.#accuracy += accuracy;
    this.#gradNorm += gradNorm;
    if (this.#clipNorm > 0 && gradNorm > this.#clipNorm) this.#clipped++;
  }

  /** The means so far. */
  get metrics(): EpochMetrics {
    const mean = (sum: number) => sum / Math.max(1, this.#steps);
    return {
      epoch: this.#epoch,
      steps: this.#steps,
      loss: mean(this.#loss),
      accuracy: mean(this.#accuracy),
      gradNorm: mean(this.#gradNorm),
      clipped: mean(this.#clipped),
    };
  }
}
