// Writing: the same text everywhere, from the likeliest characters, to the length or the stop.

import { beforeAll, describe, expect, test } from "vitest";
import {
  type Checkpoint,
  corpusOf,
  createModel,
  createWasmEngine,
  loadCheckpoint,
  type SampleOptions,
  sample,
  sampleWith,
  saveCheckpoint,
  splitCorpus,
  TEXT_DEFAULTS,
  train,
  type Vocabulary,
} from "../../src/index.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";

const TEXT = "one two three four five six seven eight nine ten. ".repeat(20);

let checkpoint: Checkpoint;

beforeAll(async () => {
  const config = { ...TEXT_DEFAULTS, hiddenSize: 24, epochs: 30, seqLength: 20, batchSize: 4 };
  const { training } = splitCorpus(corpusOf(TEXT, config), { ...config, valFraction: 0 });
  const model = await createModel(training, { ...config, learningRate: 0.01 });
  for (const _ of train(model, training));
  checkpoint = await loadCheckpoint(await saveCheckpoint(model));
});

async function written(options: SampleOptions): Promise<string> {
  let text = "";
  for await (const piece of sample(checkpoint, options)) text += piece;
  return text;
}

/** The same on the reference. */
function writtenByReference(options: SampleOptions): string {
  const { V, H, cell, parameters, vocabulary } = checkpoint;
  const engine = new ReferenceEngine({ V, H, cell, T: 1, B: 1 });
  engine.parameters.set(parameters);
  if (!vocabulary) throw new Error("no vocabulary");
  return [...sampleWith(engine, vocabulary, options)].join("");
}

describe("a sample", () => {
  test("is what was learned", async () => {
    expect(await written({ prime: "one two th", temperature: 0, length: 30 })).toBe(
      "ree four five six seven eight ",
    );
  });

  test("is the same on both engines for every way to draw, another for another seed", async () => {
    const ways: SampleOptions[] = [
      {},
      { temperature: 2, seed: 7 },
      { temperature: 0.5, topK: 3 },
      { topP: 0.6, temperature: 3 },
      { topK: 4, topP: 0.5, temperature: 5, seed: 2 ** 40 },
    ];
    for (const way of ways) {
      const text = await written({ ...way, length: 120 });
      expect(text).toBe(writtenByReference({ ...way, length: 120 }));
      expect([...text].length).toBe(120);
    }
    expect(await written({ temperature: 3, seed: 1 })).not.toBe(
      await written({ temperature: 3, seed: 2 }),
    );
  });

  test("of the likeliest one alone is greedy", async () => {
    const greedy = await written({ temperature: 0 });
    expect(await written({ topK: 1 })).toBe(greedy);
    expect(await written({ topP: 1e-9 })).toBe(greedy);
  });

  test("ends before the stop text, wherever it begins", async () => {
    const whole = await written({ temperature: 0, prime: "one ", length: 60 });
    for (const stop of ["three", "r f", " ", "ten. one"]) {
      const text = await written({ temperature: 0, prime: "one ", length: 60, stop });
      const at = whole.indexOf(stop);
      expect(text).toBe(at < 0 ? whole : whole.slice(0, at));
    }
  });

  test("refuses what does not fit", async () => {
    await expect(written({ prime: "αβ" })).rejects.toThrow(
      'prime: expected characters of the model\'s vocabulary, got "α" (1 times)',
    );
    expect(await written({ prime: "αone ", unknown: "skip", length: 1 })).toHaveLength(1);
    for (const [option, value] of [
      ["temperature", -1],
      ["topP", 0],
      ["topK", 1.5],
      ["length", -1],
    ]) {
      await expect(written({ [option as string]: value })).rejects.toThrow(`${option}: expected`);
    }
    const { vocabulary, ...nameless } = checkpoint;
    await expect(sample(nameless).next()).rejects.toThrow("vocabulary: expected one");
  });
});

test("weights that change while it writes are those it goes on with, on both engines", async () => {
  const { V, H, cell, parameters, vocabulary } = checkpoint;
  const shape = { V, H, cell, T: 1, B: 1 };
  const engines = [new ReferenceEngine(shape), await createWasmEngine(shape, 1)];
  const texts = engines.map((engine) => {
    engine.parameters.set(parameters);
    let text = "";
    for (const piece of sampleWith(engine, vocabulary as Vocabulary, { length: 60 })) {
      text += piece;
      if (text.length === 20) engine.parameters.fill(0); // from here on any character
    }
    engine.close();
    return text;
  });
  const [expected = ""] = texts;
  expect(texts).toEqual([expected, expected]);
  const kept = writtenByReference({ length: 60 });
  expect(expected.slice(0, 20)).toBe(kept.slice(0, 20));
  expect(expected).not.toBe(kept);
});

test("draws follow the probabilities", () => {
  const engine = new ReferenceEngine({ V: 3, H: 1, T: 1, B: 1 });
  engine.parameters.set([Math.log(5), Math.log(3), Math.log(2)], engine.parameters.length - 3);
  engine.evaluate();
  engine.seedDraws(1);
  const counts = [0, 0, 0];
  for (let i = 0; i < 20_000; i++) {
    const id = engine.draw(0, { temperature: 1, topK: 0, topP: 1 });
    counts[id] = (counts[id] as number) + 1;
  }
  for (const [i, share] of [0.5, 0.3, 0.2].entries()) {
    expect(Math.abs((counts[i] as number) / 20_000 - share)).toBeLessThan(0.015);
  }
});

test("an engine that has another shape, or fewer characters, writes nothing", () => {
  const { vocabulary } = checkpoint;
  const V = vocabulary?.size as number;
  for (const shape of [
    { V: V - 1, H: 1, T: 1, B: 1 },
    { V, H: 1, T: 2, B: 1 },
    { V, H: 1, T: 1, B: 2 },
  ]) {
    const engine = new ReferenceEngine(shape);
    expect(() => [...sampleWith(engine, vocabulary as Vocabulary)]).toThrow(
      `engine: expected V ${V}, T 1, B 1, got V ${shape.V}, T ${shape.T}, B ${shape.B}`,
    );
  }
});
