// What a lesson is: steps that set a run, say one thing, and ask one question, which is answered in the
// picture. Knows no document.

import type { Anatomy } from "../training/anatomy.ts";

/** A question that is answered by choosing a part of the picture. */
export interface Choice {
  /** The parts to choose from, as the style sheets name them, in the order of the page. */
  readonly among: string;
  /** Which of so many are right; by a model that is shown whole, its numbers. */
  right(anatomy: Anatomy | undefined, count: number): readonly number[];
}

/** A question that is answered by moving a slider. */
export interface Slide {
  readonly slider: string;
  accepts(value: number): boolean;
}

export interface LessonStep {
  /** The run, as a link has it; empty for hello. */
  readonly run: string;
  /** Training steps after which it stands; Infinity goes on. */
  readonly after: number;
  /** A button that is pressed once the run is there. */
  readonly press?: string;
  /** One thing, in three sentences at most. */
  readonly says: string;
  /** The parts that it speaks of. */
  readonly lit: string;
  readonly asks: string;
  readonly answer: Choice | Slide;
  /** Said to a right answer, and to a wrong one. */
  readonly because: string;
  readonly hint: string;
}

export interface Lesson {
  /** As it stands in a link. */
  readonly name: string;
  readonly title: string;
  readonly steps: readonly LessonStep[];
}

/** A part by its place. */
export function nth(among: string, ...right: number[]): Choice {
  return { among, right: (_anatomy, count) => right.map((place) => (place + count) % count) };
}

/** The letter where a number of a step is largest, or smallest. */
export function letterOf(
  kind: "largest" | "smallest",
  numbers: (anatomy: Anatomy) => readonly number[],
): Choice {
  return {
    among: "#network .time",
    right: (anatomy) => {
      const values = anatomy ? numbers(anatomy) : [];
      const best = kind === "largest" ? Math.max(...values) : Math.min(...values);
      return values.flatMap((value, t) => (value === best ? [t] : []));
    },
  };
}

/** Letters of which something is so. */
export function lettersWhere(isSo: (anatomy: Anatomy, t: number) => boolean): Choice {
  return {
    among: "#network .time",
    right: (anatomy) =>
      anatomy
        ? Array.from({ length: anatomy.shape.T }, (_, t) => t).filter((t) => isSo(anatomy, t))
        : [],
  };
}

/** The last letter where the last one's error has become less than a share of itself. */
export function firstBelow(share: number): Choice {
  return lettersWhere(({ lastNorms }, t) => {
    const bound = share * (lastNorms.at(-1) as number);
    return (lastNorms[t] as number) < bound && (lastNorms[t + 1] ?? Number.NaN) >= bound;
  });
}
