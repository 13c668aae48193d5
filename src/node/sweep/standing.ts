// Where each run of a sweep stands: what its folder says, and what is being done.

import { join } from "node:path";
import { type Chained, configAtStart, isWhole } from "../../receipt/receipt.ts";
import { SETTINGS } from "../../settings/check.ts";
import { WITHOUT_BITS } from "../../settings/machine.ts";
import { isDivergence } from "../../train/divergence.ts";
import { placeOf } from "../folder/save-journal.ts";
import { readReceiptIn } from "../runs/receipts.ts";
import type { Progress } from "./jobs.ts";
import type { Plan, PlannedRun } from "./plan.ts";

/** `out`: halving has stopped it; `stopped`: it can be gone on with. */
export type State = "waiting" | "running" | "done" | "out" | "stopped" | "failed";

export interface Standing {
  readonly run: PlannedRun;
  /** In the order of the sweep, from 0. */
  readonly number: number;
  state: State;
  receipt: Chained | undefined;
  /** What a child tells meanwhile. */
  progress: Progress | undefined;
  /** Why it failed. */
  reason: string | undefined;
}

/** Steps done. */
export function stepsOf({ receipt, progress }: Standing): number {
  return Math.max(receipt?.steps ?? 0, progress?.step ?? 0);
}

/** The best validation loss, or the last training loss of a run without one; undefined before there is one. */
export function lossOf({ receipt, progress, run }: Standing): number | undefined {
  const isValidated = run.config.valFraction > 0 && run.config.input === "";
  const loss = isValidated
    ? (receipt?.best?.loss ?? progress?.validation)
    : (progress?.loss ?? receipt?.final?.loss);
  return Number.isFinite(loss) ? loss : undefined;
}

/** The best first: by loss those that did not fail, then those without a loss, then those that failed. */
export function bestFirst(standings: readonly Standing[]): Standing[] {
  const keyOf = (one: Standing): number =>
    one.state === "failed" ? Number.POSITIVE_INFINITY : (lossOf(one) ?? Number.MAX_VALUE);
  return standings.toSorted((a, b) => {
    const [first, second] = [keyOf(a), keyOf(b)];
    return first === second ? a.number - b.number : first < second ? -1 : 1;
  });
}

/** The validation loss of a run after a step, as its chain has it. */
export function lossAfter(receipt: Chained | undefined, step: number): number | undefined {
  return receipt?.chain.links.find((link) => link.step === step)?.validation;
}

/** What there is of a run: taken up where it is of this sweep. */
export async function standingOf(plan: Plan, number: number, folder: string): Promise<Standing> {
  const run = plan.runs[number] as PlannedRun;
  const one: Standing = {
    ...{ run, number, state: "waiting", receipt: undefined },
    ...{ progress: undefined, reason: run.fault },
  };
  if (run.fault !== undefined) return { ...one, state: "failed" };
  const receipt = await readReceiptIn(placeOf(join(folder, run.name), "receipt.json")).catch(
    () => undefined,
  );
  return receipt && isOf(receipt, plan, run) ? withReceipt(one, receipt) : one;
}

/** A run after something was done on it. */
export function withReceipt(one: Standing, receipt: Chained): Standing {
  const { stopped = "" } = receipt;
  const isDiverged = isDivergence(stopped);
  const state = isDiverged ? "failed" : isWhole(receipt) ? "done" : "stopped";
  return { ...one, receipt, progress: undefined, state, reason: isDiverged ? stopped : one.reason };
}

/** Whether a receipt is that of a planned run. */
export function isOf(receipt: Chained, plan: Plan, run: PlannedRun): boolean {
  const config = configAtStart(receipt);
  const isSame = SETTINGS.every(
    (name) => WITHOUT_BITS.includes(name) || config[name] === run.config[name],
  );
  return isSame && receipt.textSha256 === plan.textSha256;
}
