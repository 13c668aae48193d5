// What a run trains on: a text from its files, or the pair of its settings.

import { pairBytes, pairSha256 } from "../../checkpoint/sha256.ts";
import type { Dataset } from "../../data/dataset.ts";
import { unknownNotes } from "../../data/unknown.ts";
import { type Config, PairDataset, splitCorpus } from "../../index.ts";
import { type Counter, counterOf } from "../../train/ngrams.ts";
import { type ReadOptions, readTexts } from "../model/text-files.ts";

/** What a run trains on. */
export interface Data {
  readonly dataset: Dataset;
  readonly validation: Dataset | undefined;
  readonly sha256: string;
  readonly bytes: number;
  readonly notes: readonly string[];
  readonly count?: Counter | undefined;
}

/** Reads the files of a text, or takes the pair. @throws what reading a text throws. */
export async function readData(
  text: readonly string[],
  config: Config,
  options: ReadOptions,
): Promise<Data> {
  if (text.length === 0) {
    const dataset = new PairDataset(config.input, config.target);
    const sha256 = await pairSha256(dataset);
    options.expect?.(sha256);
    const { length: bytes } = pairBytes(dataset);
    return { dataset, validation: undefined, sha256, bytes, notes: [] };
  }
  const { corpus, sha256, bytes } = await readTexts(text, config, options);
  const { training, validation, notes } = splitCorpus(corpus, config);
  return {
    dataset: training,
    validation,
    sha256,
    bytes,
    notes: [...unknownNotes(corpus, config), ...notes],
    count: counterOf(corpus, validation),
  };
}
