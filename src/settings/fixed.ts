// The settings that a run keeps from its beginning to its end.

import type { Config } from "./config.ts";

/** They decide what the arrays of a run mean: the same run cannot go on with others. */
export const FIXED: readonly (keyof Config)[] = [
  ...(["input", "target", "unit", "minCount", "unknown", "normalizeNewlines"] as const),
  ...(["valFraction", "cell", "layers", "hiddenSize", "precision"] as const),
  ...(["seqLength", "batchSize", "init", "forgetBias", "recurrentRadius", "seed"] as const),
  ...(["optimizer", "reduction", "carryState"] as const),
];
