// What is said once a pair of texts has been learned: what has happened, and what to try next.

import { cited, steps } from "../views/format.ts";
import type { Readings } from "../views/thinking-view.ts";

/** Undefined for a model that is not shown number by number, or still guesses a letter wrong. */
export function learnedWords(shown: Readings | undefined): string | undefined {
  if (shown?.accuracy !== 1) return undefined;
  const { step, predicted } = shown;
  return `After ${steps(step)} it writes “${cited(predicted)}”: its strip tells it what came before. Next: play a step from the start, ask why two equal letters differ (lesson 2), or give it a story.`;
}
