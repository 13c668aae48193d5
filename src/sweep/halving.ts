// Successive halving: of the runs that come to a rung, the best share goes on to the next, the others stop.
// (Jamieson and Talwalkar 2016; the rule of a rung in Li et al. 2018, "A system for massively parallel
// hyperparameter tuning".) Theirs promotes as soon as a run is among the best of those that are there, so that
// what is stopped depends on who came first. Here a run waits until that is certain: it goes on as soon as no
// run still to come can push it out, and stops as soon as enough others are better. Which runs go on follows
// from the losses alone, whatever the order in which they arrive.

export type Decision = "wait" | "on" | "stop";

/**
 * The rungs of a run of `steps` steps: after a share of 1 / factor, 1 / factor², … of them, rounded up to an
 * evaluation, one each `every` steps; the first is where at most `count` of them begin. Different ones, rising.
 */
export function rungsOf(steps: number, every: number, factor: number, count: number): number[] {
  const shares = Array.from({ length: count }, (_, rung) => steps / factor ** (count - rung));
  const rungs = shares.map((share) => Math.ceil(share / every) * every);
  return [...new Set(rungs)].filter((at) => at < steps);
}

/** How many rungs `runs` runs have: as many as leave at least one. */
export function rungCount(runs: number, factor: number): number {
  let [count, left] = [0, Math.floor(runs / factor)];
  for (; left >= 1; left = Math.floor(left / factor)) count++;
  return count;
}

/** How many come to a rung, and the losses of those that did. */
interface Rung {
  readonly runs: number;
  readonly losses: Map<number, number>;
}

/** Who goes on from each rung. Runs are numbers from 0, in the order of the sweep. */
export class Halving {
  readonly #rungs: Rung[] = [];
  /** How many go on from the last rung. */
  readonly #last: number;

  /** `runs` start; each rung keeps a share of 1 / `factor` of those meant to be at it, rounded down, and at least one. */
  constructor(runs: number, factor: number, count: number) {
    let left = runs;
    for (let rung = 0; rung < count; rung++) {
      this.#rungs.push({ runs: left, losses: new Map() });
      left = Math.max(1, Math.floor(left / factor));
    }
    this.#last = left;
  }

  /** A run is at a rung with this validation loss; one that failed has none, and is the worst. */
  report(rung: number, run: number, loss: number | undefined): void {
    const value = loss === undefined || Number.isNaN(loss) ? Number.POSITIVE_INFINITY : loss;
    this.#rungs[rung]?.losses.set(run, value);
  }

  /** What is certain of a run that is at a rung. */
  decide(rung: number, run: number): Decision {
    const losses = this.#rungs[rung]?.losses ?? new Map<number, number>();
    const own = losses.get(run);
    if (own === undefined) return "wait";
    if (own === Number.POSITIVE_INFINITY) return "stop";
    let better = 0;
    for (const [other, loss] of losses) {
      // Of the same loss, the first in the order of the sweep.
      if (loss < own || (loss === own && other < run)) better++;
    }
    const kept = this.#rungs[rung + 1]?.runs ?? this.#last;
    if (better >= kept) return "stop";
    return better + (this.#mostAt(rung) - losses.size) < kept ? "on" : "wait";
  }

  /** How many can come to a rung yet, those that did counted: fewer than were meant to where runs failed. */
  #mostAt(rung: number): number {
    const { runs } = this.#rungs[rung] as Rung;
    const before = this.#rungs[rung - 1];
    if (!before) return runs;
    const failed = [...before.losses.values()].filter((loss) => loss === Number.POSITIVE_INFINITY);
    return Math.min(runs, this.#mostAt(rung - 1) - failed.length);
  }
}
