// How long a rank waits for another: as long as that gets on, and no longer than its patience otherwise.

import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { PHASES } from "../../src/bench/core.ts";
import { SGD, type UpdateRule } from "../../src/engine/optimizer.ts";
import { loadCore, startRank } from "../../src/node/platform.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { WasmEngine } from "../../src/wasm/engine.ts";
import type { RankJob, RankWorker } from "../../src/wasm/rank.ts";
import { differingBits, normal } from "../support.ts";

const SHAPE = { V: 5, H: 6, T: 3, B: 12 };
const RULE: UpdateRule = { ...SGD, clipValue: 5, reduction: "sum" };
const PATIENCE = 1200; // ms: a rank has five slices of 200 ms to be heard
const SLICES = 6; // of the patience, as in assembly/team.ts
const LOST = 4;

/** How a rank holds up its first work, in terms of what the other one has counted. */
interface Hold {
  /** Slices in vain that the other one counts before this one does a piece of work. */
  readonly slices: number;
  readonly pieces: number;
}

// assembly/team.ts: the shared block is the last of the memory, lines of 16 words: eight, then one for
// each rank, whose words are its work and the slices that it has waited in vain.
const HELD_RANK = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { job, hold, modules } = workerData;
  (async () => {
    const { instantiateCore, measure } = await import(modules + "instantiate.js");
    const { serveRank } = await import(modules + "rank.js");
    const core = await instantiateCore(job.module, job.memory);
    measure(core, job.shape);
    const end = core.memoryBytes(job.moments, job.ranks) / 4;
    const words = new Int32Array(job.memory.buffer);
    const line = (rank) => end - 16 * (job.ranks - rank);
    const silent = line(0) + 1;
    const until = (isSo) => { while (!isSo()) Atomics.wait(words, line(job.rank) + 15, 0, 1); };
    parentPort.postMessage("ready");
for (let piece = 0; piece < hold.pieces; piece++) {
      until(() => Atomics.load(words, silent) >= hold.slices);
      Atomics.add(words, line(job.rank), 1);
      until(() => Atomics.load(words, silent) === 0);
    }
    await serveRank(job, () => {});
  })();`;

/** The outcome of a step on two threads, of which one holds its work up; then the engine. */
async function stepWith(hold: Hold): Promise<[code: number, WasmEngine]> {
  const start = (job: RankJob): RankWorker => {
    const modules = new URL("../../build/wasm/", import.meta.url).href;
    const workerData = { job: { ...job, patience: PATIENCE }, hold, modules };
    const worker = new Worker(HELD_RANK, { eval: true, execArgv: [], workerData });
    const ready = new Promise<void>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    return { ready, terminate: async () => void (await worker.terminate()) };
  };
  const engine = await WasmEngine.createTeam(SHAPE, await loadCore("team"), 2, start);
  onTestFinished(() => engine.close());
  engine.initialize(1, normal(0.1));
  engine.setRule(RULE);
  const code = engine.core.trainStep(PATIENCE);
  return [code, engine];
}

test("a rank that gets on is waited for, past the patience for one that does not", async () => {
  const hold = { slices: 1, pieces: SLICES };
  const [code, { parameters }] = await stepWith(hold);
  expect(code).toBe(0);
  const reference = new ReferenceEngine(SHAPE);
  reference.initialize(1, normal(0.1));
  reference.step(RULE);
  expect(differingBits(parameters, reference.parameters)).toBe(0);
});

test("a rank that does nothing in all slices of the patience is lost", async () => {
  const [code, { parameters }] = await stepWith({ slices: SLICES + 1, pieces: 1 });
  expect(code).toBe(LOST);
  const reference = new ReferenceEngine(SHAPE);
  reference.initialize(1, normal(0.1));
  expect(differingBits(parameters, reference.parameters)).toBe(0);
});

test("a rank says that it gets on in every time step of every phase", async () => {
  const module = await loadCore("team");
  const engine = await WasmEngine.createTeam(SHAPE, module, 2, startRank);
  onTestFinished(() => engine.close());
  engine.setRule(RULE);
  const { core } = engine;
  const { T } = SHAPE;
  const words = new Int32Array(core.memory.buffer);
  const ownWork = core.memoryBytes(0, 2) / 4 - 2 * 16;
  const work = [...PHASES.keys()].map((phase) => {
    const before = words[ownWork] as number;
    core.runPhase(phase);
    return (words[ownWork] as number) - before;
  });
  // Backward has two passes through time; the gradients go through it in spans, of which this is one.
  expect(work).toEqual([0, T, T, T, 2 * T, 1, 0]);
});
