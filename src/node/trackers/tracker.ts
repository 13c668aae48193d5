// What a tracker is: it is told a run's records and samples as they come, and how the run has ended.

import type { StepRecord } from "../../model/record.ts";
import { bitsOf } from "../../train/metrics.ts";

/** How a run ended, in MLflow's words. */
export type RunStatus = "FINISHED" | "FAILED" | "KILLED";

export interface Tracker {
  record(record: StepRecord): void;
  /** What the model wrote after the step of a record with an evaluation. */
  sample?(record: StepRecord, text: string): void;
  end?(status: RunStatus): Promise<void>;
}

/** A record's numbers by the names under which dashboards show them: what is before the slash is a group. */
export function scalarsOf(record: StepRecord): [name: string, value: number][] {
  const { loss, accuracy, gradNorm, learningRate, validation } = record;
  return [
    ["train/loss", loss],
    ["train/accuracy", accuracy],
    ["train/gradient_norm", gradNorm],
    ["train/learning_rate", learningRate],
    ...(validation
      ? ([
          ["validation/loss", validation.loss],
          ["validation/bits", bitsOf(validation.loss)],
          ["validation/accuracy", validation.accuracy],
        ] as [string, number][])
      : []),
  ];
}
