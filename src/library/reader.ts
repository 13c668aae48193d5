// Reads with the weights of a model, a token at a time, on an engine of its own: whatever training goes on is
// not touched. What was read stays, so a text that grows costs what is new of it.

import type { Engine } from "../engine/engine.ts";
import type { Reals } from "../engine/precision.ts";
import { dimensionsOf } from "../engine/shape.ts";
import { WeightsError } from "../outside/errors.ts";
import { createWasmEngine } from "./engines.ts";
import { Pauses } from "./pauses.ts";
import { partsOf, type Source } from "./source.ts";

const readers = new WeakMap<Source, Promise<Reader>>();

export class Reader {
  readonly #engine: Engine;
  readonly #weights: Reals;
  /** Whether the weights may become others between two readings. */
  readonly #changes: boolean;
  /** What the engine has read since its state was zero. */
  #read: Int32Array = new Int32Array();
  /** Whether the engine's last call was with the weights of now. */
  #isPacked = false;
  /** Readings wait for one another. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(engine: Engine, weights: Reals, changes: boolean) {
    this.#engine = engine;
    this.#weights = weights;
    this.#changes = changes;
    engine.parameters.set(weights);
  }

  /** The one reader of a source. `call`: what to name in an error. @throws as `partsOf` */
  static of(source: Source, call: string): Promise<Reader> {
    const { weights } = partsOf(source, call);
    const found = readers.get(source);
    if (found) return found;
    const shape = { ...dimensionsOf(weights), T: 1, B: 1 };
    const making = createWasmEngine(shape, 1).then(
      (engine) => new Reader(engine, weights.parameters, "engine" in source),
    );
    readers.set(source, making);
    making.catch(() => readers.delete(source));
    return making;
  }

  /**
   * Reads ids, at least one, from a zero state; then `use` has the engine, which stands behind the last of
   * them. `each` is called behind every one; without it what was read before is not read again. `targets`:
   * what the losses are of.
   * @throws {WeightsError} for weights that give numbers that are not finite.
   */
  read<Result>(
    ids: Int32Array,
    use: (engine: Engine) => Result,
    each?: (engine: Engine, position: number) => void,
    targets?: Int32Array,
  ): Promise<Result> {
    const reading = this.#last.then(async () => {
      await this.#go(ids, each, targets);
      return use(this.#engine);
    });
    this.#last = reading.catch(() => {});
    return reading;
  }

  async #go(
    ids: Int32Array,
    each: ((engine: Engine, position: number) => void) | undefined,
    targets: Int32Array | undefined,
  ): Promise<void> {
    const engine = this.#engine;
    this.#takeWeights();
    const known = this.#read;
    const goesOn = !each && known.length > 0 && known.every((id, i) => id === ids[i]);
    if (!goesOn) engine.state.fill(0);
    this.#read = new Int32Array(); // until all is read
    const pauses = new Pauses();
    for (let i = goesOn ? known.length : 0; i < ids.length; i++) {
      engine.inputs[0] = ids[i] as number;
      engine.targets[0] = targets?.[i] ?? 0; // of no account where there are none
      const { outcome } = engine.evaluate(this.#isPacked);
      this.#isPacked = true;
      if (outcome !== "done") {
        throw new WeightsError(
          "model: expected weights that give finite numbers, got others; train it anew",
        );
      }
      each?.(engine, i);
      if (pauses.isDue()) await pauses.take();
    }
    this.#read = ids;
  }

  /** Takes the weights as they are now; if they are others, what was read must be read again. */
  #takeWeights(): void {
    if (!this.#changes) return;
    const own = this.#engine.parameters;
    const now = this.#weights;
    if (
      now instanceof Float64Array ? areEqual(own as Float64Array, now) : areEqualSingles(own, now)
    ) {
      return;
    }
    own.set(now);
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
