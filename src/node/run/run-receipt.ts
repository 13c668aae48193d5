// The receipt of a run of the command line.

import { type OwnFacts, receiptOfRun } from "../../receipt/receipt-of-run.ts";
import type { PreparedRun } from "./prepare.ts";
import { coresOf, vectorsOf } from "./vectors.ts";

/** What only who runs it knows. */
export type Ends = Pick<
  OwnFacts,
  "parametersSha256" | "final" | "threadsLost" | "stopped" | "seconds" | "charsPerSecond"
>;

/** The text of receipt.json. */
export async function runReceipt(run: PreparedRun, ends: Ends): Promise<string> {
  const { model, text, textSha256, textBytes, resumed, trainer, chain } = run;
  return receiptOfRun(trainer, chain, {
    ...(text.length > 0 && { text }),
    ...{ textSha256, textBytes },
    ...vectorsOf(model),
    ...coresOf(model),
    ...(resumed && { resumed }),
    ...ends,
  });
}
