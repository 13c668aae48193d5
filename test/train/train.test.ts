// `train` as a program uses it: at once or in turns, with a signal that ends it.

import { expect, test } from "vitest";
import {
  completeConfig,
  corpusOf,
  createModel,
  evaluate,
  hello,
  splitCorpus,
  TEXT_DEFAULTS,
  train,
} from "../../src/index.ts";

test("for await gives other work its turns, and the same weights", async () => {
  const [one, other] = [await createModel(hello()), await createModel(hello())];
  for (const _ of train(one, hello()));
  let turns = 0;
  let training = true;
  const beat = () => {
    turns++;
    if (training) setTimeout(beat);
  };
  beat();
  const steps: number[] = [];
  for await (const { step } of train(other, hello())) {
    steps.push(step);
    const until = performance.now() + 0.2; // a busy consumer
    while (performance.now() < until);
  }
  training = false;
  expect(steps.length).toBe(1000);
  expect(turns).toBeGreaterThan(2);
  expect(other.engine.parameters).toEqual(one.engine.parameters);
});

test("a signal ends the run after the step in work", async () => {
  for (const kind of ["sync", "async"]) {
    const model = await createModel(hello());
    const controller = new AbortController();
    const run = train(model, hello(), { signal: controller.signal });
    let last = -1;
    const see = ({ step }: { step: number }) => {
      last = step;
      if (step === 7) controller.abort();
    };
    if (kind === "sync") for (const record of run) see(record);
    else for await (const record of run) see(record);
    expect([last, run.trainer.progress.step]).toEqual([7, 8]);
    for (const _ of train(model, hello(), { signal: controller.signal })) expect.unreachable();
  }
});

test("validation on the way is what evaluate says after", async () => {
  const config = completeConfig(
    { hiddenSize: 8, seqLength: 6, batchSize: 3, epochs: 2 },
    TEXT_DEFAULTS,
  );
  const corpus = corpusOf("a bird in the hand is worth two in the bush. ".repeat(10), config);
  const { training, validation } = splitCorpus(corpus, config);
  if (!validation) throw new Error("no validation");
  const model = await createModel(training, config);
  let found: number | undefined;
  for (const record of train(model, training, { validation })) found = record.validation?.loss;
  const state = model.engine.state.slice();
  expect(evaluate(model, validation).loss).toBe(found);
  expect(state.some((value) => value !== 0)).toBe(true);
});
