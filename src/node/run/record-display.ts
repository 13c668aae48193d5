// What a run prints of its records: JSON, the original's lines for a pair, progress for a text.

import { isCorpusRun } from "../../curves/options.ts";
import { predictedText } from "../../index.ts";
import type { StepRecord } from "../../model/record.ts";
import { printable } from "../../outside/printable.ts";
import type { TrainOptions } from "../flags/options.ts";
import type { Output } from "../output.ts";
import type { PreparedRun } from "./prepare.ts";
import { TextProgress } from "./progress.ts";

/** How the records of a run are shown. */
export function displayOf(
  run: PreparedRun,
  { quiet, json, logEvery }: TrainOptions,
  output: Output,
): (record: StepRecord) => Promise<void> {
  const { trainer, model, perEpoch } = run;
  if (quiet && !json) return async () => {};
  if (json) {
    return async (record) => {
      if (isLogged(record, logEvery, trainer.steps)) {
        await output.line(JSON.stringify(record));
      }
    };
  }
  if (!isCorpusRun(model.config)) {
    return async (record) => {
      if (isLogged(record, logEvery, trainer.steps)) {
        await output.line(pairLine(record, predictedText(model)));
      }
    };
  }
  const pace = { steps: trainer.steps, perEpoch, logEvery };
  const progress = new TextProgress(output, pace, run.epochMean);
  return (record) => progress.show(record);
}

/** Whether a record is one to be printed: every so many steps, and the last. */
function isLogged({ step }: StepRecord, logEvery: number, steps: number): boolean {
  return step % logEvery === 0 || step === steps - 1;
}

function pairLine({ epoch, loss, accuracy }: StepRecord, predicted: string): string {
  const percent = (100 * accuracy).toFixed(2);
  return `Epoch ${epoch}: Predicted '${printable(predicted)}', Loss: ${loss.toFixed(4)}, Accuracy: ${percent}%`;
}
