// States along the way of a run, in a folder beside its receipt: what parts of it are replayed from.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureFolder, moveIn, writeAside } from "./file-writing.ts";
import { STATES } from "./names.ts";

/** A state in a file, after so many steps. */
export interface KeptState {
  readonly step: number;
  readonly path: string;
}

const nameOf = (step: number): string => `step-${step}.safetensors`;

/** Writes the state after `step` steps. @throws what writing throws. */
export function keepState(folder: string, step: number, bytes: Uint8Array): void {
  const states = join(folder, STATES);
  ensureFolder(states);
  writeAside(states, nameOf(step), bytes);
  moveIn(states, nameOf(step));
}

/** Those in a run's folder, in the order of their steps. */
export function keptStatesIn(folder: string): KeptState[] {
  let names: string[];
  try {
    names = readdirSync(join(folder, STATES));
  } catch {
    return []; // none were kept
  }
  return names
    .flatMap((name) => {
      const step = Number(/^step-(\d{1,15})\.safetensors$/.exec(name)?.[1] ?? -1);
      return step > 0 ? [{ step, path: join(folder, STATES, name) }] : [];
    })
    .toSorted((a, b) => a.step - b.step);
}

/** The steps after which `count` states are kept, spread evenly over a run of `steps`; on links of the chain. */
export function stepsToKeep(count: number, steps: number, every = steps): ReadonlySet<number> {
  const most = Math.min(count, 2 * Math.ceil(steps / every)); // more fall on the same links
  const wanted = Array.from({ length: most }, (_, i) => {
    const even = ((i + 1) * steps) / (most + 1);
    return Math.round(even / every) * every;
  });
  return new Set(wanted.filter((step) => step > 0 && step < steps));
}
