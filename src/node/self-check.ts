// Whether a compiled core has the bits it should: small models of every cell and optimizer, at shapes
// that reach every kernel and every remainder, against what the plain TypeScript reference gives.

import { createHash } from "node:crypto";
import type { CellName } from "../engine/cells.ts";
import type { Engine } from "../engine/engine.ts";
import { momentsOf, type OptimizerName, SGD, type UpdateRule } from "../engine/optimizer.ts";
import type { Precision } from "../engine/precision.ts";
import type { Shape } from "../engine/shape.ts";
import { UNIFORM } from "../settings/initial.ts";
import { WasmEngine } from "../wasm/engine.ts";

/** A small training run, and the beginning of the SHA-256 of what it leaves. */
export interface Check {
  readonly shape: Shape;
  readonly rule: UpdateRule;
  readonly sha256: string;
}

const STEPS = 3;
const CELLS: readonly CellName[] = ["rnn", "gru", "lstm"];
const OPTIMIZERS: readonly OptimizerName[] = ["adamw", "sgd", "rmsprop", "adagrad", "adam"];
// Rows that reach every remainder of blocks of four, and of blocks of eight.
const ROWS: Readonly<Record<Precision, readonly number[]>> = {
  f64: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
  f32: [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 23, 24, 25, 33],
};
// Deep enough for the products to take k in parts; rows for one block more than two.
const DEEP = { V: 9, H: 258, T: 2 };
const DEEP_ROWS: Readonly<Record<Precision, number>> = { f64: 12, f32: 24 };

// Of the checks in order, made by the reference; test/node/wide.test.ts compares.
const BITS: Readonly<Record<Precision, string>> = {
  f64:
    "632cd465e4d3908c37621fc2e2e78cd78bd865f3d1d1f0a678c20291afd70e5bfbaae102435264ee29d48b705d464bd1" +
    "886160704875310b61a4bedbee415a664403457484a19a12",
  f32:
    "8e360c5494e2f28378da12993636327c813e5147b2db0c2a20ac777f5a0781bfa336e0ddf7455acd8aeb2ad58bb1684c" +
    "1ad447ceb192f6fd5bc8e6996f51949a3aca05960e7fa911",
};

/** One for each number of rows, cells and optimizers in turn, and a deep one. */
export function checksOf(precision: Precision): readonly Check[] {
  const shapes = ROWS[precision].map((B) => shapeOf(B));
  return [...shapes, { ...DEEP, B: DEEP_ROWS[precision] }].map((shape, i) => ({
    shape: precision === "f64" ? shape : { ...shape, precision },
    rule: ruleOf(i, shape),
    sha256: BITS[precision].slice(8 * i, 8 * i + 8),
  }));
}

function shapeOf(B: number): Shape {
  const cell = CELLS[B % CELLS.length] as CellName;
  const drops = B % 4 === 0;
  return { V: 4 + B, H: 3 + 2 * B, T: 4, B, cell, layers: 1 + (B % 2), ...(drops && { drops }) };
}

function ruleOf(i: number, { drops }: Shape): UpdateRule {
  const optimizer = OPTIMIZERS[i % OPTIMIZERS.length] as OptimizerName;
  return {
    ...SGD,
    optimizer,
    learningRate: 0.02,
    momentum: i % 2 === 0 ? 0.5 : 0,
    weightDecay: 0.1,
    clipValue: i % 3 === 0 ? 0.01 : 0,
    clipNorm: i % 3 === 1 ? 0.5 : 0,
    dropout: drops ? 0.3 : 0,
    seed: i,
  };
}

/** The beginning of the SHA-256 of all that a check computes on an engine. */
export function bitsAfter(engine: Engine, { shape, rule }: Pick<Check, "shape" | "rule">): string {
  const { V, H } = shape;
  engine.initialize(rule.seed, { kind: UNIFORM, size: 2 / Math.sqrt(H) });
  engine.inputs.forEach((_, p) => {
    engine.inputs[p] = (7 * p + 1) % V;
    engine.targets[p] = (5 * p + 3) % V;
  });
  const results = Array.from({ length: STEPS }, () => engine.step(rule));
  const said = [...results, engine.evaluate()].map(({ loss, correct, gradNorm }) => [
    loss,
    correct,
    gradNorm,
  ]);
  const { parameters, gradients, state, predictions, firstMoment, secondMoment } = engine;
  const arrays = [parameters, gradients, state, predictions, firstMoment, secondMoment];
  const hash = createHash("sha256");
  for (const array of [...arrays, Float64Array.from(said.flat())]) {
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return hash.digest("hex").slice(0, 8);
}

/** Runs the checks on a compiled core. @returns which one has other bits; undefined for none. */
export async function findDifference(
  module: WebAssembly.Module,
  kind: "release" | "team",
  checks: readonly Check[],
): Promise<string | undefined> {
  for (const check of checks) {
    const { shape, rule } = check;
    const moments = momentsOf(rule);
    const engine =
      kind === "release"
        ? await WasmEngine.create(shape, module, moments)
        : await WasmEngine.createTeam(shape, module, 1, notStarted, moments);
    if (bitsAfter(engine, check) !== check.sha256) return nameOf(check);
  }
  return undefined;
}

function notStarted(): never {
  throw new Error("threads: expected none but the caller's, got one");
}

function nameOf({ shape, rule }: Check): string {
  const { V, H, T, B, cell = "rnn", layers = 1 } = shape;
  return `${cell} of ${layers} × ${H} units, V ${V}, T ${T}, B ${B}, ${rule.optimizer}`;
}
