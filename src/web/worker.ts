// Trains in a worker: holds the model, takes steps when asked, posts the records.

import { sha256 } from "../checkpoint/sha256.ts";
import { createModel, hello, type Model, predictedText, type StepRecord, train } from "../index.ts";
import type { Reply, Request } from "./messages.ts";

interface Run {
  readonly model: Model;
  readonly records: Iterator<StepRecord, void, void>;
}

const post = (reply: Reply): void => self.postMessage(reply);

async function start(): Promise<Run> {
  const dataset = hello();
  const model = await createModel(dataset);
  return { model, records: train(model, dataset)[Symbol.iterator]() };
}

async function advance({ model, records }: Run, steps: number): Promise<void> {
  const taken: StepRecord[] = [];
  for (let step = 0; step < steps; step++) {
    const { value, done } = records.next();
    if (done) break;
    taken.push(value);
  }
  if (taken.length > 0) post({ kind: "records", records: taken, predicted: predictedText(model) });
  else post({ kind: "done", parametersSha256: await sha256(model.engine.parameters) });
}

/** Answers requests one after the other. */
function serve(): void {
  let run: Promise<Run> | undefined;
  let turn: Promise<void> = Promise.resolve();
  self.addEventListener("message", ({ data }: MessageEvent<Request>) => {
    turn = turn
      .then(async () => {
        if (data.kind === "start") {
          run = start();
          await run;
          post({ kind: "ready" });
        } else if (run) await advance(await run, data.steps);
      })
      .catch((error: unknown) => {
        post({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
      });
  });
}

serve();
