// What a run takes of the machine's memory, before it is made: close enough to say how many fit side by side.

import { availableParallelism } from "node:os";
import { cellOf } from "../../engine/cells.ts";
import { parameterCount } from "../../engine/shape.ts";
import type { Plan, PlannedRun } from "./plan.ts";
import { shapeOf } from "./work.ts";

const PROCESS = 90 * 2 ** 20; // bytes of a process of Node with the program in it
const PER_BYTE = 10; // of a text: as it is read, and as tokens
const COPIES = 6; // of the parameters: gradients, moments, panels, the state that is saved
const SHARE = 0.8; // of the free memory that runs may take together

/** Bytes, an estimate. */
export function bytesOf(
  { config, V }: Pick<PlannedRun, "config" | "V">,
  textBytes: number,
): number {
  const shape = shapeOf(config, Math.max(1, V));
  const { H, T, B, layers } = shape;
  const { gates, parts } = cellOf(shape);
  const activations = T * B * (layers * H * 2 * (gates + parts) + 2 * shape.V);
  const real = config.precision === "f32" ? 4 : 8;
  return PROCESS + PER_BYTE * textBytes + real * (COPIES * parameterCount(shape) + activations);
}

/** Bytes that runs may take together. */
export function memoryForRuns(): number {
  return SHARE * process.availableMemory();
}

/** As many runs as cores, fewer where they would not find the memory. */
export function atOnceOf({ atOnce }: { readonly atOnce: number | undefined }, plan: Plan): number {
  if (atOnce !== undefined) return atOnce;
  const most = Math.max(1, ...plan.runs.map((run) => bytesOf(run, plan.textBytes)));
  const fitting = Math.floor(memoryForRuns() / most);
  return Math.max(1, Math.min(availableParallelism(), fitting));
}
