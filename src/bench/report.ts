// What a run of the benchmark says, as `--json` writes it.

import type { Shape } from "../engine/shape.ts";
import { type BenchRow, MOST_NOISE } from "./measure.ts";

/** The rows of one shape, the reference first. */
export type ReportShape = Shape & { readonly rows: readonly BenchRow[] };

/** What --json writes. */
export interface BenchReport {
  readonly machine: string;
  readonly node: string;
  /** SHA-256 of the compiled cores. */
  readonly builds: Readonly<Record<string, string>>;
  /** What each peer says of its versions and settings, by the name of its row. */
  readonly peers?: Readonly<Record<string, string>>;
  /** The micro-kernel alone, median over the shapes. */
  readonly peakGflops: number;
  readonly shapes: readonly ReportShape[];
}

/** The sentence about rows of which no ratio is claimed, their times being too unsteady; or none. */
export function noiseNotes(rows: readonly BenchRow[]): string[] {
  const noisy = rows.filter(({ ratioToReference }) => ratioToReference === null);
  if (noisy.length === 0) return [];
  const most = Math.max(...noisy.map(({ noise }) => noise)).toFixed(1);
  const names = noisy.map(({ name }) => name).join("; ");
  return [
    `The machine was busy: the same work took up to ${most} times as long at times. Above ${MOST_NOISE} times no ratio is claimed, here of ${names}. Measure again when nothing else runs.`,
  ];
}

/** What a picture adds to the machine's name. */
export function machineNote({ shapes }: BenchReport): string {
  return shapes.some(({ rows }) => noiseNotes(rows).length > 0) ? ", busy with other work" : "";
}
