// The texts that the page brings along, all the project's own: Node finds them under the same paths.

import sampler from "../generate/sampler.ts?raw";
import referenceEngine from "../reference/engine.ts?raw";
import referenceProducts from "../reference/products.ts?raw";
import type { Config } from "../settings/check.ts";
import trainer from "../train/trainer.ts?raw";
import story from "./samples/story.txt?raw";
import words from "./samples/words.txt?raw";

export interface Sample {
  /** As it stands in a link. */
  readonly name: string;
  readonly label: string;
  /** From the root of a checkout, in the order of the text. */
  readonly paths: readonly string[];
  readonly text: string;
  /** What suits it better than the defaults for a text. */
  readonly settings: Partial<Config>;
}

export const SAMPLES: readonly Sample[] = [
  {
    name: "source",
    label: "Its own source code",
    paths: [
      "src/reference/engine.ts",
      "src/reference/products.ts",
      "src/train/trainer.ts",
      "src/generate/sampler.ts",
    ],
    text: [referenceEngine, referenceProducts, trainer, sampler].join(""),
    settings: { epochs: 100 },
  },
  {
    name: "words",
    label: "A list of words",
    paths: ["src/web/samples/words.txt"],
    text: words,
    settings: { hiddenSize: 64, seqLength: 25, batchSize: 8, learningRate: 0.005, epochs: 100 },
  },
  {
    name: "story",
    label: "A short story",
    paths: ["src/web/samples/story.txt"],
    text: story,
    settings: { hiddenSize: 64, seqLength: 25, batchSize: 8, learningRate: 0.005, epochs: 100 },
  },
];
