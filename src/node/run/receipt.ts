// receipt.json: what a run was, how it ended, and the SHA-256 of its weights.

import type { Evaluation, StepRecord } from "../../model/record.ts";
import type { Progress } from "../../model/state.ts";
import type { Config } from "../../settings/check.ts";
import { VERSION } from "../../version.ts";

export interface Receipt {
  readonly version: string;
  readonly config: Config;
  /** Files of the text; absent for a pair. */
  readonly text?: readonly string[];
  readonly vocabulary: readonly string[];
  /** Of the bytes of the text's files; of a pair, of the input, a line feed, the target. */
  readonly textSha256: string;
  /** Of the parameters in arena order, little-endian. */
  readonly parametersSha256: { readonly initial?: string; readonly final: string };
  /** Training steps done in all. */
  readonly steps: number;
  /** The last record; null if there was none. */
  readonly final: {
    readonly epoch: number;
    readonly loss: number;
    readonly accuracy: number;
    readonly validation?: Evaluation;
    /** Of a pair: what it wrote. */
    readonly predicted?: string;
  } | null;
  /** The best evaluation; null if there was none. */
  readonly best: Progress["best"];
  /** Where this part of the run began, and the settings that were changed there. */
  readonly resumed?: { readonly step: number; readonly changed: Partial<Config> };
  /** Where a thread was lost, and how many there were; the run went on with one. */
  readonly threadsLost?: { readonly step: number; readonly threads: number } | undefined;
  /** Why the run ended early; absent if it did not. */
  readonly stopped?: string;
  readonly engine: string;
  readonly threads: number;
  /** Width of the wasm engine's vectors; decides no bit of an exact run. */
  readonly vectorBits?: 128 | 256;
  readonly seconds: number;
  readonly charsPerSecond: number;
}

/** The receipt's `final` from the last record. */
export function finalOf(
  record: StepRecord | undefined,
  predicted: string | undefined,
): Receipt["final"] {
  if (!record) return null;
  const { epoch, loss, accuracy, validation } = record;
  return {
    epoch,
    loss,
    accuracy,
    ...(validation && { validation }),
    ...(predicted !== undefined && { predicted }),
  };
}

/** The text of receipt.json. */
export function receiptJson(facts: Omit<Receipt, "version">): string {
  return `${JSON.stringify({ version: VERSION, ...facts } satisfies Receipt, null, 2)}\n`;
}
