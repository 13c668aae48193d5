// What is said of a receipt that was replayed.

import { isCorpusRun } from "../../curves/options.ts";
import { grouped, shown } from "../../outside/printable.ts";
import type { Output } from "../output.ts";
import { duration } from "../run/progress.ts";
import { CannotVerify, type Part, type Verdict } from "./replaying.ts";

const REDRAW = 100; // ms at least between two drawings
const LEAST = 1; // s of a replay before it is said how long it takes

/** What became of a receipt. */
export type Outcome = { readonly path: string; readonly seconds: number } & (
  | { readonly result: "equal" | "different"; readonly verdict: Verdict }
  | { readonly result: "cannot"; readonly reason: string }
);

/** Exit codes. */
export const CODES: Readonly<Record<Outcome["result"], number>> = {
  equal: 0,
  different: 1,
  cannot: 2,
};

/** The outcome of a replay that has just begun. */
export async function outcomeOf(path: string, work: Promise<Verdict>): Promise<Outcome> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  try {
    const verdict = await work;
    const isEqual = verdict.parts.every((part) => !part.difference);
    return { path, seconds: seconds(), result: isEqual ? "equal" : "different", verdict };
  } catch (error) {
    if (!(error instanceof CannotVerify)) throw error;
    return { path, seconds: seconds(), result: "cannot", reason: error.message };
  }
}

/** The lines of one that was replayed. */
export function verdictLines(outcome: Exclude<Outcome, { result: "cannot" }>): string[] {
  const { verdict, path, seconds } = outcome;
  const { receipt, parts, engine, threads } = verdict;
  const what = isCorpusRun(receipt.config)
    ? `a run on ${receipt.text?.map((name) => shown(name)).join(", ") ?? "a text"}`
    : `${shown(receipt.config.input)} → ${shown(receipt.config.target)}`;
  const team = threads === 1 ? "1 thread" : `${threads} threads`;
  const steps = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const all = receipt.steps === 1 ? "1 step" : `${grouped(receipt.steps)} steps`;
  const where = `${shown(path)}: ${what}, ${all}, release ${shown(receipt.version)}`;
  const how = `Replayed ${grouped(steps)} steps in ${seconds.toFixed(1)} s (${engine} engine, ${team})`;
  const isWhole = parts.length === 1 && parts[0]?.from === 0 && parts[0].to === receipt.steps;
  const own = isWhole
    ? []
    : parts.map((part) => `  steps ${part.from} to ${part.to}: ${resultOf(part, verdict)}`);
  return [where, how, ...own, summaryOf(verdict, isWhole)];
}

function summaryOf(verdict: Verdict, isWhole: boolean): string {
  const { receipt, parts } = verdict;
  const links = linksOf(parts);
  const differing = parts.find(({ difference }) => difference);
  if (differing) return `Different: ${resultOf(differing, verdict)}`;
  const all = receipt.chain.links.length;
  if (!isWhole) {
    const others = links < all ? "; the others were not replayed" : "";
    return `Equal: the ${links} links of these parts, of ${all}${others}`;
  }
  return `Equal: all ${all} links; SHA-256 of the weights ${receipt.parametersSha256.final}`;
}

/** Links that are equal; where two parts join, one belongs to both. */
export function linksOf(parts: readonly Part[]): number {
  const joints = parts.filter(({ from }, i) => from > 0 && parts[i - 1]?.to === from).length;
  return parts.reduce((sum, { equal }) => sum + equal, 0) - joints;
}

/** Whether a part is equal, or where it first differs. */
export function resultOf({ difference, equal }: Part, { receipt }: Verdict): string {
  if (!difference) return `${equal} links equal`;
  const { link, step, what, receipt: theirs, replay } = difference;
  const all = receipt.chain.links.length;
  const place =
    link === undefined ? `after step ${step}` : `link ${link + 1} of ${all}, after step ${step}`;
  const before = equal === 0 ? "" : `; the ${equal} before ${equal === 1 ? "is" : "are"} equal`;
  return `${place}: ${what}: receipt ${shown(theirs, 200)}, replay ${shown(replay, 200)}${before}`;
}

/** One receipt as JSON. */
export function jsonOf(outcome: Outcome): string {
  const { path, result, seconds } = outcome;
  if (outcome.result === "cannot")
    return JSON.stringify({ receipt: path, result, reason: outcome.reason });
  const { receipt, parts, engine, threads } = outcome.verdict;
  const all = { steps: receipt.steps, links: receipt.chain.links.length };
  return JSON.stringify({ receipt: path, result, ...all, parts, engine, threads, seconds });
}

/** Shows on a terminal how far a replay is. */
export function progressOn(output: Output, isShown: boolean) {
  const began = performance.now();
  let drawn = 0;
  return async (done: number, steps: number, equal: number): Promise<void> => {
    const now = performance.now();
    if (isShown && output.isTerminal && now - drawn > REDRAW) {
      drawn = now;
      const passed = (now - began) / 1000;
      const left = passed > LEAST ? `, ${duration((passed / done) * (steps - done))} left` : "";
      const links = `${equal} ${equal === 1 ? "link" : "links"} equal`;
      output.status(`Replayed ${grouped(done)} of ${grouped(steps)} steps, ${links}${left}`);
    }
    await output.breathe();
  };
}
