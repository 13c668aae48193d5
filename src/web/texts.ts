// The texts that can be trained on beside the visitor's own: the project's, and the tasks, whose texts are made
// when they are asked for. Node finds them under the same names.

import type { Config } from "../settings/check.ts";
import { TASK_PREFIX, taskText } from "../tasks/tasks.ts";

export interface Sample {
  /** As it stands in a link. */
  readonly name: string;
  readonly label: string;
  /** From the root of a checkout, in the order of the text; or the name of a task. */
  readonly paths: readonly string[];
  /** Read when it is first wanted. @throws {RangeError} where it cannot be. */
  text(): Promise<string>;
  /** What suits it better than the defaults for a text. */
  readonly settings: Partial<Config>;
  /** Of a task: what its settings differ from, in a link too, in place of the defaults for a text. */
  readonly defaults?: Partial<Config>;
  /** Of a task: what a line of it asks. */
  readonly about?: string;
}

/** What any of the tasks is learned with, so that two of them, or two cells, differ in nothing else. */
const ON_TASK: Partial<Config> = {
  cell: "lstm",
  hiddenSize: 32,
  seqLength: 40,
  batchSize: 8,
  learningRate: 0.005,
  epochs: 30,
};

function task(name: string, label: string, about: string): Sample {
  let text: string | undefined;
  return {
    name,
    label,
    about,
    paths: [TASK_PREFIX + name],
    text: async () => {
      text ??= taskText(name);
      return text;
    },
    settings: {},
    defaults: ON_TASK,
  };
}

async function brought(name: "source" | "words" | "story"): Promise<string> {
  try {
    return (await import("./sample-texts.ts"))[name];
  } catch {
    throw new RangeError("text: expected the page's own texts, got none; load the page again");
  }
}

export const SAMPLES: readonly Sample[] = [
  {
    name: "source",
    label: "Its own source code",
    paths: ["src/reference/engine.ts", "src/reference/products.ts", "src/train/trainer.ts"],
    text: () => brought("source"),
    settings: { epochs: 100 },
  },
  {
    name: "words",
    label: "A list of words",
    paths: ["src/web/samples/words.txt"],
    text: () => brought("words"),
    settings: { hiddenSize: 64, seqLength: 25, batchSize: 8, learningRate: 0.005, epochs: 100 },
  },
  {
    name: "story",
    label: "A short story",
    paths: ["src/web/samples/story.txt"],
    text: () => brought("story"),
    settings: { hiddenSize: 64, seqLength: 25, batchSize: 8, learningRate: 0.005, epochs: 100 },
  },
  task(
    "copy",
    "Copy after a delay",
    "What stands before the dots is to be written again after the bar.",
  ),
  task(
    "brackets",
    "Matching brackets",
    "After the bar, what is still open is to be closed, the newest first.",
  ),
  task(
    "recall",
    "Delayed recall",
    "The capital at the start is to be written again after the question mark.",
  ),
  task("counting", "Counting", "There are as many b as a: the line is to end after the last."),
];
