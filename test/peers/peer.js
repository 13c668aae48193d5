// The loop of a peer written in JavaScript: reads a line of JSON, answers with one.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/**
 * What a training step works on; tensors row by row.
 * @typedef {{ V: number, H: number, T: number, B: number, learningRate: number, clipValue: number,
 *   inputs: number[], targets: number[], Wxh: Float64Array, Whh: Float64Array, Why: Float64Array,
 *   bh: Float64Array, by: Float64Array }} Job
 */

/** @param {any} given @returns {Job} */
function jobOf(given) {
  const { V, H, parameters } = given;
  const { buffer } = new Uint8Array(readFileSync(parameters));
  let offset = 0;
  const next = (/** @type {number} */ length) => {
    const part = new Float64Array(buffer, offset, length);
    offset += part.byteLength;
    return part;
  };
  const [Wxh, Whh, Why, bh, by] = [next(H * V), next(H * H), next(V * H), next(H), next(V)];
  return { ...given, Wxh, Whh, Why, bh, by };
}

/**
 * `make(job)` returns a function that does one step from the zero state and returns its loss.
 * @param {string} setup
 * @param {(job: Job) => () => number | Promise<number>} make
 */
export async function serve(setup, make) {
  /** @type {() => number | Promise<number>} */
  let step = () => Number.NaN;
  for await (const line of createInterface({ input: process.stdin })) {
    const given = JSON.parse(line);
    /** @type {object} */
    let answer = { setup };
    if (given.time) {
      const began = performance.now();
      for (let i = 0; i < given.time; i++) await step();
      answer = { microseconds: ((performance.now() - began) * 1000) / given.time };
    } else if (given.steps) {
      step = make(jobOf(given));
      const losses = [];
      for (let i = 0; i < given.steps; i++) losses.push(await step());
      answer = { losses };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
