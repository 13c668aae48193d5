// How much work steps of a run are, to tell how long the rest will take.

import { flopsPerStep } from "../../engine/shape.ts";
import type { Config } from "../../settings/check.ts";
import type { PlannedRun } from "./plan.ts";

/** Floating-point operations of the products of so many steps. */
export function workOf({ config, V }: PlannedRun, steps: number): number {
  return steps * flopsPerStep(shapeOf(config, Math.max(1, V)));
}

/** The shape of a run's model. */
export function shapeOf(config: Config, V: number) {
  const { hiddenSize: H, seqLength: T, batchSize: B, cell, layers, dropout, precision } = config;
  return { V, H, T, B, cell, layers, dropout, precision };
}
