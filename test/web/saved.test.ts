// A saved run out of the browser's storage: what can go on, and what is refused in words.

import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { saveTraining } from "../../src/checkpoint/training.ts";
import { corpusOf } from "../../src/data/corpus.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { PairDataset } from "../../src/data/pair.ts";
import { splitCorpus } from "../../src/data/text.ts";
import { modelFor } from "../../src/model/create.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { type Config, completeConfig, TEXT_DEFAULTS } from "../../src/settings/check.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { openSaved } from "../../src/web/saved.ts";
import type { Saved } from "../../src/web/storage.ts";
import { SAMPLES, type Sample } from "../../src/web/texts.ts";

const STEPS = 3;
const TEXT = "to be or not to be ".repeat(20);
let good: Saved;
/** The same of a run on a text. */
let onText: Saved;

beforeAll(async () => {
  const config = completeConfig({ hiddenSize: 3, epochs: 9 });
  good = await savedRun(
    "hiddenSize=3&epochs=9",
    config,
    new PairDataset(config.input, config.target),
  );
  // By a version of the page whose defaults for texts were others.
  const tanh = { hiddenSize: 3, cell: "rnn", learningRate: 2e-3, schedule: "constant" } as const;
  const ofText = completeConfig(tanh, TEXT_DEFAULTS);
  const { training } = splitCorpus(corpusOf(TEXT, ofText), ofText);
  onText = await savedRun("text=own&hiddenSize=3", ofText, training);
});

async function savedRun(hash: string, config: Config, dataset: Dataset): Promise<Saved> {
  const model = await modelFor(
    dataset,
    config,
    (_config, shape, moments) => new ReferenceEngine(shape, moments),
  );
  const trainer = new Trainer(model, dataset);
  const records = trainer.run();
  for (let step = 0; step < STEPS; step++) records.next();
  const { state } = trainer;
  const training = await saveTraining(model, { state, textSha256: "", history: {}, logs: {} });
  return { hash, training, step: STEPS, altered: false, savedAt: 1 };
}

test("a run that this page saved", async () => {
  expect(await openSaved(good, { text: undefined, model: undefined })).toEqual({
    setting: { text: undefined, changes: { hiddenSize: 3, epochs: 9 } },
    stopped: good.training,
    model: undefined,
    altered: false,
    step: STEPS,
  });
  expect((await openSaved(good, undefined)).step).toBe(STEPS);
});

test("on a text of one's own, and on a sample that has changed since", async () => {
  const text = { name: "a.txt", bytes: new Blob(["abc"]) };
  const own = await openSaved({ ...onText, hash: "text=own" }, { text });
  expect(own.setting.text).toBe(text);
  const changed = await openSaved({ ...onText, hash: "text=words" }, { text });
  expect(changed.setting.text).toBe(text);
  const words = SAMPLES.find(({ name }) => name === "words");
  const same = { name: "words.txt", bytes: new Blob([(await words?.text()) ?? ""]) };
  expect((await openSaved({ ...onText, hash: "text=words" }, { text: same })).setting.text).toBe(
    words,
  );
});

test("on a sample that cannot be loaded: its text was kept with it", async () => {
  const words = SAMPLES.find(({ name }) => name === "words") as Sample;
  const missing = vi.spyOn(words, "text").mockRejectedValue(new RangeError("text: got none"));
  onTestFinished(() => missing.mockRestore());
  const text = { name: "words.txt", bytes: new Blob(["abc"]) };
  const { setting } = await openSaved({ ...onText, hash: "text=words" }, { text });
  expect(setting.text).toBe(text);
});

test("of a page with other defaults, as it was trained", async () => {
  const text = { name: "a.txt", bytes: new Blob([TEXT]) };
  const { setting } = await openSaved(onText, { text });
  // A short text has fewer rows: that is no setting of the visitor's.
  expect(setting.changes).toEqual({
    ...{ hiddenSize: 3, cell: "rnn", learningRate: 2e-3, schedule: "constant" },
  });
});

test.each<[string, () => unknown, unknown, RegExp]>([
  ["null", () => null, undefined, /^hash: expected a setting's link, got nothing$/],
  ["a newer version's", () => ({ version: 9 }), undefined, /^hash: expected/],
  ["a word", () => "run", undefined, /^hash: expected/],
  [
    "one without its state",
    () => ({ ...good, training: undefined }),
    undefined,
    /^training: expected a stopped run's file, got undefined$/,
  ],
  ["an empty state", () => ({ ...good, training: new Uint8Array() }), undefined, /^file: expected/],
  [
    "a state with a bit changed",
    () => {
      const training = good.training.slice();
      training[training.length - 1] = (training.at(-1) ?? 0) ^ 1;
      return { ...good, training };
    },
    undefined,
    /^__metadata__\.tensorsSha256: expected/,
  ],
  ["another step", () => ({ ...good, step: 7 }), undefined, /^step: expected 3, .*, got 7$/],
  ["no step", () => ({ ...good, step: -7.5 }), undefined, /^step: expected 3, .*, got -7\.5$/],
  ["altered: a word", () => ({ ...good, altered: "no" }), undefined, /^altered: expected/],
  [
    "a strange setting",
    () => ({ ...good, hash: "text=novel" }),
    undefined,
    /^text: expected source/,
  ],
  ["no text", () => ({ ...good, hash: "text=own" }), undefined, /^text: expected the one it is on/],
  ["a text without bytes", () => good, { text: { name: "a" } }, /^text: expected none, or a name/],
  [
    "a model that is none",
    () => good,
    { model: "m" },
    /^model: expected none, or a file, got string$/,
  ],
])("refuses %s", async (_what, record, materials, message) => {
  await expect(openSaved(record(), materials)).rejects.toThrow(message);
  await expect(openSaved(record(), materials)).rejects.not.toBeInstanceOf(TypeError);
});
