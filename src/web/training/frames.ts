// The weights of a small model after its steps, so that a visitor can go back: as many as fit into
// a fixed room, at steps that worker and page agree on without asking.

import type { Reals } from "../../engine/precision.ts";
import { type Dimensions, parameterCount, type Shape } from "../../engine/shape.ts";

const ROOM = 16 * 2 ** 20; // bytes
const MOST = { V: 24, H: 32, T: 12 };

/** Whether a model is shown number by number: one layer that is small enough, without dropout. */
export function isShownWhole({ V, H, T, B, layers = 1, drops }: Shape): boolean {
  const isOne = layers === 1 && !drops;
  return isOne && V <= MOST.V && H <= MOST.H && T <= MOST.T && B === 1;
}

/** Steps between the frames kept when `step` steps are done: a power of two. */
export function strideAt(step: number, shape: Dimensions): number {
  const capacity = Math.floor(ROOM / (8 * parameterCount(shape)));
  let stride = 1;
  while (step / stride >= capacity) stride *= 2;
  return stride;
}

/** Frames by the number of steps done before them, ascending. */
export class Frames {
  readonly #shape: Dimensions;
  #steps: number[] = [];
  #frames: Float64Array[] = [];
  #stride = 1;

  constructor(shape: Dimensions) {
    this.#shape = shape;
  }

  get count(): number {
    return this.#steps.length;
  }

  /** Of the newest; -1 before the first. */
  get last(): number {
    return this.#steps.at(-1) ?? -1;
  }

  /** Puts the frame after `step` steps; one that was not on the stride makes room for it. */
  add(step: number, parameters: Float64Array): void {
    while (this.#steps.length > 0 && this.last >= step) this.#drop();
    if (this.#steps.length > 0 && this.last % this.#stride !== 0) this.#drop();
    const stride = strideAt(step, this.#shape);
    if (stride > this.#stride) this.#thin(stride);
    this.#steps.push(step);
    this.#frames.push(parameters);
  }

  /** Whether these are the weights after `step` steps, and not those of a run's start. */
  has(step: number, parameters: Float64Array): boolean {
    if (step === 0 || this.count === 0) return false;
    const own = this.at(this.placeOf(step));
    return (
      own.step === step &&
      own.parameters.length === parameters.length &&
      own.parameters.every((value, i) => value === parameters[i])
    );
  }

  /** The place of the frame at or before `step`. */
  placeOf(step: number): number {
    let low = 0;
    let high = this.#steps.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#steps[middle] as number) <= step) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  at(place: number): { step: number; parameters: Float64Array } {
    const step = this.#steps[place];
    if (step === undefined)
      throw new RangeError(`frame: expected 0 to ${this.count - 1}, got ${place}`);
    return { step, parameters: this.#frames[place] as Float64Array };
  }

  #drop(): void {
    this.#steps.pop();
    this.#frames.pop();
  }

  #thin(stride: number): void {
    this.#stride = stride;
    this.#frames = this.#frames.filter((_, place) => (this.#steps[place] as number) % stride === 0);
    this.#steps = this.#steps.filter((step) => step % stride === 0);
  }
}

/** Copies of an engine's weights after some steps, on their way to the page. */
export class KeptFrames {
  readonly shape;
  readonly #parameters: Reals;
  readonly #steps: number[] = [];
  readonly #copies: Float64Array[] = [];

  constructor({ shape, parameters }: { shape: Dimensions; parameters: Reals }) {
    this.shape = shape;
    this.#parameters = parameters;
  }

  keep(step: number): void {
    if (this.#steps.at(-1) === step) return;
    this.#steps.push(step);
    this.#copies.push(Float64Array.from(this.#parameters));
  }

  get all(): { steps: readonly number[]; parameters: Float64Array<ArrayBuffer> } {
    const { length } = this.#parameters;
    const parameters = new Float64Array(length * this.#copies.length);
    for (const [place, copy] of this.#copies.entries()) parameters.set(copy, place * length);
    return { steps: this.#steps, parameters };
  }
}
