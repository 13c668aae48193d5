// Workers without runs, for tests of the queue alone: what they hand in was made once.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Connection } from "../../../src/node/queue/connection.ts";
import { Handed } from "../../../src/node/queue/handed.ts";
import type { RunJob } from "../../../src/node/queue/job.ts";
import type { Made, Making } from "../../../src/node/queue/making.ts";
import { type Files, Parcels } from "../../../src/node/queue/parcels.ts";
import { Working } from "../../../src/node/queue/working.ts";
import { makeFolder, train } from "../run.ts";

/** The files of a run of three steps. */
export async function madeOnce(): Promise<Files> {
  const folder = makeFolder();
  await train(folder, "--epochs", "3", "--quiet", "--out-dir", "run");
  const read = (name: string) => readFileSync(join(folder, "run", name));
  return { "metrics.jsonl": read("metrics.jsonl"), "receipt.json": read("receipt.json") };
}

/** Takes jobs in this process, and has `make` make them. */
export async function standIn(
  url: string,
  make: (job: RunJob, making: Making) => Promise<Made>,
  { concurrency = 1, patience = 10_000 } = {},
): Promise<Working> {
  const connection = await Connection.open(url, () => {});
  const handed = new Handed(connection, new Parcels(connection.redis, undefined));
  const maker = { make, interrupt() {}, kill() {} };
  const options = { concurrency, patience, say() {} };
  const working = new Working(connection, handed, maker, options);
  onTestFinished(async () => {
    await working.close();
    await connection.close();
  });
  return working;
}
