// `ello runs`: the runs in a folder, a line each.

import { isCorpusRun } from "../../curves/options.ts";
import { networkWords } from "../../engine/cells.ts";
import { grouped, quoted, shown } from "../../outside/printable.ts";
import { bitsOf } from "../../train/metrics.ts";
import { usageOf } from "../caller.ts";
import { RunError, reasonOf, UsageError } from "../errors.ts";
import { type FlagTable, flagLines, readFlags } from "../flags/flags.ts";
import type { Output } from "../output.ts";
import { duration } from "../run/progress.ts";
import { factsOf, type RunFacts } from "./facts.ts";
import { receiptOf, receiptsIn } from "./receipts.ts";
import { hashCell, nameCell, tableLines } from "./table.ts";

const FLAGS: FlagTable = {
  json: { help: "print one JSON object for each run and nothing else" },
  help: { help: "print this and exit" },
};

/** Runs the command. @throws {UsageError} @throws {RunError} for the one run that is named. */
export async function runRuns(args: readonly string[], output: Output): Promise<void> {
  const given = readFlags("runs", FLAGS, args);
  if (given.flags.has("help")) return output.line(help());
  const [root = ".", ...others] = given.files;
  if (others.length > 0) {
    throw new UsageError(
      `runs: expected one folder, got ${given.files.length}; compare takes several runs`,
    );
  }
  const own = await receiptOf(root, "runs");
  const paths = own === undefined ? await receiptsIn(root, "runs") : [own];
  if (paths.length === 0) {
    throw new UsageError(
      `runs: expected a folder with runs, got one without: ${quoted(root)}; train leaves a receipt.json in --out-dir`,
    );
  }
  const isJson = given.flags.has("json");
  const rows: string[][] = [];
  for (const path of paths) {
    try {
      const run = await factsOf(path, root);
      if (isJson) await output.line(JSON.stringify(jsonOf(run)));
      else rows.push(rowOf(run));
    } catch (error) {
      const reason = reasonOf(error);
      if (own !== undefined) throw new RunError(`runs: ${shown(own)}: ${reason}`);
      if (isJson) await output.line(JSON.stringify({ name: path, state: "unreadable", reason }));
      else rows.push([nameCell(path), `unreadable: ${shown(reason, 200)}`]);
    }
  }
  if (isJson) return;
  const head = ["run", "text", "network", "steps", "best validation", "time", "SHA-256", "state"];
  for (const line of tableLines(head, rows)) await output.line(line);
}

function rowOf({ name, receipt, state }: RunFacts): string[] {
  const { config, text, best, final, steps, seconds, parametersSha256 } = receipt;
  const what = isCorpusRun(config)
    ? (text?.map((path) => shown(path, 24)).join(" ") ?? "a text")
    : `${shown(config.input, 12)} → ${shown(config.target, 12)}`;
  const loss = best
    ? `${best.loss.toFixed(4)} (${bitsOf(best.loss).toFixed(3)} bits)`
    : final
      ? `– (loss ${final.loss.toFixed(4)})`
      : "–";
  return [
    nameCell(name),
    what,
    `${networkWords(config, config.hiddenSize)}${config.precision === "f32" ? ", f32" : ""}`,
    grouped(steps),
    loss,
    duration(seconds),
    hashCell(parametersSha256.final),
    state,
  ];
}

/** A run as JSON. */
export function jsonOf({ name, receipt, state }: RunFacts): Record<string, unknown> {
  const { text, textSha256, config, steps, best, final, seconds, parametersSha256 } = receipt;
  const bits = best ? { bits: bitsOf(best.loss) } : {};
  return {
    ...{ name, state, ...(text && { text }), textSha256, steps, best, ...bits, final, seconds },
    ...{ parametersSha256: parametersSha256.final, config },
  };
}

const help = (): string => `Usage: ${usageOf("runs")} [flags] [DIR]

Lists the runs in a folder and those below it (here, where none is named): text, network, steps, the best
validation loss in nats a character, the time of the run's last part, the first digits of the weights'
SHA-256, and whether it is done, was stopped, or is running.

${flagLines(FLAGS)}
`;
