// What the page and its training worker say to each other: calls with an answer, and news.

import type { ReportShape } from "../../bench/report.ts";
import type { TokenUnit } from "../../data/vocabulary.ts";
import type { Shape } from "../../engine/shape.ts";
import type { Config } from "../../settings/check.ts";
import type { Group } from "../../trace/features.ts";
import type { Held } from "../../trace/spans.ts";
import type { Cores } from "../cores.ts";
import type { Part } from "./parts.ts";
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

/** Where a text to be looked into comes from; "training" where there is no validation. */
export type Source = "validation" | "training" | "typed";

/** What is to be read: `length` tokens from `from` on, or what was typed. */
export interface LookJob {
  readonly source: Source;
  readonly from: number;
  readonly length: number;
  readonly typed: string;
  /** The character of which `reached` is wanted with it, if one is. */
  readonly place: number | undefined;
}

/** What the network held and expected, character by character, from an empty memory on. */
export interface Look {
  /** Of the reading, by which `reach` asks of it. */
  readonly number: number;
  readonly source: Source;
  /** Where it begins, and how many tokens there are to begin at. */
  readonly from: number;
  readonly total: number;
  /** Characters typed that the model does not know. */
  readonly unknown: readonly string[];
  readonly characters: readonly string[];
  /** [length] the probability that each character had, and its loss; NaN for the first. */
  readonly expected: Float64Array;
  readonly losses: Float64Array;
  /** [layers·H][length] states after each. */
  readonly states: Float64Array;
  /** [length][TOP] ids of the likeliest tokens after each; their probabilities, -1 where there are fewer. */
  readonly topIds: Int32Array;
  readonly topProbabilities: Float64Array;
  readonly groups: readonly Group[];
  readonly step: number;
  readonly reached?: Reached;
}

/** Of which reading, and of which of its characters. */
export interface ReachJob {
  readonly number: number;
  readonly place: number;
}

/** One character of a reading: how much its loss changes with each before, and the cells after it. */
export interface Reached {
  readonly place: number;
  /** [place] |∂L/∂x|. */
  readonly inputs: Float64Array;
  readonly parts: readonly Part[];
}

/** How many answers of a task were asked for, and how many were right, by distance from what decides them. */
export interface Answers {
  readonly asked: Int32Array;
  readonly right: Int32Array;
  readonly step: number;
}

/** Which units are to be found on together behind a reading. */
export interface SearchJob {
  readonly number: number;
  readonly held: readonly Held[];
}

/** The first of the places found, in so many characters that were read on. */
export interface Found {
  readonly read: number;
  readonly count: number;
  readonly places: readonly {
    /** In the text, as the window's `from`. */
    readonly from: number;
    readonly before: string;
    readonly text: string;
    readonly after: string;
  }[];
}

export interface RaceJob {
  readonly shape: Shape;
  readonly seconds: number;
}

export interface RaceResult {
  readonly report: ReportShape;
  /** SHA-256 of the weights that every exact engine computed; absent if they differ. */
  readonly parametersSha256?: string | undefined;
  /** Whether all took part: the cores of some are loaded when they are first asked for. */
  readonly isWhole: boolean;
}

/** The calls: what is asked, and what is answered. */
export interface Calls {
  start: [RunJob, RunFacts];
  /** Steps a second; Infinity for as fast as it goes. */
  play: [number, undefined];
  /** Stops, after so many more steps; answers with the SHA-256 of the weights. */
  stand: [number, string];
  /** Settings that take effect at once. */
  change: [Partial<Config>, undefined];
  write: [WriteJob, Written];
  look: [LookJob, Look];
  /** Undefined if that reading is not the last any more. */
  reach: [ReachJob, Reached | undefined];
  search: [SearchJob, Found | undefined];
  /** Of the validation text of a task; undefined where there is none. */
  answers: [undefined, Answers | undefined];
  /** The model's file, with the weights that it has or with those of its best evaluation. */
  save: ["now" | "best", Uint8Array<ArrayBuffer>];
  /** The text of the receipt of the run as it stands. */
  receipt: [undefined, string];
  race: [RaceJob, RaceResult];
  /** Whether the worker is there. */
  ping: [undefined, undefined];
}

export type Handlers = {
  [Name in keyof Calls]: (argument: Calls[Name][0]) => Promise<Calls[Name][1]>;
};

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
