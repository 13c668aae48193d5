// The receipt of a run as it stands, in Node and in a page.

import type { Trainer } from "../train/trainer.ts";
import { type GrowingChain, vocabularySha256 } from "./chain.ts";
import { type ReceiptFacts, receiptJson } from "./receipt.ts";

/** What the trainer does not know. */
export type OwnFacts = Pick<ReceiptFacts, "text" | "textSha256" | "textBytes"> &
  Pick<ReceiptFacts, "parametersSha256" | "final" | "resumed" | "threadsLost" | "stopped"> &
  Pick<ReceiptFacts, "vectorBits" | "cores" | "seconds" | "charsPerSecond">;

/** The text of receipt.json. `chain`: absent for a run that goes on from a state without one. */
export async function receiptOfRun(
  trainer: Trainer,
  chain: GrowingChain | undefined,
  own: OwnFacts,
): Promise<string> {
  const { text, textSha256, textBytes, parametersSha256, final, ...rest } = own;
  const { model, progress } = trainer;
  const { engine, config, vocabulary } = model;
  return receiptJson({
    config,
    ...(text && { text }),
    ...{ textSha256, textBytes, unit: vocabulary.unit, vocabulary: vocabulary.ixToChar },
    vocabularySha256: await vocabularySha256(vocabulary),
    ...{ parametersSha256, steps: progress.step, final, best: progress.best },
    ...{ engine: engine.name, threads: engine.threads },
    ...rest,
    chain: await chain?.upTo(trainer),
  });
}
