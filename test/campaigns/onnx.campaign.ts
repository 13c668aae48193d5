// ONNX files against onnxruntime: every cell, 1 to 3 layers, any number of time steps and rows, states in and
// out, within 1e-6; and the very files that the tests know by their hashes. Fetches onnxruntime from npm.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { toOnnx } from "../../src/checkpoint/onnx.ts";
import { sha256 } from "../../src/checkpoint/sha256.ts";
import { createWasmEngine, type Engine, type Shape } from "../../src/index.ts";
import { CELLS, torchModel } from "../checkpoint/onnx-models.ts";
import { npm } from "../package/packed.ts";
import { Numbers } from "../support.ts";

const NEAR = 1e-6;

let ort: any;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "ello-onnx-"));
  writeFileSync(join(folder, "package.json"), "{}");
  const words = ["install", "--ignore-scripts", "--no-audit", "onnxruntime-node@1.30.0"];
  const installed = await npm(folder, ...words);
  expect(installed, installed.stderr).toMatchObject({ code: 0 });
  ort = createRequire(join(folder, "package.json"))("onnxruntime-node");
  return () => rmSync(folder, { recursive: true, force: true });
}, 600_000);

/** The largest difference between what onnxruntime makes of a file and what an engine has. */
async function differenceOf(file: Uint8Array, engine: Engine): Promise<number> {
  const session = await ort.InferenceSession.create(file);
  const { T, B, H, cell = "rnn", layers = 1 } = engine.shape;
  const parts = cell === "lstm" ? ["h", "c"] : ["h"];
  const part = (k: number): Float32Array =>
    Float32Array.from({ length: layers * B * H }, (_, i) => {
      const layer = Math.floor(i / (B * H));
      return engine.state[(layer * parts.length + k) * B * H + (i % (B * H))] as number;
    });
  const feeds: Record<string, unknown> = {
    ids: new ort.Tensor("int64", BigInt64Array.from(engine.inputs, BigInt), [T, B]),
  };
  for (const [k, name] of parts.entries()) {
    feeds[name] = new ort.Tensor("float32", part(k), [layers, B, H]);
  }
  const out = await session.run(feeds);
  expect(engine.evaluate().outcome).toBe("done");
  const pairs: [ArrayLike<number>, ArrayLike<number>][] = [
    [engine.probabilities(), out.probabilities.data],
    ...parts.map((name, k): [ArrayLike<number>, ArrayLike<number>] => [
      part(k),
      out[`${name}_n`].data,
    ]),
  ];
  const logits: number[] = Array.from(out.logits.data);
  expect(logits.length).toBe(T * B * engine.shape.V);
  const differences = pairs.flatMap(([ours, theirs]) => {
    expect(theirs.length).toBe(ours.length);
    return Array.from(ours, (x, i) => Math.abs(x - (theirs[i] as number)));
  });
  return differences.reduce((most, one) => Math.max(most, one), 0);
}

/** Weights, state and ids that f32 holds. */
function fill(engine: Engine, numbers: Numbers): void {
  numbers.fill(engine.parameters, 0.3); // larger ones make f32 itself stray further
  numbers.fill(engine.state, 0.5);
  for (const array of [engine.parameters, engine.state]) array.set(Float32Array.from(array));
  numbers.tokens(engine.inputs, engine.shape.V);
  numbers.tokens(engine.targets, engine.shape.V);
}

test.each(CELLS.flatMap((cell) => [1, 2, 3].map((layers) => [cell, layers] as const)))(
  "%s, %i layers",
  async (cell, layers) => {
    const numbers = new Numbers(layers);
    for (const [T, B] of [
      [1, 1],
      [1, 3],
      [9, 2],
    ] as const) {
      const shape: Shape = { V: 11, H: 7, T, B, cell, layers };
      const engine = await createWasmEngine(shape, 1);
      fill(engine, numbers);
      const { parameters } = engine;
      const difference = await differenceOf(toOnnx({ ...shape, cell, layers, parameters }), engine);
      expect(difference).toBeLessThan(NEAR);
      engine.close();
    }
  },
);

test.each(CELLS)("%s: the file that the tests know", async (cell) => {
  const { engine: own } = await torchModel(cell);
  const engine = await createWasmEngine({ ...own.shape, T: 5, B: 2 }, 1);
  fill(engine, new Numbers(3));
  engine.parameters.set(own.parameters);
  const file = toOnnx(await torchModel(cell));
  expect(await differenceOf(file, engine)).toBeLessThan(NEAR);
  console.log(`${cell}: ${await sha256(file)}`);
});
