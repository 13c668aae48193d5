// The curves of several runs along one axis.

import type { Comparison } from "../../curves/comparison.ts";
import type { Curve, RunCurves } from "./facts.ts";

export const XS = ["step", "seconds", "characters"] as const;
export type X = (typeof XS)[number];

/** Curves to draw, and what they are of. */
export interface LineUp extends Comparison {
  readonly title: string;
}

const AXES: Readonly<Record<X, string>> = {
  step: "training steps",
  seconds: "seconds of training",
  characters: "characters trained on",
};

/** The validation curves where every run has one, else those of the training loss. */
export function lineUp(runs: readonly RunCurves[], x: X, labels: readonly string[]): LineUp {
  const areValidated = runs.every(({ validation }) => validation.steps.length > 0);
  const curves = runs.map((run) => (areValidated ? run.validation : run.training));
  const along = curves.map((curve, i) => placesOf(curve, runs[i] as RunCurves, x));
  const places = [...new Set(along.flat())].toSorted((a, b) => a - b);
  const lines = curves.map(({ losses }, i) => {
    const own = new Map((along[i] as number[]).map((place, at) => [place, losses[at] ?? null]));
    return places.map((place) => own.get(place) ?? null);
  });
  const title = areValidated ? "Validation loss" : "Training loss";
  return { title, axis: AXES[x], labels, places, lines };
}

/** Where the points of a curve stand; a run's seconds are taken to pass evenly. */
function placesOf({ steps }: Curve, { receipt, perStep }: RunCurves, x: X): number[] {
  const perSecond = receipt.charsPerSecond / perStep;
  const factor = x === "step" ? 1 : x === "characters" ? perStep : 1 / perSecond;
  return steps.map((step) => step * factor);
}
