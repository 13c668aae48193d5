// How many of a team's threads take part in a step: as many as pay now. On a machine that others use, a
// second thread may give nothing and burn a core; a minute later it may double the speed. Threads decide
// no bit, so a run may measure itself as it goes.

const PROBE = 4; // steps with another number of threads, of which the first wakes them and does not count
const SOONEST = 100; // steps between two probes, twice as many after each that changed nothing …
const LATEST = 3200; // … up to this
const PAYS = 1.15; // times as fast, for more threads to be taken
const WORTH = 1.05; // times as fast as with fewer, for threads to be kept

export class Pace {
  /** The numbers of threads to choose from: powers of two, and all. */
  readonly #counts: readonly number[];
  #at: number;
  /** Where the number that is tried stands, while one is. */
  #tried: number | undefined;
  #isUpNext = false;
  /** ms of the last steps: as it is, and as it is tried. */
  #own: number[] = [];
  #times: number[] = [];
  #steps = 0;
  #wait = SOONEST;

  /** `most`: the team's threads. Begins with all. */
  constructor(most: number) {
    const counts = new Set([most]);
    for (let count = 1; count < most; count *= 2) counts.add(count);
    this.#counts = [...counts].toSorted((a, b) => a - b);
    this.#at = this.#counts.length - 1;
  }

  /** Threads for the next step. */
  get active(): number {
    return this.#counts[this.#tried ?? this.#at] as number;
  }

  /** Takes a step with that many, and the time it took in. */
  timed<Result>(step: (active: number) => Result): Result {
    const began = performance.now();
    const result = step(this.active);
    this.took(performance.now() - began);
    return result;
  }

  /** Takes in how long that step took, ms. */
  took(ms: number): void {
    if (this.#tried === undefined) {
      this.#own.push(ms);
      if (this.#own.length >= PROBE) this.#own.shift(); // as many as count of a probe
      this.#steps++;
      if (this.#steps >= this.#wait) this.#tried = this.#next();
      return;
    }
    this.#times.push(ms);
    if (this.#times.length === PROBE) this.#decide(this.#tried);
  }

  /** A neighbour of the present number: the one above and the one below in turn. */
  #next(): number | undefined {
    this.#isUpNext = !this.#isUpNext;
    const [first, second] = this.#isUpNext ? [1, -1] : [-1, 1];
    return [this.#at + first, this.#at + second].find((at) => at in this.#counts);
  }

  #decide(tried: number): void {
    const gain = median(this.#own) / median(this.#times.slice(1));
    const isTold = Number.isFinite(gain) && gain > 0; // by a clock that sees a step
    const isBetter = isTold && (tried > this.#at ? gain > PAYS : gain > 1 / WORTH);
    if (isBetter) this.#at = tried;
    this.#wait = isBetter ? SOONEST : Math.min(LATEST, 2 * this.#wait);
    this.#steps = 0;
    this.#own = [];
    this.#times = [];
    this.#tried = undefined;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
