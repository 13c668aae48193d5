// What a race has found, in numbers that agree and in a sentence; draws nothing.

import type { BenchRow } from "../../bench/measure.ts";
import { duration } from "./format.ts";

/** A row of the race as it is shown. */
export interface Racer {
  readonly name: string;
  /** To the reference of its precision; null where the machine was too busy for a claim. */
  readonly ratio: number | null;
  readonly spread: readonly [low: number, high: number];
  readonly microsecondsPerStep: number;
  readonly charsPerSecond: number;
}

/**
 * The rows so that time times ratio is the reference's time. A ratio is the median over the rounds, in each of
 * which both took their turn, so it is free of what slowed the whole machine down; a time of its own is not. So of
 * a row with a ratio the time is the reference's median by it. References come before the rows that are to them.
 */
export function racersOf(rows: readonly BenchRow[]): Racer[] {
  let reference = rows[0];
  return rows.map((row) => {
    const { name, ratioToReference: ratio, ratioSpread: spread } = row;
    if (spread.every((value) => value === 1)) reference = row;
    const slower = ratio === null || !reference ? row : reference;
    const share = ratio ?? 1;
    return {
      name,
      ratio,
      spread,
      microsecondsPerStep: slower.microsecondsPerStep / share,
      charsPerSecond: slower.charsPerSecond * share,
    };
  });
}

/** The first two, reference and core, in a sentence; none where no ratio is claimed. */
export function raceWords([reference, core]: readonly Racer[]): string {
  if (!reference || !core || core.ratio === null) return "";
  const [own, other] = [core, reference].map((one) => duration(one.microsecondsPerStep / 1e6));
  const [low, high] = core.spread.map((value) => value.toFixed(1));
  const times = `${core.ratio.toFixed(1)} times as fast`;
  return `The core did a step in ${own}, plain TypeScript in ${other}: ${times} (in eight of ten rounds ${low} to ${high} times).`;
}
