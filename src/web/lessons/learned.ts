// What is said once a pair of texts has been learned: what has happened, and what to try next.

import { cited } from "../views/format.ts";
import type { Readings } from "../views/thinking-view.ts";

/** Undefined for a model that is not shown number by number, or still guesses a letter wrong. */
export function learnedWords(shown: Readings | undefined): string | undefined {
  if (shown?.accuracy !== 1) return undefined;
  const { predicted } = shown;
  return `It writes “${cited(predicted)}” now: its strip tells it what came before. Next: play a step, take lesson 2, or give it a story.`;
}
