// Records of steps as one array, since thousands of objects a second cost more than the steps.

import type { StepRecord } from "../../model/record.ts";

const COLUMNS = ["step", "epoch", "loss", "accuracy", "gradNorm", "learningRate"] as const;

export interface PackedRecords {
  readonly numbers: Float64Array;
  /** What few records have, by the place of the record. */
  readonly extras: readonly (readonly [number, Pick<StepRecord, "validation" | "rolledBack">])[];
}

export function packRecords(records: readonly StepRecord[]): PackedRecords {
  const numbers = new Float64Array(records.length * COLUMNS.length);
  const extras: [number, Pick<StepRecord, "validation" | "rolledBack">][] = [];
  for (const [place, record] of records.entries()) {
    for (const [i, name] of COLUMNS.entries()) numbers[place * COLUMNS.length + i] = record[name];
    const { validation, rolledBack } = record;
    if (validation || rolledBack) {
      extras.push([
        place,
        { ...(validation && { validation }), ...(rolledBack && { rolledBack }) },
      ]);
    }
  }
  return { numbers, extras };
}

/** `charsPerSecond` is not packed and comes back as 0. */
export function unpackRecords({ numbers, extras }: PackedRecords): StepRecord[] {
  const more = new Map(extras);
  return Array.from({ length: numbers.length / COLUMNS.length }, (_, place) => {
    const [step, epoch, loss, accuracy, gradNorm, learningRate] = numbers.subarray(
      place * COLUMNS.length,
    ) as unknown as [number, number, number, number, number, number];
    const plain = { step, epoch, loss, accuracy, gradNorm, learningRate, charsPerSecond: 0 };
    return { ...plain, ...more.get(place) };
  });
}
