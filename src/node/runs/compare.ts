// `ello compare`: several runs side by side: a table of what they differ in and what they reached, and a picture of
// their curves.

import { writeFile } from "node:fs/promises";
import { quoted, shown } from "../../outside/printable.ts";
import { bitsOf } from "../../train/metrics.ts";
import { usageOf } from "../caller.ts";
import { lineOf, RunError, reasonOf, UsageError } from "../errors.ts";
import {
  expectFlagEffects,
  type FlagTable,
  flagLines,
  type Given,
  readFlags,
} from "../flags/flags.ts";
import { flagOf } from "../flags/train-flags.ts";
import type { Output } from "../output.ts";
import { drawComparison } from "../pictures/comparison.ts";
import { comparisonHtml } from "../pictures/curves-html.ts";
import { duration } from "../run/progress.ts";
import { differingSettings, haveSeveralTexts, labelsOf, settingOf } from "./differences.ts";
import { curvesOf, factsOf, type RunFacts } from "./facts.ts";
import { lineUp, type X, XS } from "./line-up.ts";
import { jsonOf } from "./list.ts";
import { receiptOf, receiptsIn } from "./receipts.ts";
import { csvLine, hashCell, nameCell, tableLines } from "./table.ts";

const FLAGS: FlagTable = {
  chart: { value: "FILE", help: "also the curves as a picture: .png, .svg or .html" },
  x: { value: "NAME", standard: "step", help: "along step, seconds or characters", needs: "chart" },
  json: { help: "print one JSON object for each run and nothing else", without: ["csv"] },
  csv: { help: "print the table as comma-separated values and nothing else" },
  help: { help: "print this and exit" },
};

/** Runs the command. @throws {UsageError} @throws {RunError} */
export async function runCompare(args: readonly string[], output: Output): Promise<void> {
  const given = readFlags("compare", FLAGS, args);
  if (given.flags.has("help")) return output.line(help());
  const { chart, x } = chartOf(given);
  expectFlagEffects(FLAGS, given.spelled);
  const runs = await runsOf(given.files);
  const table = tableOf(runs);
  if (given.flags.has("json")) {
    for (const run of runs) await output.line(JSON.stringify(jsonOf(run)));
  } else if (given.flags.has("csv")) {
    for (const row of table) await output.line(csvLine(row));
  } else {
    const [head = [], ...rows] = table;
    for (const line of tableLines(head, rows)) await output.line(line);
    await output.line(differenceLine(runs));
  }
  if (chart === undefined) return;
  await save(chart, runs, x);
  if (!given.flags.has("json") && !given.flags.has("csv"))
    await output.line(`Wrote ${shown(chart)}`);
}

function chartOf(given: Given): { chart: string | undefined; x: X } {
  const chart = given.flags.get("chart")?.at(-1);
  if (chart !== undefined && !/.\.(png|svg|html)$/.test(chart)) {
    throw new UsageError(`--chart: expected FILE.png, FILE.svg or FILE.html, got ${quoted(chart)}`);
  }
  const x = (given.flags.get("x")?.at(-1) ?? "step") as X;
  if (!XS.includes(x)) throw new UsageError(`--x: expected ${XS.join(", ")}, got ${quoted(x)}`);
  return { chart, x };
}

/** The runs of folders and receipts, the best first. @throws {UsageError} @throws {RunError} */
async function runsOf(names: readonly string[]): Promise<RunFacts[]> {
  if (names.length === 0) {
    throw new UsageError(
      "compare: expected runs: their folders, receipts, or a folder of several, got none",
    );
  }
  const paths: string[] = [];
  for (const name of names) {
    const own = await receiptOf(name, "compare");
    paths.push(...(own === undefined ? await receiptsIn(name, "compare") : [own]));
  }
  const different = [...new Set(paths)];
  if (different.length < 2) {
    throw new UsageError(
      `compare: expected at least 2 runs, got ${different.length}; name more, or a folder of several`,
    );
  }
  const runs: RunFacts[] = [];
  for (const path of different) {
    try {
      runs.push(await factsOf(path, "."));
    } catch (error) {
      throw new RunError(`compare: ${shown(path)}: ${lineOf(error, flagOf)}`);
    }
  }
  // Those that were validated first: a training loss is another measure.
  const byLoss = (a: RunFacts, b: RunFacts) => scoreOf(a) - scoreOf(b);
  const [validated, others] = [true, false].map((isSo) =>
    runs.filter(({ receipt }) => (receipt.best !== null) === isSo),
  );
  return [...(validated ?? []).toSorted(byLoss), ...(others ?? []).toSorted(byLoss)];
}

/** The best validation loss, or without one the last training loss. */
function scoreOf({ receipt: { best, final } }: RunFacts): number {
  return best?.loss ?? final?.loss ?? Number.POSITIVE_INFINITY;
}

function tableOf(runs: readonly RunFacts[]): string[][] {
  const settings = differingSettings(runs);
  const several = haveSeveralTexts(runs);
  const head = [
    "run",
    ...(several ? ["text"] : []),
    ...settings,
    "steps",
    "validation",
    "bits",
    "time",
    "SHA-256",
    "state",
  ];
  const rows = runs.map((run) => {
    const { name, receipt, state } = run;
    const { config, text, best, steps, seconds, parametersSha256 } = receipt;
    return [
      nameCell(name),
      ...(several ? [shown(text?.join(" ") ?? `${config.input} → ${config.target}`, 24)] : []),
      ...settings.map((setting) => settingOf(run, setting)),
      `${steps}`,
      best ? best.loss.toFixed(4) : "–",
      best ? bitsOf(best.loss).toFixed(3) : "–",
      duration(seconds),
      hashCell(parametersSha256.final),
      state,
    ];
  });
  return [head, ...rows];
}

function differenceLine(runs: readonly RunFacts[]): string {
  const settings = differingSettings(runs);
  const names = [
    ...(haveSeveralTexts(runs) ? ["text"] : []),
    ...settings.map((name) => flagOf(name)),
  ];
  const hashes = new Set(runs.map(({ receipt }) => receipt.parametersSha256.final));
  const same = hashes.size === 1 ? "; the weights are the same, to the last bit" : "";
  return names.length === 0
    ? `They differ in no setting${same}`
    : `They differ in ${names.join(", ")}${same}`;
}

async function save(path: string, runs: readonly RunFacts[], x: X): Promise<void> {
  const lines = lineUp(await Promise.all(runs.map(curvesOf)), x, labelsOf(runs));
  const content = path.endsWith(".html")
    ? await comparisonHtml(lines)
    : await drawComparison(lines, path.endsWith(".svg") ? "svg" : "png");
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new RunError(
      `--chart: expected a file that can be written, got ${reasonOf(error)} for ${shown(path)}`,
    );
  }
}

const help = (): string => `Usage: ${usageOf("compare")} [flags] RUN RUN …

Puts runs side by side: what they differ in, what they reached, the best first. RUN is the folder of a run, a
receipt, or a folder of several. Curves are those of the runs' logs, or of the links of a receipt that stands
alone; validation where every run has it, else the training loss.

${flagLines(FLAGS)}
`;
