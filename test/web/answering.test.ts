// Right answers by distance: as they are counted one character at a time, by the reference.

import { expect, test } from "vitest";
import { corpusOf, splitCorpus } from "../../src/index.ts";
import { createReference } from "../../src/reference.ts";
import { TEXT_DEFAULTS } from "../../src/settings/check.ts";
import { distancesIn, taskText } from "../../src/tasks/tasks.ts";
import { buildOf } from "../../src/wasm/instantiate.ts";
import type { WorkerCores } from "../../src/web/cores.ts";
import { Answering } from "../../src/web/training/answering.ts";
import { coreBytes, normal, wasmEngine } from "../support.ts";

const ROWS = 16;
const LENGTH = 64;

test("answers are counted as one character after the other gives them, and those whose cause was not read are not", async () => {
  const text = taskText("recall");
  const distances = distancesIn("recall", text);
  const corpus = corpusOf(text, TEXT_DEFAULTS);
  const { validation } = splitCorpus(corpus, { seqLength: 8, batchSize: 1, valFraction: 0.03 });
  const { begin, end } = validation as { begin: number; end: number };
  const { vocabulary, tokens } = corpus;
  const shape = { V: vocabulary.size, H: 6, T: 4, B: 2, cell: "lstm" } as const;
  const engine = await wasmEngine(shape);
  engine.initialize(3, normal(2));
  const cores = {
    get: async () => new WebAssembly.Module(await coreBytes(buildOf("release", shape))),
  };
  const answering = Answering.of(["task:recall"], validation, vocabulary);
  const answers = await answering?.read({ engine }, cores as unknown as WorkerCores, 5);

  const [asked, right] = [new Int32Array(256), new Int32Array(256)];
  const row = Math.floor((end - begin - 1) / ROWS);
  const one = createReference({ ...shape, T: 1, B: 1 });
  one.parameters.set(engine.parameters);
  for (let b = 0; b < ROWS; b++) {
    one.state.fill(0);
    const from = begin + b * row;
    for (let i = 0; i < row - (row % LENGTH); i++) {
      one.inputs[0] = tokens.at(from + i);
      one.targets[0] = tokens.at(from + i + 1);
      one.evaluate();
      const distance = distances[from + i + 1] as number;
      if (distance === 0 || from + i + 1 - distance < from) continue;
      asked[distance] = (asked[distance] as number) + 1;
      if (one.predictions[0] === one.targets[0]) right[distance] = (right[distance] as number) + 1;
    }
  }
  expect(answers).toEqual({ asked, right, step: 5 });
  const sum = (counts: Int32Array) => counts.reduce((all, count) => all + count, 0);
  expect(sum(asked)).toBeGreaterThan(50);
  expect(sum(right)).toBeGreaterThan(0);
  expect(sum(right)).toBeLessThan(sum(asked));
});

test("there are none of a text that is no task, or of which nothing is kept apart", () => {
  const { vocabulary } = corpusOf("abc", TEXT_DEFAULTS);
  expect(Answering.of(["story.txt"], { begin: 0, end: 3 }, vocabulary)).toBeUndefined();
  expect(Answering.of(undefined, undefined, vocabulary)).toBeUndefined();
  expect(Answering.of(["task:recall"], undefined, vocabulary)).toBeUndefined();
});
