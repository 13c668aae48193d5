// How a run is started, and what those who watch it are told.

import type { Config } from "../settings/check.ts";
import type { Field } from "./fields.ts";
import { blobOf, changed, configOf, pick, type Setting, textNames } from "./setting.ts";
import type { Progress, RunFacts, RunJob } from "./training/protocol.ts";

export type Phase = "loading" | "playing" | "paused" | "done" | "failed";

/** What a view may want to know; all are called outside of animation frames. */
export interface RunListener {
  /** `stopped`: the file of the run that goes on, if one does. */
  begin?(facts: RunFacts, setting: Setting, stopped?: Uint8Array<ArrayBuffer>): void;
  progress?(progress: Progress): void;
  changed?(config: Config, setting: Setting): void;
  /** A stopped run's file, every few seconds and at each pause. */
  snapshot?(bytes: Uint8Array<ArrayBuffer>, step: number): void;
}

/** Where a run begins, beside its setting. */
export interface Origin {
  readonly stopped?: Uint8Array<ArrayBuffer> | undefined;
  /** The model that the run began with; read where there is no stopped run. */
  readonly model?: Uint8Array<ArrayBuffer> | undefined;
  /** Whether the stopped run's settings were changed on its way. */
  readonly altered?: boolean;
  /** Whether the stopped run has lost a thread and goes on with one. */
  readonly isAlone?: boolean;
}

/** How a run is started. */
export interface Start extends Origin {
  readonly play: boolean;
  /** What to say when it has started. */
  readonly why?: string;
}

/** A run that another one took the place of. */
export interface Replaced extends Origin {
  readonly setting: Setting;
  readonly step: number;
}

/** What the worker is asked for. */
export async function jobOf(
  setting: Setting,
  { stopped, model, isAlone }: Origin,
): Promise<RunJob> {
  return {
    config: configOf(setting),
    text: await blobOf(setting),
    textNames: textNames(setting),
    stopped,
    model: stopped ? undefined : model,
    isAlone,
  };
}

/**
 * The setting of a stopped run as its file has it: what changed on its way, and what was the default of
 * another version of the page. @throws {ConfigError}
 */
export function asTrained(setting: Setting, config: Config): Setting {
  const kind = setting.text ? "text" : "pair";
  const isAsked = ({ name, only = kind }: Field): boolean =>
    only === kind && !["seqLength", "batchSize"].includes(name); // a short text makes these smaller
  return changed(setting, pick(config, isAsked));
}

/** Whether a run with a change on its way comes elsewhere than one that had it from the start. */
export function isDetour(change: Partial<Config>, { schedule }: Config): boolean {
  // More epochs only go further on the same way, but that they bend a cosine.
  return schedule === "cosine" || Object.keys(change).some((name) => name !== "epochs");
}
