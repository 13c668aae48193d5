// Instantiates the compiled core: the only importer of @assemblyscript/loader.

import { instantiate } from "@assemblyscript/loader";
import { cellOf, type Network } from "../engine/cells.ts";
import { precisionOf, realsOf } from "../engine/precision.ts";
import type { Shape } from "../engine/shape.ts";
import { DataError, SupportError } from "../outside/errors.ts";

/** What a core is built for: `team` runs on a shared memory, `fast` may fuse operations. */
export type CoreKind = "release" | "team" | "fast" | "fast-team" | "debug";

/** The builds: each kind, which is a target of asconfig.json, in f64 and in f32. */
export type CoreBuild = CoreKind | `f32-${CoreKind}`;

/** The build of a kind for a model. */
export function buildOf(kind: CoreKind, network: Network): CoreBuild {
  return precisionOf(network) === "f64" ? kind : `f32-${kind}`;
}

/** A compiled core, or its bytes. */
export type CoreSource = WebAssembly.Module | ArrayBuffer | ArrayBufferView<ArrayBuffer>;

type Measures = [
  ...[V: number, H: number, T: number, B: number],
  ...[cell: number, layers: number, drops: number],
];

/** What a model's memory depends on, beside what was measured. */
export type Plan = [moments: number, threads: number];

/** What assembly/index.ts exports; globals hold byte addresses into `memory`. */
export type CoreExports = {
  readonly memory: WebAssembly.Memory;
  /** Bytes of a number. */
  readonly REAL: WebAssembly.Global | undefined;
  readonly inputs: WebAssembly.Global;
  readonly targets: WebAssembly.Global;
  readonly parameters: WebAssembly.Global;
  readonly gradients: WebAssembly.Global;
  readonly state: WebAssembly.Global;
  readonly hidden: WebAssembly.Global;
  readonly predictions: WebAssembly.Global;
  readonly losses: WebAssembly.Global;
  readonly dHidden: WebAssembly.Global;
  readonly dLogits: WebAssembly.Global;
  readonly statistics: WebAssembly.Global;
  readonly rule: WebAssembly.Global;
  readonly firstMoment: WebAssembly.Global;
  readonly secondMoment: WebAssembly.Global;
  readonly generator: WebAssembly.Global;
  exp(x: number): number;
  log(x: number): number;
  tanh(x: number): number;
  seed(low: number, high: number, stream: number): void;
  drawBlock(): void;
  uniform(): number;
  normal(): number;
  sigmoid(x: number): number;
  measure(...dimensions: Measures): void;
  tensorCount(): number;
  tensorRows(index: number): number;
  tensorColumns(index: number): number;
  tensorOffset(index: number): number;
  memoryBytes(...plan: Plan): number;
  reserve(...plan: Plan): number;
  attach(...planAndRank: [...Plan, rank: number]): void;
  brokenGuard(): number;
  initialize(
    seedLow: number,
    seedHigh: number,
    kind: number,
    size: number,
    forgetBias: number,
  ): void;
  holdMasks(held: number): void;
  setActive(ranks: number): void;
  setMask(layer: number, position: number, unit: number, factor: number): void;
  trainStep(patience: number): number;
  gradientsOf(patience: number): number;
  runPhase(phase: number): number;
  runKernel(calls: number): number;
  evaluate(patience: number, isPacked: number): number;
  serve(patience: number): void;
  stop(): void;
  giveUp(): void;
  probabilityAt(position: number, token: number): number;
  seedDraws(seedLow: number, seedHigh: number): void;
  draw(row: number, temperature: number, topK: number, topP: number): number;
};

/** Cores by their builds, each compiled once; one that failed is tried again the next time. */
export class CompiledCores {
  readonly #all = new Map<CoreBuild, Promise<WebAssembly.Module>>();

  get(build: CoreBuild, compile: () => Promise<WebAssembly.Module>): Promise<WebAssembly.Module> {
    const compiling = this.#all.get(build) ?? compile();
    this.#all.set(build, compiling);
    compiling.catch(() => this.#all.delete(build));
    return compiling;
  }
}

// The smallest module that has a vector: () -> v128, i8x16.splat of 0.
const SIMD_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, 0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x0b],
);

// The same for relaxed SIMD: (v128, v128, v128) -> v128, f64x2.relaxed_madd.
const RELAXED_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b, 0x01, 0x7b, 0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfd, 0x87, 0x02, 0x0b],
);

/** Whether the engine can run a `fast` build. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(RELAXED_PROBE);
}

/**
 * A fresh instance of the core, its raw exports: the loader's wrappers cost time in the loop.
 * `memory` is the shared memory of a `team` build. @throws {SupportError} without WebAssembly SIMD.
 */
export async function instantiateCore(
  source: CoreSource,
  memory?: WebAssembly.Memory,
): Promise<CoreExports> {
  if (!WebAssembly.validate(SIMD_PROBE)) {
    throw new SupportError(
      "WebAssembly: expected an engine with SIMD (Chrome 91, Firefox 89, Safari 16.4, Node 16.4 or later), got one without; use a later one",
    );
  }
  const { instance } = await instantiate<CoreExports>(source, memory ? { env: { memory } } : {});
  return (memory ? { ...instance.exports, memory } : instance.exports) as CoreExports;
}

/**
 * Tells a core what its model measures, before its memory is planned.
 * @throws {DataError} for a core of another precision.
 */
export function measure(core: CoreExports, shape: Shape): void {
  const bytes = realsOf(shape).BYTES_PER_ELEMENT;
  if (core.REAL?.value !== bytes) {
    const got = core.REAL ? `of ${8 * core.REAL.value} bits` : "of another version";
    throw new DataError(
      `core: expected one whose numbers have ${8 * bytes} bits, as precision ${precisionOf(shape)} wants, got one ${got}; take ello/core/release.wasm for f64, f32-release.wasm for f32`,
    );
  }
  const { V, H, T, B, layers = 1, drops = false } = shape;
  core.measure(V, H, T, B, cellOf(shape).kind, layers, drops ? 1 : 0);
}
