// The texts that the page brings along, all the project's own: a file of the build that is asked for when the first
// of them is wanted.

import referenceEngine from "../reference/engine.ts?raw";
import referenceProducts from "../reference/products.ts?raw";
import trainer from "../train/trainer.ts?raw";

export { default as story } from "./samples/story.txt?raw";
export { default as words } from "./samples/words.txt?raw";

export const source = [referenceEngine, referenceProducts, trainer].join("");
