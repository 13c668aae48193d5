// The replay of a receipt in a worker of its own, beside the page's run: on one thread, to be ended at any time.

import { loadCheckpoint } from "../../checkpoint/checkpoint.ts";
import { sha256 } from "../../checkpoint/sha256.ts";
import { networkSettings, restoreWeights } from "../../checkpoint/weights.ts";
import { modelFor } from "../../model/create.ts";
import { parseJson } from "../../outside/json.ts";
import { configToReplay, readReceipt } from "../../receipt/receipt.ts";
import { replay } from "../../receipt/replay.ts";
import { type Difference, wholeOf } from "../../receipt/segment.ts";
import { WasmEngine } from "../../wasm/engine.ts";
import { type Cores, WorkerCores } from "../cores.ts";
import { readData } from "./data.ts";
import { reasonOf } from "./failure.ts";

const NEWS_EVERY = 50; // ms

/** A receipt to replay: its text, the text of its run, the weights it began with. */
export interface ReplayJob {
  readonly cores: Cores;
  readonly receipt: string;
  readonly text?: Blob | undefined;
  readonly model?: Uint8Array<ArrayBuffer> | undefined;
}

export type ReplayNews =
  | { readonly kind: "going"; readonly step: number; readonly equal: number }
  | {
      readonly kind: "done";
      readonly step: number;
      readonly equal: number;
      readonly difference?: Difference | undefined;
    }
  /** It cannot be replayed. */
  | { readonly kind: "failed"; readonly reason: string };

const tell = (news: ReplayNews): void => self.postMessage(news);

async function run({ cores, receipt: json, text, model: file }: ReplayJob): Promise<void> {
  const receipt = readReceipt(parseJson(json));
  const weights = file && (await loadCheckpoint(file));
  const asked = configToReplay(receipt, { engine: "wasm", threads: 1 });
  const config = { ...asked, ...(weights && networkSettings(weights)) };
  const { vocabulary } = weights ?? {};
  const data = await readData(text, config, { vocabulary, reading: () => {} });
  if (data.textSha256 !== receipt.textSha256) {
    throw new RangeError("text: expected that of the run, got another; choose the same");
  }
  const model = await modelFor(data.dataset, config, async (_config, shape, moments) =>
    WasmEngine.create(shape, await new WorkerCores(cores).get("release", shape), moments),
  );
  if (weights) restoreWeights(model, weights);
  const initialSha256 = await sha256(model.engine.parameters);
  const walk = replay(receipt, { ...data, model, initialSha256 }, wholeOf(receipt));
  let [step, equal, told] = [0, 0, performance.now()];
  for (;;) {
    const { value, done } = await walk.next();
    if (done) {
      const all = value ? equal : receipt.chain.links.length;
      return tell({ kind: "done", step, equal: all, difference: value ?? undefined });
    }
    ({ step, equal } = value);
    if (performance.now() - told < NEWS_EVERY) continue;
    told = performance.now();
    tell({ kind: "going", step, equal });
  }
}

/** Replays a receipt, and tells how it goes. */
export async function replayReceipt(job: ReplayJob): Promise<void> {
  try {
    await run(job);
  } catch (error) {
    tell({ kind: "failed", reason: reasonOf(error) });
  }
}
