// What only the core can be asked: the speed of its micro-kernel alone, and the phases of a step.

import { flopsPerStep, type Shape } from "../engine/shape.ts";
import type { WasmEngine } from "../wasm/engine.ts";
import { type Contestant, prepare, quantile, RULE } from "./measure.ts";

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

const KERNEL_SHAPE = { V: 65, H: 128, T: 50, B: 32 }; // of the engine whose panels the kernel runs on
const LEAST_CALLS = 1000; // of the kernel in one go, about a third of a millisecond

/**
 * The micro-kernel on two panels that stay in the first cache, as a contestant: its step is the
 * operations of a step of `shape` at the best speed that a step could have.
 */
export async function kernelContestant(
  shape: Shape,
  makeEngine: (shape: Shape) => Promise<WasmEngine>,
  name = "kernel",
): Promise<Contestant> {
  const { core } = await makeEngine(KERNEL_SHAPE);
  const flops = flopsPerStep(shape);
  const callFlops = core.runKernel(1);
  return {
    name,
    time(steps) {
      const calls = Math.max(LEAST_CALLS, Math.round((steps * flops) / callFlops));
      const began = performance.now();
      const done = core.runKernel(calls);
      return (1000 * (performance.now() - began) * flops) / done;
    },
  };
}

/** Median µs of each phase of a training step, in the order of `PHASES`. */
export function phaseTimes(engine: WasmEngine, seconds: number): number[] {
  prepare(engine);
  engine.setRule(RULE);
  const times: number[][] = PHASES.map(() => []);
  const deadline = performance.now() + 1000 * seconds;
  do {
    times.forEach((own, phase) => {
      const began = performance.now();
      engine.core.runPhase(phase);
      own.push((performance.now() - began) * 1000);
    });
  } while (performance.now() < deadline);
  return times.map((own) => quantile(own, 0.5));
}
