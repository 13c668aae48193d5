// Training in one call, and on as text comes.

import { describe, expect, test } from "vitest";
import {
  ClosedError,
  ConfigError,
  corpusOf,
  createModel,
  DivergenceError,
  fit,
  learn,
  modelFrom,
  predict,
  type StepRecord,
  sampleIds,
  saveCheckpoint,
  score,
  sequenceOf,
  splitCorpus,
  Trainer,
  train,
  VocabularyError,
} from "../../src/index.ts";
import { allOf } from "../support.ts";

const TEXT = "she sells sea shells by the sea shore. ".repeat(30);
const SMALL = { hiddenSize: 12, batchSize: 4, seqLength: 20, epochs: 3 };

describe("fit", () => {
  test("is the three steps in one, with the weights that did best", async () => {
    const records: StepRecord[] = [];
    const model = await fit(TEXT, SMALL, { onRecord: (record) => records.push(record) });
    const { training, validation } = splitCorpus(corpusOf(TEXT, model.config), model.config);
    const other = await createModel(training, SMALL);
    const trainer = new Trainer(other, training, validation);
    const steps = [...trainer.run()].filter((record) => record !== undefined);
    expect(records.map(({ loss }) => loss)).toEqual(steps.map(({ loss }) => loss));
    expect(model.engine.parameters).toEqual(trainer.bestParameters);
    expect(model.config).toEqual(other.config);
    expect(model.config).toMatchObject({ ...SMALL, cell: "gru", optimizer: "adam" });
    expect(model.notes).toEqual(training.notes);
  });

  test("takes bytes, several texts and a corpus", async () => {
    const once = await fit(TEXT, SMALL);
    const half = 400;
    const bytes = new TextEncoder().encode(TEXT);
    for (const data of [
      bytes,
      [TEXT.slice(0, half), bytes.subarray(half)],
      corpusOf(TEXT, once.config),
    ]) {
      expect((await fit(data, SMALL)).engine.parameters).toEqual(once.engine.parameters);
    }
  });

  test("says what it did otherwise than asked, as the three steps do", async () => {
    const short = TEXT.slice(0, 60);
    const settings = { hiddenSize: 4, epochs: 1, unknown: "skip", minCount: 2 } as const;
    const model = await fit(short, settings);
    expect(model.config.batchSize).toBe(1);
    expect(model.notes).toEqual([
      "6 unknown characters were left out.",
      "The text is too short to keep a part for validation.",
      "The text of 54 characters is short: training on sequences of 50 in 1 (asked 32) rows.",
      "3 of 54 characters are not trained on: rows of 53 hold 1 × 50; sequences of 26 would leave out 1.",
    ]);
    const { training } = splitCorpus(corpusOf(short, model.config), model.config);
    expect((await createModel(training, settings)).notes).toEqual(training.notes);
    expect(training.notes.at(-1)).toContain("not trained on");
  });

  test("a signal ends it after a step, and the model is what the steps made", async () => {
    const controller = new AbortController();
    const onRecord = ({ step }: StepRecord) => {
      if (step === 4) controller.abort();
    };
    const settings = { ...SMALL, valFraction: 0 };
    const model = await fit(TEXT, settings, { onRecord, signal: controller.signal });
    const { training } = splitCorpus(corpusOf(TEXT, model.config), model.config);
    const other = await createModel(training, settings);
    for (const { step } of train(other, training)) if (step === 4) break;
    expect(model.engine.parameters).toEqual(other.engine.parameters);
    const steps = 3 * training.stepsPerEpoch;
    expect(model.notes.at(-1)).toBe(`Stopped after 5 of ${steps} steps.`);
    const never = await fit(TEXT, SMALL, { signal: AbortSignal.abort() });
    expect(never.notes.at(-1)).toContain("Stopped after 0 of ");
  });

  test("stopped before its end it keeps the weights of its last step, not of its best", async () => {
    const controller = new AbortController();
    const onRecord = ({ step }: StepRecord) => {
      if (step === 14) controller.abort();
    };
    const model = await fit(TEXT, SMALL, { onRecord, signal: controller.signal });
    const { training, validation } = splitCorpus(corpusOf(TEXT, model.config), model.config);
    const other = await createModel(training, SMALL);
    for (const { step } of train(other, training, { validation })) if (step === 14) break;
    expect(model.engine.parameters).toEqual(other.engine.parameters);
  });

  test("a corpus is as it was read, and settings that say otherwise are refused", async () => {
    const rule = {
      unit: "codepoint",
      unknown: "symbol",
      minCount: 5,
      normalizeNewlines: true,
    } as const;
    const corpus = corpusOf(`${TEXT}QZ\r\n`, rule);
    const model = await fit(corpus, SMALL);
    expect(model.config).toMatchObject(rule);
    expect(model.notes[0]).toBe("3 unknown characters were replaced by the symbol.");
    await expect(fit(corpus, { ...SMALL, minCount: 1 })).rejects.toThrow(
      "minCount: expected 5, as the corpus was read, got 1; leave it out",
    );
    const ids = sequenceOf([0, 1, 2, 1].concat(...Array(50).fill([0, 1])), { size: 3 });
    await expect(fit(ids, { ...SMALL, unit: "byte" })).rejects.toThrow("unit: expected codepoint");
    for (const none of [[1, 2], undefined, 7, new ArrayBuffer(3)]) {
      await expect(fit(none as never, SMALL)).rejects.toThrow(
        /^data: expected a text.*sequenceOf$/,
      );
    }
  });

  test("two at once end as each alone", async () => {
    const alone = [await fit(TEXT, SMALL), await fit(TEXT, { ...SMALL, seed: 7 })];
    const both = await Promise.all([fit(TEXT, SMALL), fit(TEXT, { ...SMALL, seed: 7 })]);
    for (const [i, { engine }] of both.entries()) {
      expect(engine.parameters).toEqual(alone[i]?.engine.parameters);
    }
  });

  test("refuses what does not fit", async () => {
    await expect(fit("a", SMALL)).rejects.toThrow(VocabularyError);
    await expect(fit(TEXT, { hidden: 3 } as never)).rejects.toThrow("hidden: expected one of");
    await expect(fit(TEXT, SMALL, { onrecord: () => {} } as never)).rejects.toThrow(
      "onrecord: expected one of onRecord, signal",
    );
    await expect(fit(TEXT, { ...SMALL, momentum: 0.9 })).rejects.toThrow(ConfigError);
    const onRecord = () => {
      throw new TypeError("mine");
    };
    await expect(fit(TEXT, SMALL, { onRecord })).rejects.toThrow("mine");
  });
});

describe("a corpus takes the defaults of a text", () => {
  test("createModel too", async () => {
    const { training } = splitCorpus(corpusOf(TEXT, (await fit(TEXT, SMALL)).config), {
      ...SMALL,
      valFraction: 0,
    });
    const { config } = await createModel(training, { hiddenSize: 8 });
    expect(config).toMatchObject({ cell: "gru", optimizer: "adam", hiddenSize: 8, epochs: 7 });
  });
});

describe("sequences that are no text", () => {
  const names = ["C4", "E4", "G4", "rest"];
  const ids = Array.from({ length: 800 }, (_, i) => [0, 1, 2, 1][i % 4] as number);

  test("unknown names are what the rule makes of them", async () => {
    const model = await fit(sequenceOf(ids, { size: 4, names }), SMALL);
    const found = await score(model, "C4 X4 E4 G4", { unknown: "skip" });
    expect([found.characters, found.unknown]).toEqual([2, 1]);
    await expect(score(model, "C4 X4")).rejects.toThrow('got "X4" at position 1');
    const opened = await modelFrom(await saveCheckpoint(model), { vocabulary: names });
    expect(opened.vocabulary.unit).toBe("token");
  });

  test("train, predict, score, write and come back from a file", async () => {
    const model = await fit(sequenceOf(ids, { size: 4, names }), { ...SMALL, epochs: 20 });
    const { likeliest } = await predict(model, [0, 1, 2]);
    expect(likeliest[0]).toMatchObject({ token: "E4", id: 1 });
    expect(await predict(model, "C4 E4 G4")).toEqual(await predict(model, [0, 1, 2]));
    expect((await score(model, ids.slice(0, 100))).accuracy).toBeGreaterThan(0.95);
    const options = { prime: [0, 1, 2, 1], length: 6, temperature: 0 };
    const written = await allOf(sampleIds(model, options));
    expect(written).toEqual([0, 1, 2, 1, 0, 1]);
    const opened = await modelFrom(await saveCheckpoint(model));
    expect(opened.vocabulary).toEqual(model.vocabulary);
    expect(await predict(opened, "C4 E4 G4")).toEqual(await predict(model, "C4 E4 G4"));
    expect(model.vocabulary.decode([0, 3])).toBe("C4 rest");
  });

  test("are numbers where they have no names", async () => {
    const { vocabulary } = sequenceOf(ids, { size: 300 });
    expect(vocabulary.size).toBe(300);
    expect(vocabulary.decode([0, 299])).toBe("0 299");
  });

  test("refuse what is outside", () => {
    expect(() => sequenceOf([0, 1, 4], { size: 4 })).toThrow(
      "ids: expected integers from 0 to 3, got 4 at position 2",
    );
    expect(() => sequenceOf([0, 1], { size: 1 })).toThrow("size: expected an integer from 2");
    expect(() => sequenceOf([0, 1], { size: 2, names: ["a"] })).toThrow("names: expected 2");
    expect(() => sequenceOf([0, 1], { size: 2, names: ["a", "b c"] })).toThrow('got "b c"');
    expect(() => sequenceOf([0, 1], { size: 2, names: ["a", "a"] })).toThrow("got one twice");
    expect(() => corpusOf([0, 1] as never, SMALL as never)).toThrow("use sequenceOf");
  });
});

describe("learn", () => {
  const settings = { hiddenSize: 8, batchSize: 1, seqLength: 10, valFraction: 0 };
  const start = () => fit(TEXT.slice(0, 200), { ...settings, epochs: 1 });

  test("by pieces of any size ends where the whole does", async () => {
    const [once, pieces, atOnce] = [await start(), await start(), await start()];
    const text = TEXT.slice(0, 333);
    const whole = await learn(once, text);
    expect(whole).toMatchObject({ steps: 33, waiting: 2 });
    let steps = 0;
    for (let at = 0, size = 1; at < text.length; at += size++) {
      const found = await learn(pieces, text.slice(at, at + size));
      steps += found.steps;
      expect(found.loss === undefined).toBe(found.steps === 0);
    }
    expect(steps).toBe(33);
    const third = [text.slice(0, 111), text.slice(111, 222), text.slice(222)];
    await Promise.all(third.map((piece) => learn(atOnce, piece)));
    for (const { engine } of [pieces, atOnce]) {
      expect(engine.parameters).toEqual(once.engine.parameters);
      expect(engine.state).toEqual(once.engine.state);
    }
  });

  test("learns", async () => {
    const model = await start();
    const first = await learn(model, "the quick sea. ".repeat(20).replaceAll(/[quick]/g, ""));
    const later = await learn(model, "the quick sea. ".repeat(20).replaceAll(/[quick]/g, ""));
    expect(later.loss).toBeLessThan(0.9 * (first.loss as number));
  });

  test("refuses what does not fit", async () => {
    const model = await start();
    await expect(learn(model, "she X")).rejects.toThrow(VocabularyError);
    await expect(learn(model, "she", { rate: 1 } as never)).rejects.toThrow("rate: expected one");
    await expect(learn(model, "she", { learningRate: -1 })).rejects.toThrow("learningRate: exp");
    model.engine.parameters.fill(Number.NaN);
    await expect(learn(model, TEXT)).rejects.toThrow(DivergenceError);
    model.close();
    await expect(learn(model, TEXT)).rejects.toThrow(ClosedError);
    const wide = await fit(TEXT, SMALL);
    await expect(learn(wide, TEXT)).rejects.toThrow("batchSize: expected a model of 1 row");
  });
});
