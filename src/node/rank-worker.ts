// The worker of a rank in Node.

import { parentPort, workerData } from "node:worker_threads";
import { type RankJob, serveRank } from "../wasm/rank.ts";

await serveRank(workerData as RankJob, () => parentPort?.postMessage("ready"));
