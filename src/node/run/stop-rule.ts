// When a run stops before its end: at a signal, or by --max-steps and --max-minutes. It decides where
// the run stands when it stops, and no bit of where it goes.

import type { TrainOptions } from "../flags/options.ts";
import { type Signal, stopPolitely } from "../signals.ts";

const MINUTE = 60_000; // ms

export class StopRule {
  readonly #maxSteps: number;
  readonly #maxMinutes: number;
  readonly #began = performance.now();
  #signal: Signal | undefined;
  #reason: string | undefined;

  constructor({ maxSteps, maxMinutes }: Pick<TrainOptions, "maxSteps" | "maxMinutes">) {
    this.#maxSteps = maxSteps ?? Number.POSITIVE_INFINITY;
    this.#maxMinutes = maxMinutes ?? Number.POSITIVE_INFINITY;
    stopPolitely((signal) => {
      this.#signal = signal;
    });
  }

  /**
   * Whether to stop after `step` steps of `steps`; from then on `reason` says why. An evaluation that
   * is due is waited for by --max-steps alone, since stopping inside it only puts it off.
   */
  isTime(step: number, steps: number, isEvaluating: boolean): boolean {
    if (step >= steps) return false; // that is the end
    const minutes = (performance.now() - this.#began) / MINUTE;
    if (this.#signal) this.#reason = this.#signal.name;
    else if (minutes >= this.#maxMinutes) this.#reason = `--max-minutes ${this.#maxMinutes}`;
    else if (step >= this.#maxSteps && !isEvaluating)
      this.#reason = `--max-steps ${this.#maxSteps}`;
    return this.#reason !== undefined;
  }

  /** Why the run was stopped; undefined if it was not. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** A signal's code, for what was to come after the run to see; 0 without one. */
  get exitCode(): number {
    return this.#signal?.code ?? 0;
  }

  /** What to say of a limit that lies beyond the end of a run of `steps` steps. */
  notes(steps: number): string[] {
    if (!Number.isFinite(this.#maxSteps) || this.#maxSteps <= steps) return [];
    return [
      `--max-steps ${this.#maxSteps} is beyond the run's ${steps} steps; more --epochs make it longer.`,
    ];
  }
}
