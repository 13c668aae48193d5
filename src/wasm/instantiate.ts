// Instantiates the compiled core: the only importer of @assemblyscript/loader.

import { instantiate } from "@assemblyscript/loader";

/** A compiled core, or its bytes. */
export type CoreSource = WebAssembly.Module | BufferSource;

/** What assembly/index.ts exports; globals hold byte addresses into `memory`. */
export type CoreExports = {
  readonly memory: WebAssembly.Memory;
  readonly inputs: WebAssembly.Global;
  readonly targets: WebAssembly.Global;
  readonly parameters: WebAssembly.Global;
  readonly gradients: WebAssembly.Global;
  readonly state: WebAssembly.Global;
  readonly hidden: WebAssembly.Global;
  readonly predictions: WebAssembly.Global;
  readonly losses: WebAssembly.Global;
  readonly dHidden: WebAssembly.Global;
  readonly statistics: WebAssembly.Global;
  readonly generator: WebAssembly.Global;
  exp(x: number): number;
  log(x: number): number;
  tanh(x: number): number;
  seed(low: number, high: number, stream: number): void;
  drawBlock(): void;
  uniform(): number;
  normal(): number;
  memoryBytes(V: number, H: number, T: number, B: number): number;
  reserve(V: number, H: number, T: number, B: number): number;
  brokenGuard(): number;
  initialize(seedLow: number, seedHigh: number, deviation: number): void;
  trainStep(learningRate: number, clipValue: number, scale: number): number;
  runPhase(phase: number, learningRate: number, clipValue: number, scale: number): number;
  evaluate(): number;
  probabilityAt(position: number, token: number): number;
};

/** A fresh instance of the core, its raw exports: the loader's wrappers cost time in the loop. */
export async function instantiateCore(source: CoreSource): Promise<CoreExports> {
  const { instance } = await instantiate<CoreExports>(source);
  return instance.exports as CoreExports;
}
