// What a run in the page is trained on: its text read into datasets, as Node reads it.

import { pairBytes, pairSha256, sha256 } from "../../checkpoint/sha256.ts";
import { CorpusBuilder } from "../../data/corpus.ts";
import type { Dataset } from "../../data/dataset.ts";
import { PairDataset } from "../../data/pair.ts";
import { splitCorpus, type TextDataset } from "../../data/text.ts";
import type { Tokens } from "../../data/tokens.ts";
import type { Vocabulary } from "../../data/vocabulary.ts";
import type { Config } from "../../settings/check.ts";
import { type Counter, counterOf } from "../../train/ngrams.ts";

const LARGEST_TEXT = 256 * 2 ** 20; // bytes
const PIECE = 2 ** 22; // bytes read at a time

export interface Data {
  readonly dataset: Dataset;
  readonly validation: TextDataset | undefined;
  readonly notes: readonly string[];
  readonly textSha256: string;
  readonly textBytes: number;
  /** Files of the text, as Node finds them; absent for a pair. */
  readonly textNames?: readonly string[] | undefined;
  readonly count?: Counter | undefined;
  /** All of the text; absent for a pair. */
  readonly tokens?: Tokens | undefined;
}

/** @throws {RangeError} for a text that is too large, and what tokens, vocabulary and split throw. */
export async function readData(
  text: Blob | undefined,
  config: Config,
  { vocabulary, reading }: { vocabulary: Vocabulary | undefined } & { reading: () => void },
): Promise<Data> {
  if (!text) {
    const dataset = new PairDataset(config.input, config.target);
    const textSha256 = await pairSha256(config);
    const textBytes = pairBytes(config).length;
    return { dataset, validation: undefined, notes: [], textSha256, textBytes };
  }
  if (text.size > LARGEST_TEXT) {
    const size = `${Math.ceil(text.size / 2 ** 20)} MB`;
    throw new RangeError(`text: expected at most 256 MB, got ${size}; choose a part of it`);
  }
  const bytes = new Uint8Array(text.size);
  const builder = new CorpusBuilder(config, vocabulary);
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = new Uint8Array(await text.slice(at, at + PIECE).arrayBuffer());
    bytes.set(piece, at);
    builder.push(piece);
    reading();
  }
  builder.endFile();
  const corpus = builder.finish();
  const { training, validation, notes } = splitCorpus(corpus, config);
  const count = counterOf(corpus, validation);
  const textSha256 = await sha256(bytes);
  const data = { dataset: training, validation, notes, count, tokens: corpus.tokens };
  return { ...data, textSha256, textBytes: bytes.length };
}
