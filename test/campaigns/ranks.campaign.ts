// A thread killed 500 times at a random moment of a step: at work, at a barrier, between steps. What is there then
// are the bits of a whole number of steps, and one thread goes on to the bits of a run that lost none.

import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { SGD } from "../../src/engine/optimizer.ts";
import { loadCore } from "../../src/node/platform.ts";
import { WasmEngine } from "../../src/wasm/engine.ts";
import type { RankJob, RankWorker } from "../../src/wasm/rank.ts";
import { differingBits, Numbers, normal } from "../support.ts";

const KILLS = 500;
const RANKS = 3;
const SHAPE = { V: 11, H: 24, T: 6, B: 12 };
const RULE = { ...SGD, clipValue: 5, learningRate: 0.01 };
const PATIENCE = 120; // ms
const LONGEST = 12; // ms until the kill
const MOST_STEPS = 100_000;
const LOST = 4;

// A thread that starts the rank and, from beside it, ends it.
const BESIDE = `
  const { parentPort, workerData, Worker } = require("node:worker_threads");
  const { job, url, delay } = workerData;
  const rank = new Worker(new URL(url), { workerData: job, execArgv: [] });
  rank.once("message", () => {
    parentPort.postMessage("ready");
    setTimeout(() => rank.terminate(), delay);
  });
  rank.on("error", () => {});`;

/** A rank that is killed `delay` ms after it has begun. */
function mortal(job: RankJob, delay: number): RankWorker {
  const url = new URL("../../build/lib/rank-worker-node.js", import.meta.url).href;
  const worker = new Worker(BESIDE, { eval: true, execArgv: [], workerData: { job, url, delay } });
  const ready = new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
  });
  return { ready, terminate: async () => void (await worker.terminate()) };
}

/** The same step again, by one thread that was never in a team. */
async function alone(steps: number): Promise<WasmEngine> {
  const engine = await WasmEngine.create(SHAPE, await loadCore("release"));
  engine.initialize(1, normal(0.1));
  for (let step = 0; step < steps; step++) engine.step(RULE);
  return engine;
}

test(`${KILLS} kills of a thread`, async () => {
  const numbers = new Numbers(17);
  const module = await loadCore("team");
  let lost = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const doomed = 1 + (kill % (RANKS - 1));
    const start = (job: RankJob) =>
      mortal(job, job.rank === doomed ? numbers.between(0, LONGEST) : 600_000);
    const engine = await WasmEngine.createTeam(SHAPE, module, RANKS, start);
    engine.initialize(1, normal(0.1));
    engine.setRule(RULE);
    let steps = 0;
    let code = 0;
    while (code !== LOST && steps < MOST_STEPS) {
      code = engine.core.trainStep(PATIENCE);
      if (code !== LOST) steps++;
    }
    if (code === LOST) lost++;
    const expected = await alone(steps);
    expect(differingBits(engine.parameters, expected.parameters), `${kill}, after ${steps}`).toBe(
      0,
    );
    await engine.disband();
    for (let step = 0; step < 3; step++) engine.step(RULE);
    for (let step = 0; step < 3; step++) expected.step(RULE);
    expect(differingBits(engine.parameters, expected.parameters), `${kill}, gone on`).toBe(0);
    engine.close();
  }
  console.log(`${lost} of ${KILLS} kills were in time to be noticed`);
  expect(lost).toBeGreaterThan(KILLS / 2);
}, 3_600_000);
