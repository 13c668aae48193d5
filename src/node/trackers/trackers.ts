// All that are told of a run: its own logs, and the trackers that --log asks for.

import type { StepRecord } from "../../model/record.ts";
import type { TrainOptions } from "../flags/options.ts";
import type { RunFiles } from "../folder/run-files.ts";
import type { Output } from "../output.ts";
import type { PreparedRun } from "../run/prepare.ts";
import { Csv } from "./csv.ts";
import { Mlflow } from "./mlflow.ts";
import { OwnLogs } from "./own-logs.ts";
import { TensorBoard } from "./tensorboard.ts";
import type { RunStatus, Tracker } from "./tracker.ts";

export class Trackers implements Required<Tracker> {
  readonly #all: readonly Tracker[];

  /** `limit`: ms that a server may take at the end. */
  constructor(
    run: PreparedRun,
    { logTo, outDir }: Pick<TrainOptions, "logTo" | "outDir">,
    files: RunFiles,
    output: Output,
    limit?: number,
  ) {
    const { csv, tensorboard, mlflow } = logTo;
    const warn = (text: string) => output.warn(text);
    this.#all = [
      new OwnLogs(run, files),
      ...(csv ? [new Csv(files)] : []),
      ...(tensorboard ? [new TensorBoard(files)] : []),
      ...(mlflow ? [new Mlflow(mlflow, run, outDir, files, warn, limit)] : []),
    ];
  }

  record(record: StepRecord): void {
    for (const one of this.#all) one.record(record);
  }

  sample(record: StepRecord, text: string): void {
    for (const one of this.#all) one.sample?.(record, text);
  }

  /** Waits until they have what they are to have, or give up. */
  async end(status: RunStatus): Promise<void> {
    await Promise.all(this.#all.map((one) => one.end?.(status)));
  }
}
