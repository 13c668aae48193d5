// Draws the next character, in the order of assembly/sample.ts.

import type { DrawRule } from "../engine/engine.ts";
import { exp, log } from "./elementary.ts";
import type { Generator } from "./random.ts";
import type { Reals } from "./real.ts";

/** Draws a token from `probabilities`. */
export function draw(
  probabilities: Reals,
  { temperature, topK, topP }: DrawRule,
  generator: Generator,
): number {
  const highest = probabilities.reduce((high, value) => Math.max(high, value), 0);
  const chances = Float64Array.from(probabilities, (probability) => {
    if (temperature === 1) return probability;
    if (temperature > 0 && probability > 0) {
      return exp((log(probability) - log(highest)) / temperature);
    }
    return probability === highest ? 1 : 0;
  });
  const candidates = [...chances.keys()];
  if (temperature === 0 || topK > 0 || topP < 1) {
    candidates.sort((a, b) => (chances[b] as number) - (chances[a] as number) || a - b);
  }
  const most = topK > 0 ? topK : chances.length;
  const kept = candidates.slice(0, temperature === 0 ? 1 : most);
  const chanceOf = (candidate: number) => chances[candidate] as number;
  let total = kept.reduce((sum, candidate) => sum + chanceOf(candidate), 0);
  if (topP < 1) {
    const mass = topP * total;
    total = 0;
    for (const candidate of kept) {
      total += chanceOf(candidate);
      if (total >= mass) break;
    }
  }
  const place = generator.uniform() * total;
  let sum = 0;
  for (const candidate of kept) {
    sum += chanceOf(candidate);
    if (sum > place) return candidate;
  }
  return kept.findLast((candidate) => chanceOf(candidate) > 0) ?? (kept[0] as number);
}
