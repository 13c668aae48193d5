// The compiled cores in real browsers: the reference's bits, and the fast build near them.

import { expect, test } from "vitest";
import { sha256 } from "../../src/checkpoint/sha256.ts";
import { cellOf } from "../../src/engine/cells.ts";
import { CONSTANTS, SGD, type UpdateRule, writeConstants } from "../../src/engine/optimizer.ts";
import { precisionOf, type Reals, realsOf } from "../../src/engine/precision.ts";
import type { Shape } from "../../src/engine/shape.ts";
import { createReference } from "../../src/reference.ts";
import { buildOf, type CoreKind } from "../../src/wasm/instantiate.ts";
import { coreBytes, normal, relativeError } from "../support.ts";
import { serve, visit } from "./open.ts";

const STEPS = 5;
const FAST_TOLERANCE = { f64: 1e-9, f32: 1e-4 }; // of the largest parameter
const SHAPES: Shape[] = [
  { V: 4, H: 10, T: 4, B: 1 },
  { V: 65, H: 64, T: 20, B: 32 },
  { V: 31, H: 37, T: 11, B: 7 },
  { V: 31, H: 37, T: 11, B: 7, layers: 3, drops: true },
  { V: 31, H: 37, T: 11, B: 7, cell: "gru", layers: 2, drops: true },
  { V: 31, H: 37, T: 11, B: 7, cell: "lstm", layers: 2, drops: true },
  { V: 65, H: 64, T: 20, B: 32, precision: "f32" },
  { V: 31, H: 37, T: 11, B: 17, cell: "gru", layers: 2, drops: true, precision: "f32" },
  { V: 31, H: 37, T: 11, B: 9, cell: "lstm", layers: 2, drops: true, precision: "f32" },
];

interface Job {
  readonly core: string; // base64
  readonly shape: Shape;
  /** What the core's `measure` takes. */
  readonly measures: readonly number[];
  /** The constants of each step's update, as text, which keeps Infinity. */
  readonly rules: readonly string[];
}

function ruleOf({ drops }: Shape): UpdateRule {
  return { ...SGD, clipValue: 5, dropout: drops ? 0.3 : 0, seed: 5 };
}

function jobOf(shape: Shape, core: string): Job {
  const { V, H, T, B, layers = 1, drops } = shape;
  const rules = Array.from({ length: STEPS }, (_, step) => {
    const constants = new Float64Array(CONSTANTS);
    writeConstants(ruleOf(shape), shape, step, constants);
    return constants.join();
  });
  const measures = [V, H, T, B, cellOf(shape).kind, layers, drops ? 1 : 0];
  return { core, shape, measures, rules };
}

/** Runs in the page: trains a core from seed 1 on numbered tokens. @returns its parameters. */
async function trainInPage({ core, shape, measures, rules }: Job): Promise<number[]> {
  const bytes = Uint8Array.from(atob(core), (character) => character.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(bytes);
  const own = instance.exports as unknown as Record<string, (...values: number[]) => number> &
    Record<string, WebAssembly.Global> & { memory: WebAssembly.Memory };
  const { V, T, B } = shape;
  own["measure"]?.(...measures);
  own["reserve"]?.(0, 1);
  own["initialize"]?.(1, 0, 0, 0.05, 0); // calm: large weights would blow up the last bit in a few steps
  const { buffer } = own.memory;
  const inputs = new Int32Array(buffer, own["inputs"]?.value, T * B);
  const targets = new Int32Array(buffer, own["targets"]?.value, T * B);
  for (let i = 0; i < T * B; i++) {
    inputs[i] = (7 * i) % V;
    targets[i] = (5 * i + 1) % V;
  }
  for (const rule of rules) {
    const constants = rule.split(",").map(Number);
    new Float64Array(buffer, own["rule"]?.value, constants.length).set(constants);
    own["trainStep"]?.(0);
  }
  const last = (own["tensorCount"]?.() ?? 0) - 1; // by
  const count = (own["tensorOffset"]?.(last) ?? 0) + V;
  const Numbers = shape.precision === "f32" ? Float32Array : Float64Array;
  return [...new Numbers(buffer, own["parameters"]?.value, count)];
}

function trainReference(shape: Shape): Reals {
  const engine = createReference(shape);
  engine.initialize(1, normal(0.05));
  engine.inputs.forEach((_, i) => {
    engine.inputs[i] = (7 * i) % shape.V;
    engine.targets[i] = (5 * i + 1) % shape.V;
  });
  for (let step = 0; step < STEPS; step++) {
    engine.step(ruleOf(shape));
  }
  return engine.parameters;
}

test.each(["chrome", "firefox"] as const)("%s computes the bits of the reference", async (name) => {
  const page = await (await visit(name)).newPage();
  await page.goto(await serve());
  for (const shape of SHAPES) {
    const core = async (kind: CoreKind) =>
      Buffer.from(await coreBytes(buildOf(kind, shape))).toString("base64");
    const expected = trainReference(shape);
    const own = await page.evaluate(trainInPage, jobOf(shape, await core("release")));
    const exact = realsOf(shape).from(own);
    expect(await sha256(exact), JSON.stringify(shape)).toBe(await sha256(expected));
    if (name === "chrome") {
      const near = await page.evaluate(trainInPage, jobOf(shape, await core("fast")));
      expect(relativeError(near, expected)).toBeLessThan(FAST_TOLERANCE[precisionOf(shape)]);
    }
  }
});
