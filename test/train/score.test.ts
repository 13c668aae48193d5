// The score of a text: against a forward pass written out here, and against counting.

import { describe, expect, test } from "vitest";
import { cellOf } from "../../src/engine/cells.ts";
import { parameterCount, type Shape } from "../../src/engine/shape.ts";
import {
  type Checkpoint,
  corpusOf,
  createModel,
  type Engine,
  hello,
  score,
  scoreOn,
  TEXT_DEFAULTS,
  Vocabulary,
  weightsOf,
} from "../../src/index.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { Numbers, wasmEngine } from "../support.ts";

const NEAR = 1e-12; // relative: the same sums in another order, and the platform's exp and tanh

/** A model of a few letters with weights large enough that the state matters far back. */
function modelOf(letters: string, H: number, seed = 3): Checkpoint {
  const vocabulary = new Vocabulary([...letters]);
  const V = vocabulary.size;
  const parameters = new Numbers(seed).fill(new Float64Array(parameterCount({ V, H })), 0.7);
  return { V, H, cell: "rnn", layers: 1, parameters, vocabulary };
}

/** Mean loss and accuracy over all letters but the first, by the equations alone. */
function byHand({ V, H, parameters, vocabulary }: Checkpoint, text: string) {
  const { Wxh, Whh, Why, bh, by } = weightsOf({ shape: { V, H, T: 1, B: 1 }, parameters });
  const ids = (vocabulary as Vocabulary).encode(text);
  const sum = (length: number, term: (k: number) => number) =>
    Array.from({ length }, (_, k) => term(k)).reduce((a, b) => a + b, 0);
  let h = new Array<number>(H).fill(0);
  let loss = 0;
  let correct = 0;
  for (let t = 0; t + 1 < ids.length; t++) {
    const before = h;
    h = before.map((_, i) =>
      Math.tanh(Wxh[i * V + ids[t]!]! + bh[i]! + sum(H, (k) => Whh[i * H + k]! * before[k]!)),
    );
    const logits = Array.from(by, (bias, v) => bias + sum(H, (k) => Why[v * H + k]! * h[k]!));
    const target = ids[t + 1]!;
    loss += Math.log(sum(V, (v) => Math.exp(logits[v]!))) - logits[target]!;
    if (logits.indexOf(Math.max(...logits)) === target) correct++;
  }
  return { loss: loss / (ids.length - 1), accuracy: correct / (ids.length - 1) };
}

/** Letters by chance. */
function textOf(letters: string, length: number): string {
  const numbers = new Numbers(length);
  return Array.from({ length }, () => numbers.pick([...letters])).join("");
}

describe("the score of a text", () => {
  // Chunks are of 256: less than one, one, one more, two and some.
  test.each([2, 3, 256, 257, 258, 513, 700])(
    "of %i letters is that of the equations",
    async (n) => {
      const model = modelOf("abcde", 7);
      const text = textOf("abcde", n);
      const expected = byHand(model, text);
      const { loss, accuracy, characters, unknown } = await score(model, text);
      expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(NEAR);
      expect({ accuracy, characters, unknown }).toEqual({
        accuracy: expected.accuracy,
        characters: n - 1,
        unknown: 0,
      });
    },
  );

  test("is counting where only the last bias speaks", async () => {
    const model = modelOf("ab", 1);
    model.parameters.fill(0).set([Math.log(3), 0], model.parameters.length - 2); // a: 3/4, b: 1/4
    const { loss, accuracy } = await score(model, "baaabaab");
    expect(loss).toBeCloseTo(-(5 * Math.log(3 / 4) + 2 * Math.log(1 / 4)) / 7, 14);
    expect(accuracy).toBe(5 / 7);
  });

  test("is the same to the bit on both engines, and from a model whatever its T and B", async () => {
    const model = modelOf("abcde", 7);
    const corpus = corpusOf(textOf("abcde", 700), TEXT_DEFAULTS, model.vocabulary);
    const part = { tokens: corpus.tokens, begin: 13, end: 690 };
    const onReference = await scoreOn(model, part, async (shape) => new ReferenceEngine(shape));
    const onCore = await scoreOn(model, part, (shape: Shape): Promise<Engine> => wasmEngine(shape));
    expect(onCore).toEqual(onReference);
    expect(onCore.characters).toBe(676);
    const short = await createModel(hello());
    const kept = short.engine.state.slice();
    const found = await score(short, "hello");
    expect(found.characters).toBe(4);
    expect(found.loss).toBeCloseTo(Math.log(4), 3); // weights of 0.01 know nothing yet
    expect(short.engine.state).toEqual(kept);
  });

  test("reads as the run did, and says what it left out", async () => {
    const model = { ...modelOf("ab\n", 3), config: { normalizeNewlines: true } };
    const expected = await score(model, "ab\nba\n");
    expect(await score(model, "ab\r\nba\r")).toEqual(expected);
    await expect(score(model, "abXb")).rejects.toThrow('got "X" (1 times)');
    const skipped = await score(model, "abX\nbXa\n", { unknown: "skip" });
    expect(skipped).toEqual({ ...expected, unknown: 2 });
  });

  test("needs two characters and finite weights", async () => {
    const model = modelOf("ab", 2);
    await expect(score(model, "a")).rejects.toThrow("text: expected at least 2 characters");
    await expect(score(model, "")).rejects.toThrow("got 0; use a longer text");
    const { vocabulary, ...nameless } = model;
    await expect(score(nameless, "ab")).rejects.toThrow("vocabulary: expected one");
    model.parameters.fill(Number.MAX_VALUE);
    await expect(score(model, "ab")).rejects.toThrow("model: expected weights that give a finite");
  });
});

test("engines are closed, also where a score cannot be made; progress counts what is read", async () => {
  const model = modelOf("abc", 4);
  const ids = (model.vocabulary as Vocabulary).encode(textOf("abc", 600));
  const part = { tokens: { at: (i: number) => ids[i] as number }, begin: 0, end: ids.length };
  const engines: Engine[] = [];
  const closed: Engine[] = [];
  const make = async (shape: Shape) => {
    const engine = new ReferenceEngine(shape);
    engines.push(engine);
    return Object.assign(engine, { close: () => void closed.push(engine) });
  };
  const seen: number[] = [];
  await scoreOn(model, part, make, { progress: (done) => seen.push(done) });
  expect(seen).toEqual([256, 512, 599]);
  expect(engines.map(({ shape }) => shape.T)).toEqual([256, 87]);
  expect(closed).toEqual(engines);
  // Two whole chunks: no engine for a rest.
  engines.length = 0;
  await scoreOn(model, { ...part, end: 513 }, make);
  expect(engines.map(({ shape }) => shape.T)).toEqual([256]);
  const broken = { ...model, parameters: model.parameters.map(() => 1e308) };
  await expect(scoreOn(broken, part, make)).rejects.toThrow(
    "expected weights that give a finite loss",
  );
  expect(closed.length).toBe(4);
  await expect(scoreOn(model, { ...part, begin: 5, end: 6 }, make)).rejects.toThrow(
    "one to predict, got 1;",
  );
});

test("of a large model, chunks are shorter: no more numbers at once than memory is meant for", async () => {
  // 2 layers of 3 slots and 2,000 units: 2 ** 22 numbers are 349 time steps; with 8,000, 87.
  const dimensions = { V: 3, H: 8000, cell: "gru", layers: 2 } as const;
  const shapes: number[] = [];
  const make = async ({ T }: Shape): Promise<Engine> => {
    shapes.push(T);
    throw new Error("asked for");
  };
  const part = { tokens: { at: () => 0 }, begin: 0, end: 1000 };
  const weights = { ...dimensions, parameters: new Float64Array(0) };
  await expect(scoreOn(weights, part, make)).rejects.toThrow("asked for");
  const { slots } = cellOf(dimensions);
  expect(shapes).toEqual([Math.floor(2 ** 22 / (2 * slots * 8000))]);
});
