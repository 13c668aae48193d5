// What the page and its training worker say to each other: calls with an answer, and news.

import type { ReportShape } from "../../bench/report.ts";
import type { TokenUnit } from "../../data/vocabulary.ts";
import type { Shape } from "../../engine/shape.ts";
import type { Config } from "../../settings/check.ts";
import type { Cores } from "../cores.ts";
import type { PackedRecords } from "./records.ts";

/** First message to the worker: the compiled cores, and a port to each worker that can be a rank. */
export interface Equipment {
  readonly cores: Cores;
  readonly ranks: readonly MessagePort[];
}

/** A run to start. */
export interface RunJob {
  readonly config: Config;
  /** The text's bytes; absent for a pair. */
  readonly text?: Blob | undefined;
  /** Files of the text, as Node finds them. */
  readonly textNames?: readonly string[] | undefined;
  /** A stopped run, as `saveTraining` gives it, to go on with. */
  readonly stopped?: Uint8Array<ArrayBuffer> | undefined;
  /** A model file to start from. */
  readonly model?: Uint8Array<ArrayBuffer> | undefined;
  /** Whether it has one thread, whatever its setting: it has lost another. */
  readonly isAlone?: boolean | undefined;
}

/** What became of it. */
export interface RunFacts {
  readonly config: Config;
  readonly shape: Shape;
  readonly threads: number;
  readonly unit: TokenUnit;
  readonly characters: readonly string[];
  /** Training steps of the whole run, and done. 0 where there is no text to train on. */
  readonly steps: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly hasValidation: boolean;
  /** What was done differently from what was asked. */
  readonly notes: readonly string[];
  readonly parametersSha256: string;
  /** Columns of a history, of a run that goes on. */
  readonly history: Readonly<Record<string, Float64Array>>;
  /** Weights at the start, for a model that is shown whole. */
  readonly frame?: Float64Array | undefined;
}

/** How a text is to be written; `length` in tokens. */
export interface WriteJob {
  readonly prime: string;
  readonly length: number;
  readonly temperature: number;
  readonly seed: number;
}

export const TOP = 5;

/** What was written, token by token. */
export interface Written {
  readonly characters: readonly string[];
  /** [length][TOP] ids of the likeliest tokens after each, and their probabilities. */
  readonly topIds: Int32Array;
  readonly topProbabilities: Float64Array;
  /** [length][layers][H] hidden states after each. */
  readonly states: Float32Array;
  readonly step: number;
}

export interface RaceJob {
  readonly shape: Shape;
  readonly seconds: number;
}

export interface RaceResult {
  readonly report: ReportShape;
  /** SHA-256 of the weights that every exact engine computed; absent if they differ. */
  readonly parametersSha256?: string | undefined;
  /** Whether those of f32 took part, whose core is loaded when it is first asked for. */
  readonly isWhole: boolean;
}

/** The calls: what is asked, and what is answered. */
export interface Calls {
  start: [RunJob, RunFacts];
  /** Steps a second; Infinity for as fast as it goes. */
  play: [number, undefined];
  /** Stops; answers with the SHA-256 of the weights. */
  pause: [undefined, string];
  /** Takes one more step and stops. */
  step: [undefined, string];
  /** Settings that take effect at once. */
  change: [Partial<Config>, undefined];
  write: [WriteJob, Written];
  /** The model's file, with the weights that it has or with those of its best evaluation. */
  save: ["now" | "best", Uint8Array<ArrayBuffer>];
  /** The text of the receipt of the run as it stands. */
  receipt: [undefined, string];
  race: [RaceJob, RaceResult];
  /** Whether the worker is there. */
  ping: [undefined, undefined];
}

export interface Call<Name extends keyof Calls = keyof Calls> {
  readonly id: number;
  readonly name: Name;
  readonly argument: Calls[Name][0];
}

/** What counting gives on the validation text, by the n-grams of the order that is best; nats a character. */
export interface Counted {
  readonly order: number;
  readonly loss: number;
  /** Whether that is less than the best evaluation's loss. */
  readonly isBetter: boolean;
}

/** Steps taken since the last news. */
export interface Progress {
  readonly kind: "progress";
  readonly records: PackedRecords;
  readonly predicted: string;
  /** Weights after some of the steps, one after the other; the newest always. */
  readonly frames?: { readonly steps: readonly number[]; readonly parameters: Float64Array };
  readonly charsPerSecond: number;
}

export type News =
  | Progress
  /** The run is at its end, or its patience. */
  | {
      readonly kind: "done";
      readonly parametersSha256: string;
      readonly counted?: Counted | undefined;
    }
  /** Something long goes on, such as an evaluation or the reading of a text. */
  | { readonly kind: "busy" }
  | { readonly kind: "snapshot"; readonly step: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Training ended early. `isTeam`: a thread was lost. */
  | {
      readonly kind: "failed";
      readonly reason: string;
      readonly isTeam: boolean;
      readonly parametersSha256: string;
    };

export type FromWorker =
  | { readonly id: number; readonly value: unknown }
  | {
      readonly id: number;
      readonly reason: string;
      readonly setting?: string | undefined;
      /** The run that there was could not be brought back: the worker is of no more use. */
      readonly isFatal?: boolean;
    }
  | { readonly news: News };
