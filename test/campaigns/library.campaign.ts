// What the library's calls cost, on a quiet machine: the longest time a server that streams answers nobody, and
// a prediction of one character.

import { monitorEventLoopDelay } from "node:perf_hooks";
import { expect, test } from "vitest";
import {
  corpusOf,
  createModel,
  loadCheckpoint,
  predict,
  sample,
  saveCheckpoint,
  splitCorpus,
  TEXT_DEFAULTS,
} from "../../src/index.ts";

const ALPHABET = Array.from({ length: 65 }, (_, i) => String.fromCharCode(40 + i)).join("");
const LONGEST_GAP = 50; // ms
const LONGEST_PREDICTION = 50; // µs, of a file's weights
const CALLS = 3000;

async function modelOf(cell: "rnn" | "gru" | "lstm", hiddenSize: number) {
  const settings = { ...TEXT_DEFAULTS, cell, hiddenSize };
  const { training } = splitCorpus(corpusOf(ALPHABET.repeat(60), settings), settings);
  return createModel(training, settings);
}

test("three readers of 20,000 characters, each with a prime of 2,000: no gap over 50 ms", async () => {
  const model = await modelOf("gru", 256);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const began = performance.now();
  const texts = [1, 2, 3].map(async (seed) => {
    const prime = ALPHABET.repeat(31).slice(0, 2000);
    for await (const _ of sample(model, { prime, length: 20_000, seed }));
  });
  await Promise.all(texts);
  delay.disable();
  const [gap, mean] = [delay.max / 1e6, delay.mean / 1e6];
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `60,000 characters in ${seconds.toFixed(1)} s; gaps: ${gap.toFixed(1)} ms at most, ${mean.toFixed(1)} ms in the mean`,
  );
  expect(gap).toBeLessThan(LONGEST_GAP);
  model.close();
});

test.each(["rnn", "gru", "lstm"] as const)("predict, %s of 128 units", async (cell) => {
  const model = await modelOf(cell, 128);
  const file = await loadCheckpoint(await saveCheckpoint(model));
  const medians = [];
  for (const source of [file, model]) {
    const times: number[] = [];
    for (let i = 0; i < CALLS; i++) {
      const began = performance.now();
      await predict(source, ALPHABET[i % ALPHABET.length] as string);
      times.push(1000 * (performance.now() - began));
    }
    medians.push(times.toSorted((a, b) => a - b)[CALLS / 2] as number);
  }
  const [ofFile = 0, ofModel = 0] = medians;
  console.log(
    `${cell}: ${ofFile.toFixed(0)} µs of a file's weights, ${ofModel.toFixed(0)} µs of a model's`,
  );
  expect(ofFile).toBeLessThan(LONGEST_PREDICTION);
  model.close();
});
