// What a replay is made of: the model and the data it is on, a part of the chain, where it differs.

import type { Dataset } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import type { TrainingState } from "../model/state.ts";
import type { Chained } from "./receipt.ts";

/** What is replayed on: a model of the receipt's first settings, on any engine, and the run's data. */
export interface Ground {
  readonly model: Model;
  readonly dataset: Dataset;
  readonly validation?: Dataset | undefined;
  /** Of the text. */
  readonly textBytes: number;
  /** SHA-256 of the first parameters: the model's own are others once a part has been replayed. */
  readonly initialSha256: string;
}

/** The links to compare, from the first to the last of them, both by their place in the chain. */
export interface Segment {
  readonly first: number;
  readonly last: number;
  /** The state at the link before the first; absent where the first is that of the first weights. */
  readonly state?: TrainingState | undefined;
}

/** Where the receipt and the replay differ. */
export interface Difference {
  /** Place of the link in the chain; absent for what the receipt says of the end. */
  readonly link?: number;
  readonly step: number;
  /** What differs, such as "loss". */
  readonly what: string;
  readonly receipt: string;
  readonly replay: string;
}

/** All links. */
export function wholeOf({ chain }: Chained): Omit<Segment, "state"> {
  return { first: 0, last: chain.links.length - 1 };
}
