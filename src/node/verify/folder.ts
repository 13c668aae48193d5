// A folder of receipts: each replayed, and a table of what came out.

import { relative } from "node:path";
import { grouped, quoted, shown } from "../../outside/printable.ts";
import { UsageError } from "../errors.ts";
import type { Output } from "../output.ts";
import { receiptsIn } from "../runs/receipts.ts";
import { type Asked, verify } from "./replaying.ts";
import { CODES, jsonOf, linksOf, type Outcome, outcomeOf, progressOn, resultOf } from "./report.ts";

const LONGEST_NAME = 48; // characters

/** @returns the exit code: 1 if any differs, else 2 if any cannot be verified. @throws {UsageError} */
export async function verifyAll(
  folder: string,
  { manner, parts, isJson }: Asked,
  output: Output,
): Promise<number> {
  const paths = await receiptsIn(folder, "verify");
  if (paths.length === 0) {
    throw new UsageError(
      `verify: expected a folder with receipts, got one without: ${quoted(folder)}; train leaves a receipt.json in --out-dir`,
    );
  }
  const outcomes: Outcome[] = [];
  const names = paths.map((path) => shown(relative(folder, path), LONGEST_NAME));
  const width = Math.max(...names.map((name) => name.length));
  for (const [i, path] of paths.entries()) {
    const work = verify(path, manner, parts, { onProgress: progressOn(output, !isJson) });
    const outcome = await outcomeOf(path, work);
    outcomes.push(outcome);
    await output.line(
      isJson ? jsonOf(outcome) : rowOf(outcome, (names[i] as string).padEnd(width)),
    );
  }
  const count = (result: Outcome["result"]) =>
    outcomes.filter((one) => one.result === result).length;
  if (!isJson) {
    const all = outcomes.length === 1 ? "1 receipt" : `${outcomes.length} receipts`;
    const counts = (["equal", "different", "cannot"] as const).map(
      (one) => `${count(one)} ${WORDS[one]}`,
    );
    await output.line(`${all}: ${counts.join(", ")}`);
  }
  return CODES[count("different") > 0 ? "different" : count("cannot") > 0 ? "cannot" : "equal"];
}

const WORDS = { equal: "equal", different: "different", cannot: "cannot be verified" } as const;

function rowOf(outcome: Outcome, name: string): string {
  if (outcome.result === "cannot") return `${name}  cannot     ${outcome.reason}`;
  const { verdict, result, seconds } = outcome;
  const { receipt, parts } = verdict;
  const differing = parts.find(({ difference }) => difference);
  const links = `${linksOf(parts)} links, ${grouped(receipt.steps)} steps`;
  const what = differing ? resultOf(differing, verdict) : `${links}, ${seconds.toFixed(1)} s`;
  return `${name}  ${result.padEnd("different".length)}  ${what}`;
}
