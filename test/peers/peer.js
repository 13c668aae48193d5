// The loop of a peer written in JavaScript: reads a line of JSON, answers with one.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/**
 * What a training step works on; tensors row by row.
 * @typedef {{ V: number, H: number, T: number, B: number, learningRate: number, clipValue: number,
 *   cell: "rnn" | "gru" | "lstm", layers: number, inputs: number[], targets: number[],
 *   matrices: [input: Float64Array, recurrent: Float64Array][], biases: Float64Array[],
 *   Why: Float64Array, by: Float64Array }} Job
 */

/** @param {any} given @returns {Job} */
function jobOf(given) {
  const { V, H, cell, layers, parameters } = given;
  const { buffer } = new Uint8Array(readFileSync(parameters));
  let offset = 0;
  const next = (/** @type {number} */ length) => {
    const part = new Float64Array(buffer, offset, length);
    offset += part.byteLength;
    return part;
  };
  // Gates of H rows: r z n of a GRU, whose biases are those and n's second; i f g o of an LSTM.
  const gates = /** @type {Record<string, number>} */ ({ rnn: 1, gru: 3, lstm: 4 })[cell] ?? 1;
  const biasCount = cell === "rnn" ? 1 : 4;
  const all = Array.from({ length: layers }, (_, layer) => layer);
  const matrices = all.map((layer) => [
    next(gates * H * (layer === 0 ? V : H)),
    next(gates * H * H),
  ]);
  const Why = next(V * H);
  const biases = all.map(() => next(biasCount * H));
  return { ...given, matrices, Why, biases, by: next(V) };
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
