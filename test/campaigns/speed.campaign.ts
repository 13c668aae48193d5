// Figures that no test asserts: the same step in Node, Chromium and Firefox, in turn, and the time
// from nothing to a model.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contestantOf, prepare, quantile } from "../../src/bench/measure.ts";
import {
  completeConfig,
  corpusOf,
  createModel,
  createWasmEngine,
  type StepRecord,
  splitCorpus,
  TEXT_DEFAULTS,
  Trainer,
} from "../../src/index.ts";
import { coreFile } from "../../src/node/platform.ts";
import { GrowingChain } from "../../src/receipt/chain.ts";
import { WasmEngine } from "../../src/wasm/engine.ts";
import { openLibrary } from "../browser/library.ts";
import { differingBits, normal, recordsOf } from "../support.ts";

const SHAPE = { V: 65, H: 128, T: 50, B: 32 };
const ROUNDS = 15;
const STEPS = 40;
const BLOCKS = 15; // of 100 steps

/** Runs in a worker: µs a step of an engine that stays between calls. */
async function timeInPage([ello, measure]: any[], given: { shape: object; steps: number }) {
  const engine = await ello.createWasmEngine(given.shape, 1);
  measure.prepare(engine);
  const contestant = measure.contestantOf("page", engine);
  contestant.time(given.steps);
  return contestant.time(given.steps);
}

test("the step in Node and in browsers", async () => {
  const engine = await createWasmEngine(SHAPE, 1);
  prepare(engine);
  const here = contestantOf("node", engine);
  here.time(STEPS);
  const pages = [];
  for (const name of ["chrome", "firefox"] as const) {
    pages.push({ name, page: await openLibrary(name), times: [] as number[] });
  }
  const own: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    own.push(await here.time(STEPS));
    for (const { page, times } of pages) {
      const sources = ["src/web/index.ts", "src/bench/measure.ts"];
      times.push(await page.inWorker(sources, timeInPage, { shape: SHAPE, steps: STEPS }));
    }
  }
  console.log(`node ${process.version}: ${quantile(own, 0.5).toFixed(0)} µs a step`);
  for (const { name, times } of pages) {
    const ratios = times.map((value, i) => (own[i] as number) / value);
    const [low, middle, high] = [0.1, 0.5, 0.9].map((share) => quantile(ratios, share).toFixed(2));
    const median = quantile(times, 0.5).toFixed(0);
    console.log(`${name}: ${median} µs a step, ${middle} of Node's speed (${low} – ${high})`);
    expect(times.length).toBe(ROUNDS);
  }
}, 3_600_000);

test("from a file to a model", async () => {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    const module = await WebAssembly.compile(new Uint8Array(readFileSync(coreFile("release"))));
    const engine = await WasmEngine.create(SHAPE, module);
    engine.initialize(1, normal(0.01));
    times.push(performance.now() - began);
  }
  const [first = 0] = times;
  console.log(
    `load, make, initialise H 128: first ${first.toFixed(1)} ms, median ${quantile(times, 0.5).toFixed(1)} ms`,
  );
  expect(times.length).toBe(ROUNDS);
});

test("the chain of a receipt costs at most 1 % at H 128", async () => {
  const config = completeConfig(
    { hiddenSize: 128, epochs: 40, threads: 1, cell: "rnn", valFraction: 0 },
    TEXT_DEFAULTS,
  );
  const text = "the quick brown fox jumps over the lazy dog; she sells sea shells. ".repeat(2000);
  const { training } = splitCorpus(corpusOf(text, config), config);
  for (const every of [10, 100]) {
    const trainers = await Promise.all(
      [0, 1].map(async () => new Trainer(await createModel(training, config), training)),
    );
    const [plain, chained] = trainers as [Trainer, Trainer];
    const none = { every, links: [], changes: [] };
    const chain = GrowingChain.from({
      ...none,
      here: { step: 0, loss: 0, sha256: "0".repeat(64) },
    });
    const runs = trainers.map((trainer) => recordsOf(trainer)[Symbol.iterator]());
    const times: [number[], number[]] = [[], []];
    for (let block = 0; block < BLOCKS; block++) {
      for (const which of block % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        const began = performance.now();
        for (let step = 0; step < 100; step++) {
          const { value } = (runs[which] as Iterator<StepRecord>).next();
          if (which === 1) chain.follow(value, chained);
        }
        if (which === 1) await chain.upTo(chained); // all hashed
        times[which].push(performance.now() - began);
      }
    }
    expect(differingBits(plain.model.engine.parameters, chained.model.engine.parameters)).toBe(0);
    const ratios = times[1]
      .map((time, i) => time / (times[0][i] as number))
      .toSorted((a, b) => a - b);
    const median = ratios[ratios.length >> 1] as number;
    console.log(
      `a link each ${every} steps: ${median.toFixed(4)} of the time without, ${ratios[0]?.toFixed(3)} to ${ratios.at(-1)?.toFixed(3)}`,
    );
    for (const { model } of trainers) model.close();
  }
}, 3_600_000);
