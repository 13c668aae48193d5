// The files of a run by their names.

/** The state that a run goes on from. */
export const TRAINING_FILE = "training.safetensors";

/** The folder of the states that were kept along the way. */
export const STATES = "states";

/** Which run of MLflow's it is; no save's, so that none removes it. */
export const MLFLOW_FILE = "mlflow.json";

/** The events of one part of a run, by the second in which it began; a resumed run has several. */
export type EventFile = `events.out.tfevents.${number}.ello`;

/** The second in the name of an event file. */
const EVENTS = /^events\.out\.tfevents\.(\d{1,15})\.ello$/;

/** All files that a run writes, but for those of events. */
export const RUN_FILES = [
  ...(["metrics.jsonl", "metrics.csv", "samples.txt"] as const),
  ...(["curves.png", "curves.svg", "curves.html", MLFLOW_FILE] as const),
  ...([TRAINING_FILE, "best.safetensors", "model.safetensors", "receipt.json"] as const),
] as const;

export type RunFile = (typeof RUN_FILES)[number] | EventFile;

export function isRunFile(name: string): name is RunFile {
  return RUN_FILES.some((one) => one === name) || EVENTS.test(name);
}

/** A name for events that TensorBoard reads behind all that are there: it goes by the names' order. */
export function nextEventFile(there: readonly string[], now: number): EventFile {
  const seconds = there.map((name) => Number(EVENTS.exec(name)?.[1] ?? 0));
  return `events.out.tfevents.${Math.max(Math.floor(now / 1000), ...seconds.map((one) => one + 1))}.ello`;
}
