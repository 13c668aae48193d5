// What became of the characters of a text that its vocabulary does not hold, in a sentence.

import type { Corpus, CorpusRule } from "./corpus.ts";
import { UNKNOWN_SYMBOL } from "./vocabulary.ts";

/** Whether they stand as the symbol; where a vocabulary has none, they were left out. */
export function isReplaced(
  { vocabulary }: Pick<Corpus, "vocabulary">,
  { unknown }: Pick<CorpusRule, "unknown">,
): boolean {
  return unknown === "symbol" && vocabulary.charToIx.has(UNKNOWN_SYMBOL);
}

/** The sentence, or none if there were none. */
export function unknownNotes(corpus: Omit<Corpus, "tokens">, rule: Pick<CorpusRule, "unknown">) {
  const { unknown } = corpus;
  if (unknown === 0) return [];
  const [what, were] = unknown === 1 ? ["character", "was"] : ["characters", "were"];
  const done = isReplaced(corpus, rule) ? "replaced by the symbol" : "left out";
  return [`${unknown} unknown ${what} ${were} ${done}.`];
}
