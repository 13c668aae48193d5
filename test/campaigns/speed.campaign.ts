// Figures that no test asserts: the same step in Node, Chromium and Firefox, in turn, and the time
// from nothing to a model.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contestantOf, prepare, quantile } from "../../src/bench/measure.ts";
import { createWasmEngine } from "../../src/index.ts";
import { coreFile } from "../../src/node/platform.ts";
import { WasmEngine } from "../../src/wasm/engine.ts";
import { openLibrary } from "../browser/library.ts";
import { normal } from "../support.ts";

const SHAPE = { V: 65, H: 128, T: 50, B: 32 };
const ROUNDS = 15;
const STEPS = 40;

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
