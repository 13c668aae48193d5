// A million small steps with validation and curves: memory stays where it was.

import { expect, test } from "vitest";
import { History } from "../../src/curves/history.ts";
import {
  completeConfig,
  corpusOf,
  createModel,
  splitCorpus,
  TEXT_DEFAULTS,
  Trainer,
} from "../../src/index.ts";
import { recordsOf } from "../support.ts";

const STEPS = 1_000_000;
const EVERY = 100_000;
const MIB = 2 ** 20;
const ALLOWED_MIB = 40;

test(`${STEPS} steps`, async () => {
  const config = completeConfig(
    { hiddenSize: 8, seqLength: 6, batchSize: 2, epochs: STEPS, learningRate: 1e-3 },
    TEXT_DEFAULTS,
  );
  const corpus = corpusOf("the cat sat on the mat and the dog on the log. ".repeat(8), config);
  const { training, validation } = splitCorpus(corpus, config);
  const model = await createModel(training, config);
  const trainer = new Trainer(model, training, validation);
  const history = new History();
  const resident: number[] = [];
  const { buffer } = model.engine.parameters;
  for (const record of recordsOf(trainer)) {
    history.append(record);
    if (trainer.progress.step % EVERY === 0) resident.push(process.memoryUsage.rss() / MIB);
    if (trainer.progress.step === STEPS) break;
  }
  console.log(
    `resident MiB after each ${EVERY}: ${resident.map((mib) => mib.toFixed(0)).join(" ")}`,
  );
  expect(model.engine.parameters.buffer).toBe(buffer);
  expect(history.columns.step.length).toBeLessThanOrEqual(20_001);
  expect((resident.at(-1) as number) - (resident[0] as number)).toBeLessThan(ALLOWED_MIB);
}, 3_600_000);
