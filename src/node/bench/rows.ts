// The names of the project's own rows: a kind of side, and behind it its threads.

import type { Precision } from "../../engine/precision.ts";

export const PRECISIONS: readonly Precision[] = ["f64", "f32"];
/** The rows that the ratios of a precision are to. */
export const REFERENCE = { f64: "reference", f32: "reference-f32" } as const;
/** The core on vectors of 128 bits and of 256. */
export const ON_CORE = { f64: ["wasm", "wide"], f32: ["f32", "f32-wide"] } as const;
/** The core that fuses. */
export const FAST = "fast";

/** Kinds of rows that a run has. */
function kindsOf(isWide: boolean): string[] {
  return [FAST, ...PRECISIONS.flatMap((one) => ON_CORE[one].slice(0, isWide ? 2 : 1))];
}

/** Whether a run can have a row of this name, `isWide`: one with 256-bit vectors. */
export function isOwnRow(name: string, isWide: boolean): boolean {
  const isReference = PRECISIONS.some((one) => REFERENCE[one] === name);
  return isReference || kindsOf(isWide).some((kind) => new RegExp(`^${kind}-\\d+$`).test(name));
}

/** Whether the phases of a row's step can be told: of the core on one thread. */
export function hasPhases(name: string): boolean {
  return kindsOf(true).some((kind) => kind !== FAST && name === `${kind}-1`);
}

/** Whether a row is of f32, or the reference of such rows. */
export function isSingle(name: string): boolean {
  return name === REFERENCE.f32 || ON_CORE.f32.some((kind) => name.startsWith(`${kind}-`));
}
