// What is asked of the training worker one after the other: a newer start makes pointless what has not
// begun, and what a lost worker did not do is done once more.

import { WorkerLost } from "./training/session.ts";

export class Queue {
  #done: Promise<void> = Promise.resolve();
  #newest = 0;
  /** Settles when a worker that took the place of a lost one has its run. */
  restored: Promise<void> = Promise.resolve();

  /** Makes pointless what has not begun. @returns the number of what is asked from now on. */
  supersede(): number {
    return ++this.#newest;
  }

  get newest(): number {
    return this.#newest;
  }

  /** Does work after what was asked before. Settles without doing it where it has become pointless. */
  do(number: number, work: () => Promise<void>): Promise<void> {
    const once = async (): Promise<void> => {
      await this.restored;
      if (number === this.#newest) await work();
    };
    const done = this.#done.then(once).catch((error: unknown) => {
      if (error instanceof WorkerLost) return once();
      throw error;
    });
    this.#done = done.catch(() => {});
    return done;
  }
}
