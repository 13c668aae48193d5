// What a model makes of a text: predict, score and states against PyTorch, and beside training.

import { describe, expect, test } from "vitest";
import { encodeSafetensors } from "../../src/checkpoint/safetensors.ts";
import {
  type Checkpoint,
  ClosedError,
  ConfigError,
  createModel,
  DataError,
  fit,
  hello,
  type Model,
  modelFrom,
  predict,
  sample,
  score,
  states,
  train,
  Utf8Error,
  VocabularyError,
} from "../../src/index.ts";
import { type FixtureWeights, fixture, relativeError } from "../support.ts";

const TOLERANCE = 1e-12;

interface Reading {
  readonly tensors: FixtureWeights;
  readonly ids: number[];
  readonly logits: number[][];
  readonly log_probabilities: number[];
  readonly hidden: number[][][];
  readonly cell?: number[][][];
}

/** The file that PyTorch's tensors would be. */
function fileOf(weights: FixtureWeights): Uint8Array {
  const tensors = Object.entries(weights).map(([name, { shape, data }]) => ({
    name,
    shape,
    data: Float64Array.from(data),
  }));
  return encodeSafetensors({ tensors, metadata: {} });
}

const LETTERS = "gfedcba"; // an order that is not sorted

describe.each(["rnn", "gru", "lstm"])("PyTorch's %s", (name) => {
  const load = async (): Promise<[Reading, Model, string]> => {
    const run = await fixture<Reading>(`reading/${name}.json`);
    const model = await modelFrom(fileOf(run.tensors), { vocabulary: LETTERS });
    return [run, model, run.ids.map((id) => LETTERS[id]).join("")];
  };

  test("predicts the same behind every letter", async () => {
    const [run, model, text] = await load();
    for (const [i, expected] of run.logits.entries()) {
      const { logits, probabilities, likeliest } = await predict(model, text.slice(0, i + 1), {
        count: 3,
      });
      expect(relativeError(logits, expected)).toBeLessThan(TOLERANCE);
      const sum = expected.reduce((total, logit) => total + Math.exp(logit), 0);
      const shares = expected.map((logit) => Math.exp(logit) / sum);
      expect(relativeError(probabilities, shares)).toBeLessThan(TOLERANCE);
      const order = shares.map((_, id) => id).sort((a, b) => shares[b]! - shares[a]!);
      expect(likeliest.map(({ id }) => id)).toEqual(order.slice(0, 3));
      expect(likeliest[0]?.token).toBe(LETTERS[order[0]!]);
      expect(likeliest[0]?.probability).toBe(Math.max(...probabilities));
    }
  });

  test("scores the same, in one go and by ids", async () => {
    const [run, model, text] = await load();
    const found = await score(model, text);
    expect(relativeError(found.logProbabilities, run.log_probabilities)).toBeLessThan(TOLERANCE);
    const mean = -run.log_probabilities.reduce((a, b) => a + b, 0) / (text.length - 1);
    expect(Math.abs(found.loss / mean - 1)).toBeLessThan(TOLERANCE);
    expect(found.bits).toBeCloseTo(mean / Math.log(2), 12);
    expect(found.perplexity).toBeCloseTo(Math.exp(mean), 10);
    expect(found.characters).toBe(text.length - 1);
    expect(await score(model, run.ids)).toEqual(found);
  });

  test("has the same states", async () => {
    const [run, model, text] = await load();
    const found = await states(model, text);
    expect(found.hidden.length).toBe(text.length);
    const flat = (all: readonly (readonly ArrayLike<number>[])[]) =>
      all.flatMap((layers) => layers.flatMap((units) => Array.from(units)));
    expect(relativeError(flat(found.hidden), flat(run.hidden))).toBeLessThan(TOLERANCE);
    expect(found.cell === undefined).toBe(run.cell === undefined);
    if (found.cell) {
      expect(relativeError(flat(found.cell), flat(run.cell!))).toBeLessThan(TOLERANCE);
    }
  });
});

describe("predict", () => {
  test("of a text that grows is that of the whole text, and of one that does not too", async () => {
    const model = await createModel(hello());
    for (const _ of train(model, hello()));
    const fresh = async (text: string) => predict(weightsNow(model), text);
    for (const text of ["h", "he", "he", "hell", "el", "ell", "hello", "h"]) {
      expect(await predict(model, text)).toEqual(await fresh(text));
    }
    const { likeliest } = await predict(model, "hel");
    expect(likeliest[0]?.token).toBe("l");
  });

  test("reads with the weights of the call, and touches no training", async () => {
    const plain = await createModel(hello());
    const read = await createModel(hello());
    const runs = [train(plain, hello()), train(read, hello())].map((run) => run[Symbol.iterator]());
    const seen: number[] = [];
    for (let step = 0; step < 200; step++) {
      for (const run of runs) run.next();
      const { probabilities } = await predict(read, "hel");
      await score(read, "hello");
      await states(read, "hello");
      seen.push(probabilities[read.vocabulary.charToIx.get("l")!]!);
    }
    expect(read.engine.parameters).toEqual(plain.engine.parameters);
    expect(read.engine.state).toEqual(plain.engine.state);
    expect(seen.at(-1)).toBeGreaterThan(seen[0]! + 0.3);
  });

  test("two calls at once do not meddle", async () => {
    const model = await fit("abcabcabdabc".repeat(60), { hiddenSize: 12, epochs: 2, batchSize: 4 });
    const long = "abc".repeat(30_000);
    const [first, second, third] = await Promise.all([
      predict(model, long),
      predict(model, "ab"),
      states(model, "abca"),
    ]);
    expect(second).toEqual(await predict(model, "ab"));
    expect(third).toEqual(await states(model, "abca"));
    expect(first).toEqual(await predict(model, long));
    model.close();
  });

  test("and score and states: with the weights of the call, whatever changes them meanwhile", async () => {
    const calls: ((model: Model) => Promise<unknown>)[] = [
      (model) => predict(model, "hel"),
      (model) => states(model, "hel"),
      (model) => score(model, "hello".repeat(200)),
    ];
    for (const call of calls) {
      const model = await createModel(hello());
      const expected = await call(model); // which makes the engine, too
      const other = await createModel(hello());
      const [first, second, third] = [call(other), call(other), call(model)];
      for (const each of [model, other]) for (const _ of train(each, hello()));
      const last = call(other);
      expect([await first, await second, await third]).toEqual([expected, expected, expected]);
      expect(await last).not.toEqual(expected);
    }
  });

  test("reads as the run did, bytes and texts alike, as score does and a prime", async () => {
    const text = "ab\r\nba\r\n".repeat(60);
    const settings = { hiddenSize: 4, epochs: 1, batchSize: 2, seqLength: 9 };
    const model = await fit(text, { ...settings, normalizeNewlines: true, unknown: "symbol" });
    const bytes = (piece: string) => new TextEncoder().encode(piece);
    const expected = await predict(model, "\nab");
    const first = async (prime: string | Uint8Array) =>
      (await sample(model, { prime, length: 9 }).next()).value;
    const written = await first("\nab");
    for (const piece of ["\r\nab", "\rab", "\ufeff\nab"]) {
      for (const reading of [piece, bytes(piece)]) {
        expect(await predict(model, reading)).toEqual(expected);
        expect((await score(model, reading)).characters).toBe(2);
        expect(await first(reading)).toBe(written);
      }
    }
    expect((await score(model, "aQb")).unknown).toBe(1);
    expect((await predict(model, "aQ")).probabilities).toEqual(
      (await predict(model, "a\ufffd")).probabilities,
    );
    expect(await first("aQ")).toBe(await first("a\ufffd"));
    for (const call of [predict, score, states]) {
      await expect(call(model, Uint8Array.of(97, 255))).rejects.toThrow(Utf8Error);
      for (const none of [undefined, null, 7, {}, ["a"]]) {
        await expect(call(model, none as never)).rejects.toThrow(DataError);
      }
      await expect(call(model, "ab", { unknown: "skp" } as never)).rejects.toThrow(
        'unknown: expected error, skip or symbol, got "skp"',
      );
    }
  });

  test("says what does not fit", async () => {
    const model = await createModel(hello());
    await expect(predict(model, "")).rejects.toThrow(
      "text: expected at least 1 token to go on from, got 0",
    );
    await expect(predict(model, "hex")).rejects.toThrow(VocabularyError);
    await expect(predict(model, [0, 4])).rejects.toThrow(
      "ids: expected integers from 0 to 3, got 4 at position 1",
    );
    await expect(predict(model, [0.5])).rejects.toThrow(VocabularyError);
    await expect(score(model, [0, -1])).rejects.toThrow("got -1 at position 1");
    await expect(predict(model, "h", { count: -1 })).rejects.toThrow(ConfigError);
    await expect(predict(model, "h", { cuont: 1 } as never)).rejects.toThrow(
      "cuont: expected one of count, unknown",
    );
    const misspelt = { unkown: "skip" } as never;
    await expect(score(model, "hell", misspelt)).rejects.toThrow(
      "unkown: expected one of unknown, normalizeNewlines",
    );
    await expect(states(model, "hell", misspelt)).rejects.toThrow("unkown: expected one of unk");
    expect((await predict(model, "hexel", { unknown: "skip" })).likeliest.length).toBe(4);
    model.close();
    for (const call of [predict, score, states]) {
      await expect(call(model, "hell")).rejects.toThrow(ClosedError);
    }
  });
});

/** A model's weights as they are now, in a source of their own. */
function weightsNow({ engine, vocabulary }: Model): Checkpoint {
  const { V, H, cell = "rnn", layers = 1 } = engine.shape;
  return { V, H, cell, layers, parameters: engine.parameters.slice(), vocabulary };
}
