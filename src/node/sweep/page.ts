// sweep.html: a sweep as one page that needs nothing else: the runs across their settings, their curves, a table.

import { join } from "node:path";
import { bitsOf } from "../../train/metrics.ts";
import { escapeHtml, figureHtml } from "../pictures/curves-html.ts";
import { type Crossing, parallelSvg } from "../pictures/parallel.ts";
import { labelsOf } from "../runs/differences.ts";
import { curvesOf, factsOf } from "../runs/facts.ts";
import { lineUp } from "../runs/line-up.ts";
import { hashCell } from "../runs/table.ts";
import type { Plan } from "./plan.ts";
import { bestFirst, lossOf, type Standing, stepsOf } from "./standing.ts";

const MOST_CURVES = 12; // the best; all are in the table

/** The text of the page; undefined before a run has come to anything. */
export async function sweepHtml(
  plan: Plan,
  folder: string,
  standings: readonly Standing[],
): Promise<string | undefined> {
  const ordered = bestFirst(standings);
  const measured = ordered.filter((one) => one.state !== "failed" && one.receipt && lossOf(one));
  if (measured.length === 0) return undefined;
  const crossings = measured.map(
    (one): Crossing => ({
      name: one.run.name,
      values: plan.axes.map((name) => one.run.point[name] ?? ""),
      loss: lossOf(one) as number,
    }),
  );
  const facts = await Promise.all(
    measured
      .slice(0, MOST_CURVES)
      .map(({ run }) => factsOf(join(folder, run.name, "receipt.json"), folder)),
  );
  const { title, ...content } = lineUp(
    await Promise.all(facts.map(curvesOf)),
    "step",
    labelsOf(facts),
  );
  const shown =
    measured.length > MOST_CURVES
      ? `the best ${MOST_CURVES} of ${measured.length}`
      : "the best first";
  return figureHtml({
    title: `Sweep of ${standings.length} runs`,
    above: `<p>${escapeHtml(aboutOf(plan, standings))}</p>
<h2>Settings and loss</h2>
${parallelSvg(plan.axes, crossings)}
<h2>${title}</h2>`,
    subtitle: `${shown.charAt(0).toUpperCase()}${shown.slice(1)}; lower is better.`,
    content,
    below: `<h2>All runs</h2>\n${tableHtml(plan, ordered)}`,
  });
}

function aboutOf({ text, axes, halving }: Plan, standings: readonly Standing[]): string {
  const failed = standings.filter(({ state }) => state === "failed").length;
  const parts = [
    `Varied: ${axes.join(", ")}`,
    ...(text.length > 0 ? [`text: ${text.join(", ")}`] : []),
    ...(halving === undefined ? [] : [`one in ${halving} goes on from each rung`]),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return `${parts.join("; ")}.`;
}

function tableHtml({ axes }: Plan, ordered: readonly Standing[]): string {
  const head = [...axes, "steps", "loss", "bits", "SHA-256", "state"];
  const rows = ordered.map((one) => {
    const { run, receipt, state, reason } = one;
    const loss = lossOf(one);
    return [
      ...axes.map((name) => `${run.point[name]}`),
      `${stepsOf(one)} of ${run.steps}`,
      loss === undefined ? "–" : loss.toFixed(4),
      loss === undefined ? "–" : bitsOf(loss).toFixed(3),
      receipt ? hashCell(receipt.parametersSha256.final) : "–",
      reason === undefined ? state : `${state}: ${reason}`,
    ];
  });
  const line = (cells: readonly string[], tag: "th" | "td"): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  return `<div class="wide"><table class="runs">
${[line(head, "th"), ...rows.map((row) => line(row, "td"))].join("\n")}
</table></div>`;
}
