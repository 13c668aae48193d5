// The project's own sides of a benchmark: the references and the core, in f64 and f32, on one thread and
// all, on vectors of 128 bits and 256, and fused.

import { kernelContestant } from "../../bench/core.ts";
import { type Contestant, contestantOf, type EngineContestant } from "../../bench/measure.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Precision } from "../../engine/precision.ts";
import type { Shape } from "../../engine/shape.ts";
import { createWasmEngine } from "../../index.ts";
import { createReference } from "../../reference.ts";
import type { WasmEngine } from "../../wasm/engine.ts";
import { type CoreBuild, hasRelaxedSimd } from "../../wasm/instantiate.ts";
import type { Output } from "../output.ts";
import { availableThreads } from "../platform.ts";
import { makeWideCores, type WideCores } from "../wide.ts";
import { FAST, ON_CORE, PRECISIONS, REFERENCE } from "./rows.ts";

// What is said of the kernels' speeds.
const KERNEL = {
  f64: ["", "on 256-bit vectors"],
  f32: ["in f32", "in f32 on 256-bit vectors"],
} as const;

/** The cores on 256-bit vectors; none, and why, where they cannot be had. */
export async function wideCores(output: Output): Promise<WideCores> {
  const cores = new Map<CoreBuild, WebAssembly.Module>();
  for (const precision of PRECISIONS) {
    const made = await makeWideCores(precision);
    if (typeof made === "string") {
      await output.line(`--wide: ${made}; its rows are left out`);
      return new Map();
    }
    for (const [build, module] of made) cores.set(build, module);
  }
  return cores;
}

/** The project's own sides. */
export interface Sides {
  /** Those with the same bits, the reference first. */
  readonly exact: EngineContestant[];
  /** The same in f32. */
  readonly single: EngineContestant[];
  /** Those that fuse. */
  readonly fast: EngineContestant[];
}

/** All sides that are wanted, of a shape. */
export async function makeSides(
  shape: Shape,
  wide: WideCores,
  isWanted: (name: string) => boolean,
): Promise<Sides> {
  const [exact, single] = [
    await exactSides(shape, "f64", wide, isWanted),
    await exactSides(shape, "f32", wide, isWanted),
  ];
  const fast: EngineContestant[] = [];
  for (const threads of hasRelaxedSimd() ? [1, availableThreads()] : []) {
    addSide(fast, FAST, await createWasmEngine(shape, threads, true), {}, isWanted);
  }
  return { exact, single, fast };
}

/** The reference of a precision, and the core on one thread and all, on 128-bit vectors and 256. */
async function exactSides(
  size: Shape,
  precision: Precision,
  wide: WideCores,
  isWanted: (name: string) => boolean,
): Promise<EngineContestant[]> {
  if (!isWanted(REFERENCE[precision])) return [];
  const shape: Shape = precision === "f64" ? size : { ...size, precision };
  const base = contestantOf(REFERENCE[precision], createReference(shape));
  const sides = [base];
  const widths = wide.size > 0 ? [0, 1] : [0];
  for (const width of widths) {
    const make = (own: Shape, threads: number) =>
      width === 0
        ? createWasmEngine(own, threads)
        : createWasmEngine(own, threads, false, 0, (build) => wide.get(build) as never);
    // The kernel that all others are measured by is of f64 and 128 bits.
    const ofPrecision = (own: Shape) => make(precision === "f64" ? own : { ...own, precision }, 1);
    const name = KERNEL[precision][width] as string;
    const kernel = name ? await kernelContestant(size, ofPrecision, name) : undefined;
    for (const threads of [1, availableThreads()]) {
      const kind = ON_CORE[precision][width] as string;
      addSide(sides, kind, await make(shape, threads), { kernel, base }, isWanted);
    }
  }
  return sides;
}

/** Adds a side that is wanted, and is not the same as another: of a small model the threads are one. */
function addSide(
  list: EngineContestant[],
  kind: string,
  engine: WasmEngine,
  against: Pick<Contestant, "kernel" | "base">,
  isWanted: (name: string) => boolean,
): void {
  const name = `${kind}-${engine.threads}`;
  const isNew = list.every((other) => other.name !== name);
  if (isNew && isWanted(name)) list.push(contestantOf(name, engine, against));
  else engine.close();
}

export function enginesOf(sides: readonly EngineContestant[]): Engine[] {
  return sides.map(({ engine }) => engine);
}
