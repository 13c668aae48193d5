// A corpus as training steps: B parallel streams through it, T characters of each at a time.

import { DataError } from "../outside/errors.ts";
import { type Config, ConfigError } from "../settings/check.ts";
import type { Corpus } from "./corpus.ts";
import type { Dataset } from "./dataset.ts";
import type { Vocabulary } from "./vocabulary.ts";

const NOTEWORTHY = 0.05; // share of a part that no step uses

/** Part of a corpus. Stream b is the b-th of B equal pieces; what is left at the end is not used. */
export class TextDataset implements Dataset {
  readonly vocabulary: Vocabulary;
  readonly seqLength: number;
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  readonly settings: Partial<Config>;
  readonly notes: readonly string[];
  /** Its tokens are `begin` … `end` - 1 of the corpus. */
  readonly begin: number;
  readonly end: number;
  readonly #corpus: Corpus;
  readonly #streamLength: number;

  /** The tokens `begin` … `end` - 1, of which there are more than T·B. `notes`: on how it was made. */
  constructor(
    corpus: Corpus,
    begin: number,
    end: number,
    { seqLength, batchSize }: Pick<Config, "seqLength" | "batchSize">,
    notes: readonly string[] = [],
  ) {
    this.#corpus = corpus;
    this.begin = begin;
    this.end = end;
    this.notes = notes;
    this.#streamLength = Math.floor((end - begin - 1) / batchSize);
    this.vocabulary = corpus.vocabulary;
    this.seqLength = seqLength;
    this.batchSize = batchSize;
    this.stepsPerEpoch = Math.floor(this.#streamLength / seqLength);
    this.settings = { input: "", target: "", seqLength, batchSize };
    if (this.stepsPerEpoch < 1) {
      throw new DataError(
        `text: expected more than ${seqLength * batchSize} characters for T ${seqLength}, B ${batchSize}, got ${end - begin}`,
      );
    }
  }

  /**
   * How many characters no step predicts, and how it comes, if they are more than a few per cent.
   * `use`: what the others are for.
   */
  note(use: string): string[] {
    const { seqLength: T, batchSize: B, stepsPerEpoch } = this;
    const stream = this.#streamLength;
    const predictable = this.end - this.begin - 1;
    const leftOut = (used: number): number => predictable - used * B;
    const now = leftOut(stepsPerEpoch * T);
    if (now <= NOTEWORTHY * predictable) return [];
    const steps = Math.ceil(stream / T);
    const fitting = Math.floor(stream / steps);
    const better = leftOut(steps * fitting);
    const advice = better < now ? `; sequences of ${fitting} would leave out ${better}` : "";
    return [
      `${now} of ${predictable + 1} characters are not ${use}: rows of ${stream} hold ${stepsPerEpoch} × ${T}${advice}.`,
    ];
  }

  load(step: number, inputs: Int32Array, targets: Int32Array): void {
    const { seqLength: T, batchSize: B } = this;
    const { tokens } = this.#corpus;
    for (let b = 0; b < B; b++) {
      const from = this.begin + b * this.#streamLength + step * T;
      let token = tokens.at(from);
      for (let t = 0; t < T; t++) {
        inputs[t * B + b] = token;
        token = tokens.at(from + t + 1);
        targets[t * B + b] = token;
      }
    }
  }
}

/** What a corpus is split into. */
export interface Split {
  readonly training: TextDataset;
  /** The tail that is not trained on; absent for a fraction of 0 or a text too short. */
  readonly validation: TextDataset | undefined;
  /** What had to be done differently from what was asked, in sentences; a model on `training` has them too. */
  readonly notes: readonly string[];
}

/**
 * Training and validation text. Where the corpus is short, rows and then the sequence are made fewer
 * and shorter until a step fits.
 * @throws {ConfigError} for a corpus of fewer than two tokens.
 * @example
 * ```js
 * const settings = { ...TEXT_DEFAULTS, hiddenSize: 8, epochs: 1 };
 * const { training, validation } = splitCorpus(corpusOf(text, settings), settings);
 * console.log(training.stepsPerEpoch, validation?.notes);
 * ```
 */
export function splitCorpus(
  corpus: Corpus,
  asked: Pick<Config, "seqLength" | "batchSize" | "valFraction">,
): Split {
  const { length } = corpus.tokens;
  if (length < 2) {
    throw new ConfigError(
      "text",
      `expected at least 2 characters, one to read and one to predict, got ${length}; use a longer text`,
    );
  }
  const notes: string[] = [];
  let tail = Math.floor(length * asked.valFraction);
  const shorten = (
    tokens: number,
    { seqLength, batchSize }: { seqLength: number; batchSize: number },
  ) => ({
    seqLength: Math.min(seqLength, tokens - 1),
    batchSize: Math.max(1, Math.min(batchSize, Math.floor((tokens - 1) / seqLength))),
  });
  if (length - tail < 2) tail = 0;
  let shape = shorten(length - tail, asked);
  if (tail > shape.seqLength) {
    shape = shorten(tail, shape);
  } else if (asked.valFraction > 0) {
    tail = 0;
    shape = shorten(length, asked);
    notes.push("The text is too short to keep a part for validation.");
  }
  const { seqLength, batchSize } = shape;
  if (seqLength < asked.seqLength || batchSize < asked.batchSize) {
    const shorter = (got: number, wanted: number): string =>
      got < wanted ? `${got} (asked ${wanted})` : String(got);
    const rows = batchSize === 1 && asked.batchSize === 1 ? "row" : "rows";
    notes.push(
      `The text of ${length} characters is short: training on sequences of ${shorter(seqLength, asked.seqLength)} in ${shorter(batchSize, asked.batchSize)} ${rows}.`,
    );
  }
  const training = new TextDataset(corpus, 0, length - tail, shape, notes);
  const validation = tail > 0 ? new TextDataset(corpus, length - tail, length, shape) : undefined;
  notes.push(...training.note("trained on"), ...(validation?.note("evaluated on") ?? []));
  return { training, validation, notes };
}
