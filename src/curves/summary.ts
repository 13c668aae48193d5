// The curves of a run in words, for whoever does not see them: from where to where, and the lowest.

import type { Columns } from "./history.ts";

const DIGITS = 3;
const RISEN = 3; // evaluations above the best, after which it is no accident

type Told = Pick<Columns, "step" | "loss" | "validationStep" | "validation">;

/** What the curves show, in a sentence or two; of no records, nothing. */
export function curveSummary({ step, loss, validationStep, validation }: Told): string {
  return [lossWords(step, loss), validationWords(validationStep, validation)]
    .filter(Boolean)
    .join(" ");
}

/** Steps done before the best evaluation, where several have been worse since: it learns by heart. */
export function bestLeftBehind({
  validationStep,
  validation,
}: Pick<Told, "validationStep" | "validation">): number | undefined {
  const lowest = lowestOf(validation);
  const since = validation.slice(lowest + 1);
  const isRisen = since.length >= RISEN && since.every((own) => own > (validation[lowest] ?? own));
  return isRisen ? validationStep[lowest] : undefined;
}

function lossWords(step: readonly number[], loss: readonly number[]): string {
  const [first, last] = [loss[0], loss.at(-1)];
  if (first === undefined || last === undefined) return "";
  if (loss.length === 1) return `Loss ${short(first)} at step ${step[0]}.`;
  const lowest = lowestOf(loss);
  const steps = (step.at(-1) as number) + 1;
  const most = `lowest ${short(loss[lowest] as number)} at step ${step[lowest]}`;
  return `Loss ${change(first, last)} in ${steps} steps; ${most}.`;
}

function validationWords(step: readonly number[], loss: readonly number[]): string {
  const [first, last] = [loss[0], loss.at(-1)];
  if (first === undefined || last === undefined) return "";
  if (loss.length === 1) return `Validation ${short(first)} at step ${step[0]}.`;
  const lowest = lowestOf(loss);
  if (lowest === loss.length - 1) return `Validation ${change(first, last)}, its lowest.`;
  const best = `${short(loss[lowest] as number)} at step ${step[lowest]}`;
  return `Validation was lowest, ${best}, and is ${short(last)} at step ${step.at(-1)}.`;
}

function change(from: number, to: number): string {
  const [a, b] = [short(from), short(to)];
  if (a === b) return `stayed at ${a}`;
  return `${to < from ? "fell" : "rose"} from ${a} to ${b}`;
}

/** The place of the first of the lowest. */
function lowestOf(values: readonly number[]): number {
  let lowest = 0;
  for (const [i, value] of values.entries()) {
    if (value < (values[lowest] as number)) lowest = i;
  }
  return lowest;
}

function short(value: number): string {
  return String(Number(value.toPrecision(DIGITS)));
}
