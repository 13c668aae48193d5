// Draws the next character from the probabilities of the last call; reckons in f64 whatever they are.

import { B, P, V, Vq } from "./dimensions";
import { exp, log } from "./elementary/double";
import { candidates, chances, probabilities } from "./layout";
import { getDouble, getWord, setDouble, setWord } from "./memory";
import { unitAt } from "./pack";
import { seed, uniform } from "./random";

const STREAM_OF_DRAWS: u32 = 1; // the weights are drawn from stream 0

/** Starts the draws of a seed. */
export function seedDraws(low: u32, high: u32): void {
  seed(low, high, STREAM_OF_DRAWS);
}

/** Whether candidate a comes before b: the likelier, of equals the first in the vocabulary. */
function precedes(a: u32, b: u32): bool {
  const pa = getDouble(chances, a);
  const pb = getDouble(chances, b);
  return pa > pb || (pa == pb && a < b);
}

/** Sinks the candidate at `root` of a heap whose last is the first to come, for a heap sort. */
function sink(root: i32, size: i32): void {
  while (true) {
    let last = root;
    for (let child = 2 * root + 1; child <= 2 * root + 2; child++) {
      if (child < size && precedes(getWord(candidates, last), getWord(candidates, child))) {
        last = child;
      }
    }
    if (last == root) return;
    swap(root, last);
    root = last;
  }
}

function swap(i: i32, j: i32): void {
  const candidate = getWord(candidates, i);
  setWord(candidates, i, getWord(candidates, j));
  setWord(candidates, j, candidate);
}

/** The candidates in order, the likeliest first. */
function sort(): void {
  for (let i = (V >> 1) - 1; i >= 0; i--) sink(i, V);
  for (let size = V - 1; size > 0; size--) {
    swap(0, size);
    sink(0, size);
  }
}

/**
 * Draws from row b of the last time. Temperature: probabilities to the power of 1/temperature, 0
 * takes the likeliest. Then the `topK` likeliest, 0 for all; of them the fewest that together have
 * `topP` of what they have. @returns the token.
 */
export function draw(b: i32, temperature: f64, topK: i32, topP: f64): i32 {
  const p = P - B + b;
  let highest: f64 = 0;
  for (let v = 0; v < V; v++) highest = max(highest, <f64>unitAt(probabilities, p, v, Vq));
  for (let v = 0; v < V; v++) {
    const probability: f64 = unitAt(probabilities, p, v, Vq);
    let chance = probability == highest ? 1 : 0.0;
    if (temperature == 1) chance = probability;
    else if (temperature > 0 && probability > 0) {
      chance = exp((log(probability) - log(highest)) / temperature);
    }
    setDouble(chances, v, chance);
    setWord(candidates, v, v);
  }
  if (temperature == 0 || topK > 0 || topP < 1) sort();
  const kept = temperature == 0 ? 1 : topK > 0 ? min(topK, V) : V;
  let total: f64 = 0;
  for (let i = 0; i < kept; i++) total += getDouble(chances, getWord(candidates, i));
  if (topP < 1) total = massOfFewest(topP * total, kept);
  return pick(uniform() * total, kept);
}

/** What the fewest first candidates have that together have at least `mass`. */
function massOfFewest(mass: f64, kept: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < kept; i++) {
    sum += getDouble(chances, getWord(candidates, i));
    if (sum >= mass) break;
  }
  return sum;
}

/** The candidate in whose part of the sum of chances `place` lies. */
function pick(place: f64, kept: i32): i32 {
  let sum: f64 = 0;
  let last: u32 = getWord(candidates, 0);
  for (let i = 0; i < kept; i++) {
    const candidate = getWord(candidates, i);
    const chance = getDouble(chances, candidate);
    if (chance > 0) last = candidate;
    sum += chance;
    if (sum > place) return candidate;
  }
  return last; // rounding left `place` at the end
}
