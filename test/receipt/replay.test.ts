// A run that was stopped inside an evaluation: its receipt has the step, and not what the evaluation found.

import { expect, test } from "vitest";
import { pairBytes, sha256 } from "../../src/checkpoint/sha256.ts";
import { corpusOf, createModel, splitCorpus, TEXT_DEFAULTS, Trainer } from "../../src/index.ts";
import { parseJson } from "../../src/outside/json.ts";
import { GrowingChain, vocabularySha256 } from "../../src/receipt/chain.ts";
import { finalOf, readReceipt, receiptJson } from "../../src/receipt/receipt.ts";
import { replay } from "../../src/receipt/replay.ts";
import { wholeOf } from "../../src/receipt/segment.ts";

const TEXT = "she sells sea shells by the sea shore. ".repeat(400);
const SETTINGS = {
  ...{ ...TEXT_DEFAULTS, hiddenSize: 6, seqLength: 8, batchSize: 4, epochs: 1, evalEvery: 25 },
  ...{ valFraction: 0.6, threads: 1 },
};

test("it is equal, to the step that was being evaluated", async () => {
  const { training, validation } = splitCorpus(corpusOf(TEXT, SETTINGS), SETTINGS);
  const model = await createModel(training, SETTINGS);
  const trainer = new Trainer(model, training, validation);
  const textSha256 = await sha256(new TextEncoder().encode(TEXT));
  const chain = GrowingChain.begin(trainer, textSha256);
  let record: any;
  let evaluations = 0;
  for (const next of trainer.run()) {
    if (next) {
      record = next;
      chain.follow(next, trainer);
      if (next.validation) evaluations++;
    } else if (evaluations === 1) break; // in the second
  }
  expect(trainer.progress).toMatchObject({ step: 50, pending: { step: 49 } });
  const { engine, vocabulary, config } = model;
  const textBytes = pairBytes({ input: TEXT, target: "" }).length - 1;
  const json = receiptJson({
    ...{ config, unit: vocabulary.unit, vocabulary: vocabulary.ixToChar, textSha256, textBytes },
    vocabularySha256: await vocabularySha256(vocabulary),
    parametersSha256: { final: await sha256(engine.parameters) },
    ...{
      steps: trainer.progress.step,
      final: finalOf(record, undefined),
      best: trainer.progress.best,
    },
    ...{ engine: "wasm", threads: 1, seconds: 1, charsPerSecond: 1 },
    chain: await chain.upTo(trainer),
  });
  const receipt = readReceipt(parseJson(json));
  const again = await createModel(training, SETTINGS);
  const initialSha256 = await sha256(again.engine.parameters);
  const walk = replay(
    receipt,
    { model: again, dataset: training, validation, textBytes, initialSha256 },
    wholeOf(receipt),
  );
  for (;;) {
    const { done, value } = await walk.next();
    if (!done) continue;
    expect(value).toBeUndefined();
    break;
  }
  expect(receipt.final?.epoch).toBe(0);
  expect(receipt.chain.links.at(-1)).not.toHaveProperty("validation");
});
