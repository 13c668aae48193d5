// What a text is split into: which characters are trained on, which are held out, none of them both.

import { describe, expect, test } from "vitest";
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

describe("what no step uses is said where it is more than a twentieth", () => {
  test.each([
    [
      3195,
      "1594 of 3195 characters are not trained on: rows of 99 hold 1 × 50; sequences of 49 would leave out 58.",
    ],
    [
      3169,
      "1568 of 3169 characters are not trained on: rows of 99 hold 1 × 50; sequences of 49 would leave out 32.",
    ],
    [3201, undefined], // 32 rows of 100
    [1601, undefined],
    [32 * 1049 + 1, undefined], // 49 of 1049: under a twentieth
    [32 * 999 + 1, undefined],
    [
      32 * 899 + 1,
      "1568 of 28769 characters are not trained on: rows of 899 hold 17 × 50; sequences of 49 would leave out 544.",
    ],
  ])("of %i", (length, note) => {
    const corpus = corpusOf("ab".repeat(length).slice(0, length), RULE);
    const { notes } = splitCorpus(corpus, { seqLength: 50, batchSize: 32, valFraction: 0 });
    expect(notes).toEqual(note === undefined ? [] : [note]);
  });

  test("of every length and shape, in training and validation alike, by counting", () => {
    const corpora = Array.from({ length: 60 }, (_, i) => corpusOf("ab".repeat(i + 1), RULE));
    for (const corpus of corpora) {
      for (const [seqLength, batchSize, valFraction] of [
        [5, 3, 0],
        [7, 2, 0.3],
        [20, 1, 0.5],
        [1, 9, 0],
      ] as const) {
        const split = splitCorpus(corpus, { seqLength, batchSize, valFraction });
        const { training, validation } = split;
        const { length } = corpus.tokens;
        const held = validation ? Math.floor(length * valFraction) : 0;
        for (const [part, characters, use] of [
          [training, length - held, "trained"],
          [validation, held, "evaluated"],
        ] as const) {
          if (!part) continue;
          const { seqLength: T, batchSize: B, stepsPerEpoch } = part;
          const left = characters - 1 - stepsPerEpoch * T * B;
          const said = split.notes.find((one) => one.includes(`are not ${use} on`));
          if (left > 0.05 * (characters - 1)) {
            expect(said).toMatch(`${left} of ${characters} characters are not ${use} on`);
          } else expect(said).toBeUndefined();
          const advised = /sequences of (\d+) would leave out (\d+)/.exec(said ?? "");
          if (!advised) continue;
          const [shorter, better] = [Number(advised[1]), Number(advised[2])];
          const other = splitCorpus(corpusOf("ab".repeat(99).slice(0, characters), RULE), {
            seqLength: shorter,
            batchSize: B,
            valFraction: 0,
          }).training;
          expect(shorter).toBeLessThan(T);
          expect(better).toBeLessThan(left);
          expect(characters - 1 - other.stepsPerEpoch * shorter * B).toBe(better);
        }
      }
    }
  });
});
