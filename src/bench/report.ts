// What a run of the benchmark says, as `--json` writes it.

import type { Shape } from "../model/shape.ts";
import type { BenchRow } from "./measure.ts";

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
