// The worker's time where it trains, of which what looks at its run takes a part.

const SHARE = 10; // of how much time one part goes to a view

/** When a view may ask the worker again: some time after its last answer, and for a tenth of the time at most. */
export class WorkerShare {
  readonly #every: number;
  #dueAt = 0;

  /** `every`: the least time between an answer and the next question, ms. */
  constructor(every: number) {
    this.#every = every;
  }

  /** Whether it may be asked; not while it is answering. */
  get isDue(): boolean {
    return performance.now() >= this.#dueAt;
  }

  /** Asks. */
  async take<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const beganAt = performance.now();
    this.#dueAt = Number.POSITIVE_INFINITY;
    try {
      return await ask();
    } finally {
      const now = performance.now();
      this.#dueAt = now + Math.max(this.#every, (SHARE - 1) * (now - beganAt));
    }
  }

  /** It may be asked at once: what was answered is of no use any more. */
  reset(): void {
    this.#dueAt = 0;
  }
}
