// The places of a step that is played letter by letter, and what is said at each.

import type { Anatomy } from "../training/anatomy.ts";
import { number, subscript, tokenName } from "./format.ts";

/** How far a step has been played: forwards to time t, or the error back to it. */
export interface WalkPlace {
  readonly phase: "forward" | "back";
  readonly t: number;
}

/** What is shown at place `at` of a step of T letters; undefined behind its end. */
export function placeAt(at: number, T: number): WalkPlace | undefined {
  if (at < T) return { phase: "forward", t: at };
  return at < 2 * T ? { phase: "back", t: 2 * T - 1 - at } : undefined;
}

/** A place of a step in words. */
export function wordsOf({ phase, t }: WalkPlace, anatomy: Anatomy): string {
  const { shape, characters, inputs, targets, predictions, probabilities } = anatomy;
  const { losses, lastNorms, cellName } = anatomy;
  const { V, T } = shape;
  const name = (ids: Int32Array, at: number): string =>
    `“${tokenName(characters[ids[at] as number])}”`;
  if (phase === "forward") {
    const said = predictions[t] as number;
    const p = number(probabilities[t * V + said] as number);
    const read = `Forward, letter ${t + 1} of ${T}: it reads ${name(inputs, t)} into its strip and says ${name(predictions, t)} with probability ${p}.`;
    return `${read} The target is ${name(targets, t)}: loss ${number(losses[t] as number)}.`;
  }
  const size = number(lastNorms[t] as number);
  const symbol = `|\u2060∂L${subscript(T)}/\u2060∂h${subscript(t + 1)}|`; // never broken
  if (t === T - 1) {
    return `Back: the last letter's loss tells each unit of its strip which way it should have been: ${symbol} = ${size}.`;
  }
  const means = { rnn: "mean 1 − h²", gru: "mean z", lstm: "mean f" }[cellName];
  const passing = number(anatomy.passing[t + 1] as number);
  return `Back to letter ${t + 1}: the error was multiplied by ${gainOf(anatomy, t + 1)} (${means} is ${passing}); ${symbol} = ${size}.`;
}

/** What the error of the last letter is multiplied by from time t to the one before, as text. */
export function gainOf({ lastNorms }: Pick<Anatomy, "lastNorms">, t: number): string {
  const [before, own] = [lastNorms[t - 1] as number, lastNorms[t] as number];
  return own > 0 ? String(Number((before / own).toPrecision(2))).replaceAll("-", "−") : "–";
}
