// metrics.csv: a row for each step, each step once, for spreadsheets and data frames.

import type { StepRecord } from "../../model/record.ts";
import type { RunFiles } from "../folder/run-files.ts";
import type { Tracker } from "./tracker.ts";

const FILE = "metrics.csv";

const COLUMNS = ["step", "epoch", "loss", "accuracy", "gradNorm", "learningRate"] as const;
const OF_VALIDATION = ["loss", "accuracy"] as const; // empty where there was none
const HEADER = [...COLUMNS, "validationLoss", "validationAccuracy"];

export class Csv implements Tracker {
  readonly #files: RunFiles;

  constructor(files: RunFiles) {
    this.#files = files;
  }

  record(record: StepRecord): void {
    const files = this.#files;
    const { step, validation, rolledBack } = record;
    // The header is no number, and stays.
    if (rolledBack) files.rewind(FILE, (line) => !(Number.parseInt(line, 10) >= step));
    if (!files.has(FILE)) files.add(FILE, `${HEADER}\n`);
    const row = [
      ...COLUMNS.map((name) => record[name]),
      ...OF_VALIDATION.map((name) => validation?.[name]),
    ];
    files.add(FILE, `${row}\n`);
  }
}
