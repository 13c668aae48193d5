// The logs that every run has: metrics.jsonl and samples.txt. Nothing in them depends on the machine.

import { isCorpusRun } from "../../curves/options.ts";
import type { StepRecord } from "../../model/record.ts";
import { printableLines } from "../../outside/printable.ts";
import type { RunFiles } from "../folder/run-files.ts";
import type { PreparedRun } from "../run/prepare.ts";
import { inUnits } from "../run/progress.ts";
import type { Tracker } from "./tracker.ts";

export class OwnLogs implements Tracker {
  readonly #run: Pick<PreparedRun, "model" | "epochMean" | "perEpoch">;
  readonly #files: RunFiles;

  constructor(run: Pick<PreparedRun, "model" | "epochMean" | "perEpoch">, files: RunFiles) {
    this.#run = run;
    this.#files = files;
  }

  /** A line for a step and, of a corpus, one for an epoch. */
  record(record: StepRecord): void {
    const { model, epochMean, perEpoch } = this.#run;
    const { charsPerSecond, ...facts } = record;
    const { epoch, loss, accuracy, gradNorm } = facts;
    if (!isCorpusRun(model.config)) {
      this.#files.addMetrics(JSON.stringify({ epoch, loss, accuracy, gradNorm }));
      return;
    }
    const isLast = (record.step + 1) % perEpoch === 0;
    const mean = isLast ? [JSON.stringify({ mean: epochMean.metrics })] : [];
    this.#files.addMetrics(JSON.stringify(facts), ...mean);
  }

  sample({ step, validation }: StepRecord, text: string): void {
    this.#files.addMetrics(JSON.stringify({ step, sample: text }));
    const after = validation ? `, validation ${inUnits(validation.loss)}` : "";
    this.#files.addSample(`After step ${step + 1}${after}:\n${printableLines(text)}\n\n`);
  }
}
