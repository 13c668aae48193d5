// Work in slices, so that a page stays awake and a server answers.

const LONGEST_BUSY = 10; // ms

/** Lets other work have its turns in a long loop. */
export class Pauses {
  #since = performance.now();

  /** Whether it is time. */
  isDue(): boolean {
    return performance.now() - this.#since > LONGEST_BUSY;
  }

  /** Gives way to timers, messages and connections. */
  async take(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    this.#since = performance.now();
  }
}
