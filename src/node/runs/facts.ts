// What is known of a run from its folder or its receipt: settings, results, state, curves.

import { basename, dirname, join, relative } from "node:path";
import { parseJson } from "../../outside/json.ts";
import { type Chained, isWhole } from "../../receipt/receipt.ts";
import { expectFree } from "../folder/folder-lock.ts";
import { readRegular } from "../read-file.ts";
import { readReceiptIn } from "./receipts.ts";

/** A curve: after so many steps, so many nats a token. */
export interface Curve {
  readonly steps: readonly number[];
  readonly losses: readonly number[];
}

export interface RunFacts {
  /** Its receipt's file. */
  readonly path: string;
  /** Its folder or its file, as it is told from the others. */
  readonly name: string;
  readonly receipt: Chained;
  readonly state: "done" | "stopped" | "running";
  /** Characters of a step. */
  readonly perStep: number;
}

/** A run with its curves. */
export interface RunCurves extends RunFacts {
  /** Training loss, a mean over some steps, and validation loss. */
  readonly training: Curve;
  readonly validation: Curve;
}

const MOST_POINTS = 500; // of a training curve
const METRICS = "metrics.jsonl";
const LARGEST = 2 ** 28; // bytes of a log that is read

/** Reads a receipt. `root`: what its name is told from. @throws {ReceiptError} */
export async function factsOf(path: string, root: string): Promise<RunFacts> {
  const receipt = await readReceiptIn(path);
  const { config } = receipt;
  const folder = dirname(path);
  const name = relative(root, isOfFolder(path) ? folder : path);
  const perStep = config.seqLength * config.batchSize;
  const standIn = basename(isOfFolder(path) ? folder : path);
  return { path, name: name || standIn, receipt, state: stateOf(receipt, folder), perStep };
}

/** Adds the curves of a run: of the log beside its receipt, or of the receipt's links. */
export async function curvesOf(run: RunFacts): Promise<RunCurves> {
  const log = isOfFolder(run.path) ? await logIn(dirname(run.path)) : undefined;
  const links = run.receipt.chain.links.slice(1);
  const validated = links.filter((link) => link.validation !== undefined);
  return {
    ...run,
    training: {
      steps: links.map(({ step }) => step),
      losses: links.map(({ loss }) => loss as number),
    },
    validation: {
      steps: validated.map(({ step }) => step),
      losses: validated.map(({ validation }) => validation as number),
    },
    ...log,
  };
}

/** Whether a receipt is that of the folder that it is in, and not a copy. */
function isOfFolder(path: string): boolean {
  return basename(path) === "receipt.json";
}

/** A run that another process holds is running; one whose last save was on the way was stopped. */
function stateOf(receipt: Chained, folder: string): RunFacts["state"] {
  try {
    expectFree(folder);
  } catch {
    return "running";
  }
  return isWhole(receipt) ? "done" : "stopped";
}

/** The curves of a folder's log; undefined where there is none that can be read. */
async function logIn(
  folder: string,
): Promise<Pick<RunCurves, "training" | "validation"> | undefined> {
  let text: string;
  try {
    text = new TextDecoder().decode(await readRegular(join(folder, METRICS), LARGEST));
  } catch {
    return undefined;
  }
  const losses: number[] = [];
  const validation: { steps: number[]; losses: number[] } = { steps: [], losses: [] };
  for (const line of text.split("\n")) {
    const record = recordIn(line);
    if (!Number.isFinite(record["loss"])) continue;
    const step = Number(record["step"] ?? record["epoch"]) + 1;
    losses.length = Math.min(losses.length, Math.max(0, step - 1)); // a run that went back
    losses.push(record["loss"] as number);
    const { loss } = Object(record["validation"]);
    if (!Number.isFinite(loss)) continue;
    validation.steps.push(step);
    validation.losses.push(loss);
  }
  return losses.length > 0 ? { training: meansOf(losses), validation } : undefined;
}

function recordIn(line: string): Record<string, unknown> {
  try {
    return Object(parseJson(line));
  } catch {
    return {};
  }
}

/** Means over as many steps as leave at most so many points. */
function meansOf(losses: readonly number[]): Curve {
  const size = Math.max(1, Math.ceil(losses.length / MOST_POINTS));
  const means: { steps: number[]; losses: number[] } = { steps: [], losses: [] };
  for (let at = 0; at < losses.length; at += size) {
    const part = losses.slice(at, at + size);
    means.steps.push(at + part.length);
    means.losses.push(part.reduce((sum, loss) => sum + loss, 0) / part.length);
  }
  return means;
}
