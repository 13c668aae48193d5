// The receipt of a run as it stands.

import { vocabularySha256 } from "../../receipt/chain.ts";
import { type ReceiptFacts, receiptJson } from "../../receipt/receipt.ts";
import type { PreparedRun } from "./prepare.ts";
import { coresOf, vectorsOf } from "./vectors.ts";

/** What only who runs it knows. */
export type Ends = Pick<
  ReceiptFacts,
  "parametersSha256" | "final" | "threadsLost" | "stopped" | "seconds" | "charsPerSecond"
>;

/** The text of receipt.json. */
export async function runReceipt(run: PreparedRun, ends: Ends): Promise<string> {
  const { model, text, textSha256, textBytes, resumed, trainer, chain } = run;
  const { engine, config, vocabulary } = model;
  const { parametersSha256, final, ...rest } = ends;
  return receiptJson({
    config,
    ...(text.length > 0 && { text }),
    ...{ textSha256, textBytes, unit: vocabulary.unit, vocabulary: vocabulary.ixToChar },
    vocabularySha256: await vocabularySha256(vocabulary),
    parametersSha256,
    steps: trainer.progress.step,
    final,
    best: trainer.progress.best,
    ...(resumed && { resumed }),
    ...rest,
    ...{ engine: engine.name, threads: engine.threads },
    ...vectorsOf(model),
    ...coresOf(model),
    chain: await chain?.upTo(trainer),
  });
}
