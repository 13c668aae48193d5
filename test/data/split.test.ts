// What a text is split into: which characters are trained on, which are held out, none of them both.

import { expect, test } from "vitest";
import { corpusOf, splitCorpus, type TextDataset } from "../../src/index.ts";

const RULE = {
  unit: "codepoint",
  minCount: 1,
  unknown: "error",
  normalizeNewlines: false,
} as const;

/** Positions of a text of distinct characters that a dataset reads or predicts. */
function positionsOf(dataset: TextDataset): { read: number[]; predicted: number[] } {
  const { seqLength: T, batchSize: B, stepsPerEpoch } = dataset;
  const read: number[] = [];
  const predicted: number[] = [];
  for (let step = 0; step < stepsPerEpoch; step++) {
    const [inputs, targets] = [new Int32Array(T * B), new Int32Array(T * B)];
    dataset.load(step, inputs, targets);
    read.push(...inputs);
    predicted.push(...targets);
  }
  const ascending = (positions: number[]) => positions.sort((a, b) => a - b);
  return { read: ascending(read), predicted: ascending(predicted) };
}

test.each([
  [1000, 0.1, 900],
  [1000, 0.25, 750],
  [997, 0.2, 798], // a tail of 199
])(
  "of %i characters with a fraction of %d, those from %i on are held out",
  (length, share, from) => {
    const text = Array.from({ length }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("");
    const asked = { seqLength: 7, batchSize: 3, valFraction: share };
    const { training, validation } = splitCorpus(corpusOf(text, RULE), asked);
    const trained = positionsOf(training);
    const held = positionsOf(validation as TextDataset);
    expect([trained.read[0], held.read[0]]).toEqual([0, from]);
    expect(trained.predicted.at(-1)).toBeLessThan(from);
    // Nothing is predicted twice, and what is left out is less than a step and its rows.
    for (const [{ predicted }, characters] of [
      [trained, from],
      [held, length - from],
    ] as const) {
      expect(new Set(predicted).size).toBe(predicted.length);
      expect(characters - predicted.length).toBeLessThanOrEqual(7 * 3 + 3);
    }
  },
);
