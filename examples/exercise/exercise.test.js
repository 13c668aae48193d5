// Tests of the exercise against the library's own numbers: node --test examples/exercise/exercise.test.js

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { fit, predict, score } from "ello";

const { SOLUTION: file = "./exercise.js" } = process.env;
const { bitsOf, drawn, tempered } = await import(file);

let model;
before(async () => {
  model = await fit("she sells sea shells. ".repeat(40), {
    hiddenSize: 16,
    batchSize: 4,
    epochs: 4,
  });
});

test("a temperature of 1 changes nothing, a low one makes the likeliest sure", async () => {
  const { probabilities, likeliest } = await predict(model, "she s");
  const same = tempered([...probabilities], 1);
  for (const [id, p] of same.entries()) assert.ok(Math.abs(p - probabilities[id]) < 1e-12);
  assert.ok(tempered([...probabilities], 0.05)[likeliest[0].id] > 0.99);
});

test("a draw falls on every id as often as it is likely", () => {
  const counts = [0, 0, 0];
  for (let i = 0; i < 1000; i++) counts[drawn([0.5, 0.2, 0.3], i / 1000)]++;
  assert.deepEqual(counts, [500, 200, 300]);
});

test("bits are those of the library", async () => {
  const { bits, logProbabilities } = await score(model, "she sells shells");
  assert.ok(Math.abs(bitsOf([...logProbabilities]) - bits) < 1e-12);
});
