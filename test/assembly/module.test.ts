// The compiled core as a module: what it imports, how it lays out and guards its memory.

import { expect, onTestFinished, test } from "vitest";
import { momentsOf, SGD, type UpdateRule } from "../../src/engine/optimizer.ts";
import { parameterCount, parametersOf } from "../../src/engine/shape.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { WasmEngine } from "../../src/wasm/engine.ts";
import { instantiateCore, measure } from "../../src/wasm/instantiate.ts";
import { coreBytes, Numbers, normal, wasmEngine } from "../support.ts";

const SIZE_LIMIT = 40 * 1024; // bytes of the release build
const ADAM: UpdateRule = { ...SGD, optimizer: "adam", clipNorm: 1 };
const SHAPE = { V: 7, H: 5, T: 3, B: 3 };

test("the release core imports nothing, the debug core only abort", async () => {
  const imports = async (build: "release" | "debug") =>
    WebAssembly.Module.imports(await WebAssembly.compile(await coreBytes(build)));
  expect(await imports("release")).toEqual([]);
  expect(await imports("debug")).toEqual([{ module: "env", name: "abort", kind: "function" }]);
});

test("an engine without SIMD is told which have it", async () => {
  const { validate } = WebAssembly;
  onTestFinished(() => void Object.assign(WebAssembly, { validate }));
  Object.assign(WebAssembly, { validate: () => false });
  await expect(wasmEngine(SHAPE)).rejects.toThrow("an engine with SIMD (Chrome 91, Firefox 89");
});

test(`the release core is at most ${SIZE_LIMIT} bytes`, async () => {
  expect((await coreBytes("release")).length).toBeLessThanOrEqual(SIZE_LIMIT);
});

test("memory keeps its identity through initialising, training and evaluating", async () => {
  const engine = await wasmEngine({ V: 65, H: 64, T: 20, B: 8 });
  const { memory } = engine.core;
  const { buffer } = memory;
  engine.initialize(1, normal(0.1));
  for (let i = 0; i < 5; i++) engine.step(SGD);
  engine.evaluate();
  expect(memory.buffer).toBe(buffer);
});

test("the core's list of tensors is the host's", async () => {
  const core = await instantiateCore(await coreBytes("release"));
  for (const cell of ["rnn", "gru", "lstm"] as const) {
    for (const layers of [1, 2, 8]) {
      const shape = { V: 7, H: 5, T: 3, B: 2, cell, layers };
      measure(core, shape);
      core.memoryBytes(0, 1);
      const expected = parametersOf(shape);
      expect(core.tensorCount()).toBe(expected.length);
      for (const [i, { shape, offset }] of expected.entries()) {
        const [rows, columns] = shape.length === 2 ? shape : [1, ...shape];
        const own = [core.tensorRows(i), core.tensorColumns(i), core.tensorOffset(i)];
        expect(own, `${cell} ${layers} ${i}`).toEqual([rows, columns, offset]);
      }
    }
  }
});

test("memory asked for is what a model takes, rounded up to pages", async () => {
  for (const [V, H, T, B] of [
    [4, 10, 4, 1],
    [65, 128, 50, 32],
  ] as const) {
    const core = await instantiateCore(await coreBytes("release"));
    measure(core, { V, H, T, B });
    const bytes = core.memoryBytes(3, 1);
    expect(core.reserve(3, 1)).toBeTruthy();
    const { byteLength } = core.memory.buffer;
    expect(byteLength).toBeGreaterThanOrEqual(bytes);
    expect(byteLength - bytes).toBeLessThan(65536);
    expect(bytes).toBeGreaterThan(32 * parameterCount({ V, H }));
  }
});

test("a model over 4 GiB is refused with its size, by the reference too", async () => {
  expect(() => new ReferenceEngine({ V: 65, H: 4096, T: 4096, B: 64 })).toThrow(
    /memory: expected a model that fits into memory, at most 4 GiB, got \d+\.\d GiB/,
  );
  const bytes = await coreBytes("release");
  await expect(WasmEngine.create({ V: 65, H: 4096, T: 4096, B: 64 }, bytes)).rejects.toThrow(
    /memory: expected a model that fits into memory, at most 4 GiB, got \d+\.\d GiB/,
  );
});

test("guard words are intact after every call, and one stray byte around any buffer is noticed", async () => {
  const engine = await wasmEngine(SHAPE, "debug", momentsOf(ADAM));
  const { core } = engine;
  const numbers = new Numbers(3);
  numbers.fill(engine.parameters, 1);
  numbers.tokens(engine.inputs, SHAPE.V);
  numbers.tokens(engine.targets, SHAPE.V);
  core.initialize(1, 2, 2, 0.5, 0);
  engine.step(ADAM);
  engine.draw(0, { temperature: 0.5, topK: 2, topP: 0.5 });
  core.evaluate(0, 0);
  expect(core.brokenGuard()).toBe(-1);

  const memory = new Uint8Array(core.memory.buffer);
  const { H, T, B } = SHAPE;
  const N = 2 * Math.ceil(parameterCount(SHAPE) / 2); // buffers of numbers are even
  const Vq = 8;
  const Hq = 8; // H rounded up to a multiple of four
  const ends = {
    parameters: 8 * N,
    gradients: 8 * N,
    firstMoment: 8 * N,
    secondMoment: 8 * N,
    rule: 8 * 18,
    inputs: 4 * T * B,
    targets: 4 * T * B,
    state: 16 * Math.ceil((B * H) / 2),
    hidden: 8 * (T + 1) * B * Hq,
    predictions: 4 * T * B,
    losses: 16 * Math.ceil((T * B) / 2),
    dLogits: 8 * T * B * Vq,
    dHidden: 8 * T * B * Hq,
    statistics: 8 * 4, // three, rounded up to pairs
    generator: 4 * 12,
  };
  const found = new Set<number>();
  for (const [name, length] of Object.entries(ends)) {
    const begin = core[name as keyof typeof ends].value;
    for (const stray of [begin + length, begin + length + 63]) {
      const before = memory[stray] as number;
      memory[stray] = before ^ 1;
      expect(core.brokenGuard(), `${name} + ${stray - begin}`).toBeGreaterThan(0);
      found.add(core.brokenGuard());
      memory[stray] = before;
    }
    expect(core.brokenGuard()).toBe(-1);
  }
  expect(found.size).toBe(Object.keys(ends).length);
  const first = core.parameters.value - 1;
  memory[first]! ^= 1;
  expect(core.brokenGuard()).toBe(0);
});

test("the debug core asserts that token ids are in the vocabulary", async () => {
  const engine = await wasmEngine(SHAPE, "debug");
  engine.initialize(1, normal(0.1));
  engine.inputs[0] = SHAPE.V;
  expect(() => engine.evaluate()).toThrow(/abort/);
});
