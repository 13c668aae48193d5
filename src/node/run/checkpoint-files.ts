// The files by which a run goes on and its model is used, as the run stands.

import { saveCheckpoint } from "../../checkpoint/checkpoint.ts";
import { type LogMarks, saveTraining } from "../../checkpoint/training.ts";
import { TRAINING_FILE } from "../folder/names.ts";
import type { RunContents } from "../folder/run-files.ts";
import { EPOCH_SUMS, type PreparedRun } from "./prepare.ts";

/** `logs`: what the run's logs hold at this moment. */
export async function checkpointFiles(run: PreparedRun, logs: LogMarks): Promise<RunContents> {
  const { model, trainer, textSha256 } = run;
  const { bestParameters: best } = trainer;
  return {
    [TRAINING_FILE]: await stateFile(run, logs),
    ...(best && {
      "best.safetensors": await saveCheckpoint(model, { parameters: best, textSha256 }),
    }),
    "model.safetensors": await saveCheckpoint(model, { textSha256 }),
  };
}

/** The file of the state that the run is in. */
export async function stateFile(
  { model, trainer, chain, history, epochMean, textSha256 }: PreparedRun,
  logs: LogMarks,
): Promise<Uint8Array<ArrayBuffer>> {
  return saveTraining(model, {
    state: trainer.state,
    textSha256,
    history: { ...history.arrays, [EPOCH_SUMS]: epochMean.sums },
    logs,
    chain: await chain?.upTo(trainer),
  });
}
