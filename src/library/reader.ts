// Reads with the weights of a model, a token at a time, on an engine of its own: whatever training goes on is
// not touched. What was read stays, so a text that grows costs what is new of it.

import type { Engine } from "../engine/engine.ts";
import type { Reals } from "../engine/precision.ts";
import { dimensionsOf } from "../engine/shape.ts";
import { readToken } from "../generate/sampler.ts";
import type { Scored } from "../train/score.ts";
import { createWasmEngine } from "./engines.ts";
import { Pauses } from "./pauses.ts";
import { partsOf, type Source } from "./source.ts";

const readers = new WeakMap<Source, Reader>();

/** What is done with an engine behind each token. */
export type Each = (engine: Engine, position: number) => void;

export class Reader {
  /** There once the first reading has begun. */
  #engine: Engine | undefined;
  readonly #making: Promise<Engine>;
  readonly #weights: Reals;
  /** Whether the weights may become others between two readings. */
  readonly #changes: boolean;
  /** What the engine has read since its state was zero. */
  #read: Int32Array = new Int32Array();
  /** Whether the engine's last call was with the weights that it has. */
  #isPacked = false;
  /** Readings wait for one another. */
  #last: Promise<unknown>;
  #waiting = 0;

  private constructor(weights: Scored, changes: boolean) {
    this.#weights = weights.parameters;
    this.#changes = changes;
    this.#making = createWasmEngine({ ...dimensionsOf(weights), T: 1, B: 1 }, 1);
    this.#last = this.#making.catch(() => {}); // a reading tells
  }

  /** The one reader of a source. `call`: what to name in an error. @throws as `partsOf` */
  static of(source: Source, call: string): Reader {
    const { weights, changes } = partsOf(source, call);
    let reader = readers.get(source);
    if (!reader) {
      reader = new Reader(weights, changes);
      readers.set(source, reader);
      reader.#making.catch(() => readers.delete(source)); // it may be made the next time
    }
    return reader;
  }

  /**
   * Reads ids, at least one, from a zero state, with the weights of now; then `use` has the engine, which
   * stands behind the last of them. `each` is called behind every one; without it what was read before is not
   * read again.
   * @throws {WeightsError} for weights that give numbers that are not finite.
   */
  read<Result>(ids: Int32Array, use: (engine: Engine) => Result, each?: Each): Promise<Result> {
    const engine = this.#engine;
    const isIdle = engine !== undefined && this.#waiting === 0;
    this.#waiting++;
    // At once it takes the weights before it first pauses; a reading that waits keeps those of now.
    const now = this.#changes && !isIdle ? this.#weights.slice() : this.#weights;
    const reading = isIdle
      ? this.#go(engine, now, ids, use, each)
      : this.#last.then(async () => this.#go(await this.#made(), now, ids, use, each));
    this.#last = reading.then(
      () => {
        this.#waiting--;
      },
      () => {
        this.#waiting--;
      },
    );
    return reading;
  }

  async #made(): Promise<Engine> {
    this.#engine = await this.#making;
    return this.#engine;
  }

  async #go<Result>(
    engine: Engine,
    weights: Reals,
    ids: Int32Array,
    use: (engine: Engine) => Result,
    each: Each | undefined,
  ): Promise<Result> {
    this.#take(engine, weights);
    const known = this.#read;
    const goesOn = !each && known.length > 0 && known.every((id, i) => id === ids[i]);
    if (!goesOn) engine.state.fill(0);
    this.#read = new Int32Array(); // until all is read
    const pauses = new Pauses();
    for (let i = goesOn ? known.length : 0; i < ids.length; i++) {
      const isPacked = this.#isPacked;
      this.#isPacked = true;
      readToken(engine, ids[i] as number, isPacked);
      each?.(engine, i);
      if (pauses.isDue()) await pauses.take();
    }
    this.#read = ids;
    return use(engine);
  }

  /** Takes weights into the engine; if they are others, what was read must be read again. */
  #take(engine: Engine, weights: Reals): void {
    const own = engine.parameters;
    const isFirst = !this.#isPacked && this.#read.length === 0;
    if (!isFirst) {
      if (!this.#changes) return;
      if (own instanceof Float64Array && weights instanceof Float64Array) {
        if (areEqual(own, weights)) return;
      } else if (areEqualSingles(own, weights)) return;
    }
    own.set(weights);
    this.#isPacked = false;
    this.#read = new Int32Array();
  }
}

// Two of one text: an engine compiles each for its kind of array, and a call of 100,000 numbers is the time of a
// prediction.

function areEqual(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function areEqualSingles(a: Reals, b: Reals): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
