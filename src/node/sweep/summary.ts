// What a sweep came to, as files: summary.json for programs, summary.csv for a table.

import { groupsOf } from "../../sweep/groups.ts";
import { bitsOf } from "../../train/metrics.ts";
import { VERSION } from "../../version.ts";
import { csvLine } from "../runs/table.ts";
import type { Plan } from "./plan.ts";
import { bestFirst, lossOf, type Standing, stepsOf } from "./standing.ts";

export const SUMMARY_FORMAT = "ello-sweep-summary-1";

/** A run of the summary. No field is a number that JSON does not have: what there is none of is left out. */
export function rowOf(one: Standing): Record<string, unknown> {
  const { run, state, receipt, reason } = one;
  const loss = lossOf(one);
  return {
    ...{ name: run.name, state, ...run.point, steps: stepsOf(one), ofSteps: run.steps },
    ...(loss !== undefined && { loss, bits: bitsOf(loss) }),
    ...(receipt && { seconds: receipt.seconds, sha256: receipt.parametersSha256.final }),
    ...(reason !== undefined && { reason }),
  };
}

/** Runs that differ in their seed alone, folded. */
export function foldedOf({ axes }: Plan, standings: readonly Standing[]) {
  const others = axes.filter((name) => name !== "seed");
  const keyOf = ({ run }: Standing) => JSON.stringify(others.map((name) => run.point[name]));
  const lossOfWhole = (one: Standing) => (one.state === "done" ? lossOf(one) : undefined);
  return groupsOf(standings, keyOf, lossOfWhole).map(({ runs, mean, spread }) => ({
    settings: Object.fromEntries(others.map((name) => [name, runs[0]?.run.point[name]])),
    runs: runs.length,
    done: runs.filter(({ state }) => state === "done").length,
    ...(mean !== undefined && { mean }),
    ...(spread !== undefined && { spread }),
  }));
}

/** The text of summary.json: the best run first. */
export function summaryJson(plan: Plan, standings: readonly Standing[]): string {
  const { text, textSha256, halving, axes } = plan;
  const summary = {
    ...{ format: SUMMARY_FORMAT, version: VERSION, text, textSha256, axes },
    ...(halving !== undefined && { halving, rungs: plan.runs[0]?.rungs }),
    runs: bestFirst(standings).map(rowOf),
    ...(axes.includes("seed") && { folded: foldedOf(plan, standings) }),
  };
  return `${JSON.stringify(summary, null, 2)}\n`;
}

/** The text of summary.csv: a line for each run, the best first. */
export function summaryCsv({ axes }: Plan, standings: readonly Standing[]): string {
  const columns = ["name", "state", ...axes, "steps", "ofSteps", "loss", "bits", "seconds"];
  const all = [...columns, "sha256", "reason"];
  const rows = bestFirst(standings).map((one) => {
    const row = rowOf(one);
    return all.map((column) => `${row[column] ?? ""}`);
  });
  return [all, ...rows].map((row) => `${csvLine(row)}\n`).join("");
}
