// How much work steps of a run are, to tell how long the rest will take.

import { flopsPerStep } from "../../engine/shape.ts";
import type { Config } from "../../settings/check.ts";
import type { PlannedRun } from "./plan.ts";

/** Floating-point operations of the products of so many steps, and as many again for all else of a small model. */
export function workOf({ config, V }: PlannedRun, steps: number): number {
  return steps * flopsPerStep(shapeOf(config, Math.max(1, V)));
}

/** The shape of a run's model. */
export function shapeOf(config: Config, V: number) {
  const {
    hiddenSize: H,
    seqLength,
    batchSize: B,
    cell,
    layers,
    dropout,
    precision,
    input,
  } = config;
  const T = input ? [...input].length : seqLength;
  return { V, H, T, B: input ? 1 : B, cell, layers, dropout, precision };
}
