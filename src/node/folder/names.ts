// The files of a run by their names.

/** The state that a run goes on from. */
export const TRAINING_FILE = "training.safetensors";

/** The folder of the states that were kept along the way. */
export const STATES = "states";

/** All files that a run writes. */
export const RUN_FILES = [
  ...(["metrics.jsonl", "samples.txt", "curves.png", "curves.svg", "curves.html"] as const),
  ...([TRAINING_FILE, "best.safetensors", "model.safetensors", "receipt.json"] as const),
] as const;

export type RunFile = (typeof RUN_FILES)[number];

export function isRunFile(name: string): name is RunFile {
  return RUN_FILES.some((one) => one === name);
}
