// What only the core can be asked: the speed of its micro-kernel alone, and the phases of a step.

import type { WasmEngine } from "../wasm/engine.ts";
import { prepare, quantile } from "./measure.ts";

/** The phases of a step, in the order of assembly/step.ts. */
export const PHASES = [
  "pack",
  "recurrence",
  "logits",
  "softmax",
  "backward",
  "gradients",
  "update",
] as const;

const KERNEL_CALLS = 2000;
const KERNEL_ROUNDS = 30;

/**
 * GFLOP/s of the micro-kernel on two panels that stay in the first cache: the best a step could do.
 * The engine's batch must have at least 256 positions.
 */
export function peakGflops({ core }: WasmEngine): number {
  for (let round = 0; round < KERNEL_ROUNDS; round++) core.runKernel(KERNEL_CALLS); // warm-up
  const rounds = Array.from({ length: KERNEL_ROUNDS }, () => {
    const began = performance.now();
    const flops = core.runKernel(KERNEL_CALLS);
    return flops / (performance.now() - began) / 1e6;
  });
  return quantile(rounds, 0.5);
}

/** Median µs of each phase of a training step, in the order of `PHASES`. */
export function phaseTimes(engine: WasmEngine, seconds: number): number[] {
  prepare(engine);
  const { T, B } = engine.shape;
  const times: number[][] = PHASES.map(() => []);
  const deadline = performance.now() + 1000 * seconds;
  do {
    times.forEach((own, phase) => {
      const began = performance.now();
      engine.core.runPhase(phase, 0.1, 5, 1 / (T * B));
      own.push((performance.now() - began) * 1000);
    });
  } while (performance.now() < deadline);
  return times.map((own) => quantile(own, 0.5));
}
