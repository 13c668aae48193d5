// Threads: the same bits for any number of them; a lost one is an error, not a hang, and one goes on.

import { Worker } from "node:worker_threads";
import { describe, expect, onTestFinished, test } from "vitest";
import { momentsOf, SGD } from "../../src/engine/optimizer.ts";
import type { Shape } from "../../src/engine/shape.ts";
import { createWasmEngine, TeamError, type UpdateRule } from "../../src/index.ts";
import { loadCore, startRank } from "../../src/node/platform.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { createReference } from "../../src/reference.ts";
import { WasmEngine } from "../../src/wasm/engine.ts";
import { buildOf } from "../../src/wasm/instantiate.ts";
import type { RankWorker } from "../../src/wasm/rank.ts";
import { patienceFor, threadsFor } from "../../src/wasm/team.ts";
import { run } from "../node/run.ts";
import { differingBits, Numbers, normal } from "../support.ts";

const RULE: UpdateRule = { ...SGD, clipValue: 5, reduction: "sum" };
const ADAM: UpdateRule = { ...SGD, optimizer: "adam", learningRate: 0.01, clipNorm: 0.1 };
const STEPS = 3;

/** An engine on exactly this many threads, closed with the test. */
async function teamEngine(shape: Shape, ranks: number, moments = 0): Promise<WasmEngine> {
  const module = await loadCore(buildOf("team", shape));
  const engine = await WasmEngine.createTeam(shape, module, ranks, startRank, moments);
  onTestFinished(() => engine.close());
  return engine;
}

function cases(): [Shape, number][] {
  const numbers = new Numbers(77);
  const shapes: [number, number, number, number][] = [
    [4, 10, 4, 8],
    [2, 1, 1, 9],
    [65, 64, 12, 40],
    [70, 65, 30, 13],
    [17, 33, 7, 39],
  ];
  while (shapes.length < 16) {
    const integer = (low: number, high: number) => numbers.integer(low, high);
    shapes.push([integer(2, 70), integer(1, 65), integer(1, 20), integer(8, 40)]);
  }
  const plain = shapes.map(([V, H, T, B], i): [Shape, number] => [{ V, H, T, B }, 1 + (i % 4)]);
  const cells = [..."123456789abc"].map((_, i): [Shape, number] => {
    const [V, H, T, B] = [
      numbers.integer(2, 40),
      numbers.integer(1, 40),
      5,
      [8, 13, 40][i % 3] ?? 8,
    ];
    const cell = numbers.pick(["rnn", "gru", "lstm"] as const);
    return [{ V, H, T, B, cell, layers: 1 + (i % 3), drops: i % 2 === 0 }, 1 + (i % 4)];
  });
  // Several spans of the gradients.
  const long: [Shape, number][] = [
    [{ V: 9, H: 11, T: 70, B: 9, cell: "lstm", layers: 2, drops: true }, 3],
    [{ V: 9, H: 11, T: 30, B: 21, cell: "gru", layers: 2, drops: true }, 2],
  ];
  const all = [...plain, ...cells, ...long];
  const single = all.filter((_, i) => i % 3 === 0);
  return [
    ...all,
    ...single.map(([shape, ranks]): [Shape, number] => [{ ...shape, precision: "f32" }, ranks]),
  ];
}

describe("a team has the bits of the reference", () => {
  test.each(cases())("%j on %i threads", async (shape, ranks) => {
    const rule = { ...ADAM, dropout: shape.drops ? 0.3 : 0, seed: 3 };
    const reference = createReference(shape, momentsOf(ADAM));
    const team = await teamEngine(shape, ranks, momentsOf(ADAM));
    expect(team.threads).toBe(ranks);
    const numbers = new Numbers(ranks);
    numbers.fill(reference.parameters, 0.3);
    numbers.fill(reference.state, 1);
    team.parameters.set(reference.parameters);
    team.state.set(reference.state);
    for (let step = 0; step < STEPS; step++) {
      numbers.tokens(reference.inputs, shape.V);
      numbers.tokens(reference.targets, shape.V);
      team.inputs.set(reference.inputs);
      team.targets.set(reference.targets);
      expect(team.step(rule)).toEqual(reference.step(rule));
      expect(differingBits(team.parameters, reference.parameters)).toBe(0);
      expect(differingBits(team.gradients, reference.gradients)).toBe(0);
      expect(differingBits(team.state, reference.state)).toBe(0);
      expect(team.evaluate()).toEqual(reference.evaluate());
      expect(differingBits(team.probabilities(), reference.probabilities())).toBe(0);
    }
  });

  test("also where a loss, a gradient or an update is not finite", async () => {
    const shape = { V: 5, H: 6, T: 3, B: 12 };
    for (const [weight, rule] of [
      [1e308, RULE],
      [1, { ...RULE, learningRate: 1e308 }],
    ] as const) {
      const reference = new ReferenceEngine(shape);
      const team = await teamEngine(shape, 3);
      reference.parameters.fill(weight);
      team.parameters.fill(weight);
      new Numbers(1).tokens(reference.targets, shape.V);
      team.targets.set(reference.targets);
      for (let step = 0; step < STEPS; step++) {
        const { outcome, loss } = reference.step(rule);
        expect(team.step(rule)).toMatchObject({ outcome, loss });
        expect(differingBits(team.parameters, reference.parameters)).toBe(0);
      }
    }
  });
});

describe("a rank that is lost ends the step with an error; the weights are kept, and one goes on", () => {
  const shape = { V: 5, H: 6, T: 3, B: 12 };

  /** A team whose workers the test holds. */
  async function exposedTeam(): Promise<{ engine: WasmEngine; workers: RankWorker[] }> {
    const workers: RankWorker[] = [];
    const engine = await WasmEngine.createTeam(shape, await loadCore("team"), 3, (job) => {
      const worker = startRank({ ...job, patience: 300 });
      workers.push(worker);
      return worker;
    });
    onTestFinished(() => engine.close());
    engine.initialize(1, normal(0.1));
    engine.step(RULE);
    return { engine, workers };
  }

  async function expectLost(engine: WasmEngine): Promise<void> {
    const before = engine.parameters.slice();
    expect(() => engine.step(RULE)).toThrow(TeamError);
    expect(engine.parameters).toEqual(before);
    expect(() => engine.evaluate()).toThrow("threads: expected each to do its part");
    await goesOn(engine);
  }

  /** Goes on with one thread as the reference does, in the same arrays. */
  async function goesOn(engine: WasmEngine): Promise<void> {
    const { parameters, state, inputs, targets } = engine;
    await engine.disband();
    expect(engine.threads).toBe(1);
    const reference = new ReferenceEngine(shape);
    const numbers = new Numbers(5);
    reference.parameters.set(parameters);
    reference.state.set(state);
    for (let step = 0; step < STEPS; step++) {
      numbers.tokens(reference.inputs, shape.V);
      numbers.tokens(reference.targets, shape.V);
      inputs.set(reference.inputs);
      targets.set(reference.targets);
      expect(engine.step(RULE)).toEqual(reference.step(RULE));
      expect(differingBits(parameters, reference.parameters)).toBe(0);
      expect(differingBits(state, reference.state)).toBe(0);
      expect(engine.evaluate()).toEqual(reference.evaluate());
    }
  }

  test("when it dies", async () => {
    const { engine, workers } = await exposedTeam();
    void workers[1]?.terminate();
    await expectLost(engine);
  });

  test("when it dies while it rests: not before it is to take part", async () => {
    const { engine, workers } = await exposedTeam();
    engine.core.setActive(2);
    await workers[1]?.terminate();
    expect(engine.step(RULE).outcome).toBe("done");
    engine.core.setActive(3);
    await expectLost(engine);
  });

  test("when it throws: a token far outside the vocabulary in its rows", async () => {
    const { engine } = await exposedTeam();
    engine.inputs[shape.B - 1] = 1e7;
    await expectLost(engine);
  });

  test("when it stalls: it said that it is ready and never comes", async () => {
    const idle: RankWorker = { ready: Promise.resolve(), terminate: async () => {} };
    const engine = await WasmEngine.createTeam(shape, await loadCore("team"), 3, (job) =>
      job.rank === 2 ? idle : startRank(job),
    );
    onTestFinished(() => engine.close());
    await expectLost(engine);
  });

  test("when rank 0 itself throws", async () => {
    const { engine } = await exposedTeam();
    engine.inputs[0] = 1e7;
    expect(() => engine.step(RULE)).toThrow(WebAssembly.RuntimeError);
    expect(() => engine.step(RULE)).toThrow(TeamError);
    await goesOn(engine);
  });

  test("or when nothing is wrong and the engine is asked to", async () => {
    const { engine } = await exposedTeam();
    await goesOn(engine);
  });

  test("but not before the other threads can write no more", async () => {
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const engine = await WasmEngine.createTeam(shape, await loadCore("team"), 3, (job) => {
      const { ready, terminate } = startRank(job);
      return job.rank === 1
        ? { ready, terminate: () => Promise.all([ended, terminate()]).then(() => {}) }
        : { ready, terminate };
    });
    engine.core.giveUp();
    expect(() => engine.step(RULE)).toThrow(TeamError);
    let isAlone = false;
    const alone = engine.disband().then(() => {
      isAlone = true;
    });
    await new Promise((resolve) => new Worker("", { eval: true }).once("exit", resolve));
    expect(isAlone).toBe(false);
    expect(() => engine.step(RULE)).toThrow(TeamError);
    end();
    await alone;
    await goesOn(engine);
  });
});

test("threads are as many as pay, or as asked, but never more than blocks of four rows", () => {
  const small = { V: 4, H: 10, T: 4, B: 1 };
  const large = { V: 65, H: 128, T: 50, B: 32 };
  expect(threadsFor(small, 0, 8)).toBe(1);
  expect(threadsFor(small, 4, 8)).toBe(1);
  expect(threadsFor({ ...small, B: 32 }, 0, 8)).toBe(1);
  expect(threadsFor(large, 0, 2)).toBe(2);
  expect(threadsFor(large, 0, 64)).toBe(8);
  expect(threadsFor(large, 3, 2)).toBe(3);
  expect(threadsFor({ ...large, B: 7 }, 3, 8)).toBe(1);
  expect(threadsFor({ ...large, B: 8 }, 3, 8)).toBe(2);
  // An order of the core's says for how many ranks it is, in seven bits.
  expect(threadsFor({ ...large, B: 1024 }, 0, 192)).toBe(64);
  expect(patienceFor(small)).toBeLessThan(3100);
  expect(patienceFor(large)).toBeLessThan(4000);
});

test("models made and closed leave no worker and no memory", async () => {
  const shape = { V: 65, H: 64, T: 20, B: 16 };
  const workers = () =>
    process.getActiveResourcesInfo().filter((name) => name === "MessagePort" || name === "Worker")
      .length;
  const before = workers();
  for (let i = 0; i < 40; i++) {
    const engine = await createWasmEngine(shape, 2);
    expect(engine.threads).toBe(2);
    engine.initialize(i, normal(0.1));
    expect(engine.step(RULE).outcome).toBe("done");
    engine.close();
  }
  await new Promise((resolve) => new Worker("", { eval: true }).once("exit", resolve));
  expect(workers()).toBeLessThanOrEqual(before + 1);
});

test("a process with an open team ends when its work is done", async () => {
  const code = `
    import { createWasmEngine, DEFAULTS } from "ello";
    const engine = await createWasmEngine({ V: 5, H: 6, T: 3, B: 12 }, 3);
    console.log(engine.threads, engine.step(DEFAULTS).outcome);
  `;
  const root = new URL("../..", import.meta.url).pathname;
  const outcome = await run(process.execPath, ["--input-type=module", "-e", code], root);
  expect(outcome).toEqual({ code: 0, stdout: "3 done\n", stderr: "" });
});

test("an engine of hello's shape has one thread, whatever is asked", async () => {
  const engine = await createWasmEngine({ V: 4, H: 10, T: 4, B: 1 }, 4);
  expect(engine.threads).toBe(1);
});
