// The dataset of one input text and one target text, such as the original's `hell` → `ello`.

import { quoted } from "../outside/printable.ts";
import { type Config, ConfigError, DEFAULTS } from "../settings/check.ts";
import type { Dataset } from "./dataset.ts";
import { Vocabulary } from "./vocabulary.ts";

/** One sequence of T characters and the T characters to be predicted from it. */
export class PairDataset implements Dataset {
  readonly input: string;
  readonly target: string;
  readonly vocabulary: Vocabulary;
  /** [T] */
  readonly inputIndices: Int32Array;
  /** [T] */
  readonly targetIndices: Int32Array;
  readonly batchSize = 1;
  readonly stepsPerEpoch = 1;

  /** @throws {ConfigError} for lengths that differ. @throws {VocabularyError} below 2 characters. */
  constructor(input: string = DEFAULTS.input, target: string = DEFAULTS.target) {
    for (const [setting, text] of Object.entries({ input, target })) {
      if (text.length === 0 || !text.isWellFormed()) {
        throw new ConfigError(
          setting,
          `expected at least one character, without lone surrogates, got ${quoted(text)}`,
        );
      }
    }
    const lengths = [[...input].length, [...target].length];
    if (lengths[0] !== lengths[1]) {
      throw new ConfigError(
        "target",
        `expected as many characters as the input, ${lengths[0]}, got ${lengths[1]}; give texts of equal length`,
      );
    }
    this.input = input;
    this.target = target;
    this.vocabulary = Vocabulary.inOrder(input + target);
    this.inputIndices = this.vocabulary.encode(input);
    this.targetIndices = this.vocabulary.encode(target);
  }

  get settings(): Partial<Config> {
    const { input, target, seqLength, batchSize } = this;
    return { input, target, seqLength, batchSize };
  }
  get seqLength(): number {
    return this.inputIndices.length;
  }
  get vocabSize(): number {
    return this.vocabulary.size;
  }
  get ixToChar(): readonly string[] {
    return this.vocabulary.ixToChar;
  }
  get charToIx(): ReadonlyMap<string, number> {
    return this.vocabulary.charToIx;
  }

  /** The input as one-hot vectors, [T][V]. */
  inputs(): Float64Array[] {
    return Array.from(this.inputIndices, (id) => {
      const vector = new Float64Array(this.vocabSize);
      vector[id] = 1;
      return vector;
    });
  }

  load(_step: number, inputs: Int32Array, targets: Int32Array): void {
    inputs.set(this.inputIndices);
    targets.set(this.targetIndices);
  }
}

/**
 * The original script's data: reads `hell`, learns to write `ello`.
 * @example
 * ```js
 * const data = hello();
 * const small = await createModel(data);
 * for (const { loss } of train(small, data)) console.log(loss);
 * console.log(predictedText(small)); // ello
 * ```
 */
export function hello(): PairDataset {
  return new PairDataset();
}
