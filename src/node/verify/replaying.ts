// One receipt, replayed in Node: what it is replayed on, which parts of it, and what came out.

import { dirname } from "node:path";
import { sha256 } from "../../checkpoint/sha256.ts";
import { loadTraining } from "../../checkpoint/training.ts";
import { networkSettings, restoreWeights } from "../../checkpoint/weights.ts";
import { type Config, createModel } from "../../index.ts";
import { quoted } from "../../outside/printable.ts";
import { type Chained, configToReplay, isFast } from "../../receipt/receipt.ts";
import { replay } from "../../receipt/replay.ts";
import { type Difference, type Ground, type Segment, wholeOf } from "../../receipt/segment.ts";
import { FIXED } from "../../settings/fixed.ts";
import { lineOf, reasonOf } from "../errors.ts";
import { flagOf } from "../flags/train-flags.ts";
import { type KeptState, keptStatesIn } from "../folder/kept-states.ts";
import type { Foreign } from "../model/model-file.ts";
import { namedTexts, type OnRead, TextFileError } from "../model/text-files.ts";
import { named, readWeights } from "../model/weights-file.ts";
import { readRegular } from "../read-file.ts";
import { readData } from "../run/data.ts";
import { readReceiptIn } from "../runs/receipts.ts";
import { useWideVectors } from "../wide.ts";

/** How a receipt is replayed; nothing of it decides a bit. */
export interface Manner {
  readonly text: readonly string[];
  readonly initFrom: string | undefined;
  /** What is said of the file that it began with. */
  readonly foreign: Foreign;
  readonly engine: Config["engine"];
  readonly threads: number;
  readonly wide: boolean;
}

/** Which parts: all, the steps of a range, or so many of those between kept states, drawn by `random`. */
export type Parts =
  | { readonly kind: "all" }
  | { readonly kind: "steps"; readonly from: number; readonly to: number }
  | { readonly kind: "spots"; readonly count: number; readonly random: (below: number) => number };

/** What is asked of each receipt. */
export interface Asked {
  readonly manner: Manner;
  readonly parts: Parts;
  readonly isJson: boolean;
}

/** Why a receipt cannot be replayed; its text says what would do. */
export class CannotVerify extends Error {
  override readonly name = "CannotVerify";
}

/** A part that was replayed. */
export interface Part {
  /** Steps at its beginning and at its last link. */
  readonly from: number;
  readonly to: number;
  readonly equal: number;
  readonly difference?: Difference | undefined;
}

export interface Verdict {
  readonly receipt: Chained;
  readonly parts: readonly Part[];
  readonly engine: string;
  readonly threads: number;
}

/** How far it has come: steps replayed, of how many, and the links that were equal. */
export type OnProgress = (done: number, steps: number, equal: number) => unknown;

/** Reads a receipt's file. @throws {CannotVerify} */
export async function receiptIn(path: string): Promise<Chained> {
  try {
    return await readReceiptIn(path);
  } catch (error) {
    throw new CannotVerify(reasonOf(error));
  }
}

/** Replays a receipt. @throws {CannotVerify} */
export async function verify(
  path: string,
  manner: Manner,
  parts: Parts,
  { onRead, onProgress }: { onRead?: OnRead | undefined; onProgress: OnProgress },
): Promise<Verdict> {
  const receipt = await receiptIn(path);
  if (isFast(receipt)) {
    throw new CannotVerify(
      "expected an exact run, got one with --fast, whose bits are those of its machine",
    );
  }
  const wanted = await segmentsOf(receipt, dirname(path), parts);
  const ground = await cannotUnless(() => groundOf(receipt, manner, onRead));
  const { engine } = ground.model;
  try {
    const steps = wanted.reduce((sum, one) => sum + stepsOf(receipt, one), 0);
    const found: Part[] = [];
    let before = 0;
    for (const segment of wanted) {
      const [from, to] = rangeOf(receipt, segment);
      const going = (step: number, equal: number) => onProgress(before + step - from, steps, equal);
      const part = { from, to, ...(await replayPart(receipt, ground, segment, going)) };
      found.push(part);
      before += to - from;
      if (part.difference) break;
    }
    return { receipt, parts: found, engine: engine.name, threads: engine.threads };
  } finally {
    engine.close();
  }
}

/** Replays one part. */
async function replayPart(
  receipt: Chained,
  ground: Ground,
  { state, ...segment }: Wanted,
  going: (step: number, equal: number) => unknown,
): Promise<Pick<Part, "equal" | "difference">> {
  const kept = state && (await cannotUnless(() => stateIn(state, receipt)));
  const walk = replay(receipt, ground, { ...segment, state: kept });
  let equal = 0;
  for (;;) {
    const next = await cannotUnless(() => walk.next());
    if (next.done) {
      if (next.value) expectOwnStart(receipt, next.value);
      const reached = next.value ? equal : segment.last - segment.first + 1 + (kept ? 1 : 0);
      return { equal: reached, difference: next.value ?? undefined };
    }
    equal = next.value.equal;
    await going(next.value.step, equal);
  }
}

/** @throws {CannotVerify} where the weights that a run began with, from a file, are others. */
function expectOwnStart({ chain }: Chained, { link, step }: Difference): void {
  const isFirst = link === 0 || (link === undefined && step === 0);
  if (chain.initFrom === undefined || !isFirst) return;
  throw new CannotVerify(
    `--init-from: expected the weights that the run began with, ${quoted(chain.initFrom)} as it was then, got others; give the right ones`,
  );
}

/** A part, and the file of the state that it begins with. */
type Wanted = Omit<Segment, "state"> & { readonly state?: KeptState | undefined };

/** @throws {CannotVerify} for what no state or link is near. */
async function segmentsOf(receipt: Chained, folder: string, parts: Parts): Promise<Wanted[]> {
  const { links } = receipt.chain;
  const whole = wholeOf(receipt);
  if (parts.kind === "all") return [whole];
  const placeOf = (step: number) => links.findLastIndex((link) => link.step === step);
  const states = keptStatesIn(folder).filter(({ step }) => placeOf(step) > 0);
  if (parts.kind === "steps") {
    const { from, to } = parts;
    if (from > receipt.steps) {
      throw new CannotVerify(
        `--steps: expected steps of the run's ${receipt.steps}, got ${from}..${to}`,
      );
    }
    const state = states.findLast(({ step }) => step <= from);
    const end = links.findIndex((link) => link.step >= to);
    const last = end < 0 ? whole.last : end;
    return [{ first: state ? placeOf(state.step) + 1 : 0, last, state }];
  }
  if (states.length === 0) {
    throw new CannotVerify(
      "--spot: expected states beside the receipt, which train --keep-states N keeps, got none; leave --spot out",
    );
  }
  const all = [undefined, ...states].map((state, i): Wanted => {
    const next = states[i];
    return {
      first: state ? placeOf(state.step) + 1 : 0,
      last: next ? placeOf(next.step) : whole.last,
      state,
    };
  });
  while (all.length > parts.count) all.splice(parts.random(all.length), 1);
  return all;
}

function rangeOf({ chain, steps }: Chained, { state, last }: Wanted): [from: number, to: number] {
  return [state?.step ?? 0, chain.links[last]?.step ?? steps];
}

function stepsOf(receipt: Chained, segment: Wanted): number {
  const [from, to] = rangeOf(receipt, segment);
  return to - from;
}

/** The model of the run's first settings and its data. */
async function groundOf(
  receipt: Chained,
  { text, initFrom, foreign, engine, threads, wide }: Manner,
  onRead: OnRead | undefined,
): Promise<Ground> {
  const team = engine === "reference" ? 1 : threads;
  const config = configToReplay(receipt, { engine, threads: team });
  if (initFrom !== undefined && receipt.chain.initFrom === undefined) {
    throw new Error(
      "--init-from: expected none, since the run drew its weights, got one; leave it out",
    );
  }
  if (text.length > 0 && config.input) {
    throw new Error(
      "--text: expected none, since the run is on a pair of texts, got one; leave it out",
    );
  }
  const asked = initFrom ?? receipt.chain.initFrom;
  const start = asked === undefined ? undefined : await readWeights(asked, foreign);
  const names = text.length > 0 ? text : await ownTexts(receipt);
  const expect = (sha256: string) => {
    if (sha256 === receipt.textSha256) return;
    throw new Error(
      `text: expected that of the run, SHA-256 ${receipt.textSha256}, got one of ${sha256}; give it with --text FILE`,
    );
  };
  const options = { vocabulary: start?.vocabulary, expect, onRead };
  const { dataset, validation, bytes } = await readData(names, config, options).catch((error) => {
    const isGone = text.length === 0 && error instanceof TextFileError;
    throw isGone ? new Error(`${error.message}; give it with --text FILE`) : error;
  });
  if (wide && engine === "wasm") {
    const reason = await useWideVectors(config.precision);
    if (reason) throw new Error(`--wide: ${reason}; leave it out`);
  }
  const network = start && networkSettings(start);
  const model = await createModel(dataset, { ...config, ...network });
  if (start) named(`--init-from ${start.path}`, () => restoreWeights(model, start));
  const initialSha256 = await sha256(model.engine.parameters);
  return { model, dataset, validation, textBytes: bytes, initialSha256 };
}

/** The files that a receipt names. */
async function ownTexts({ text, config }: Chained): Promise<readonly string[]> {
  if (config.input) return [];
  const names = (await namedTexts(text, "text")) ?? [];
  if (names.length > 0 && !names.includes("-")) return names;
  throw new Error(
    "text: expected the run's, got a receipt that names no file of it; give it with --text FILE",
  );
}

/** A state that was kept. @throws {Error} for another run's. */
async function stateIn({ path, step }: KeptState, receipt: Chained) {
  const { state, textSha256, config } = await named(quoted(path), async () =>
    loadTraining(await readRegular(path)),
  );
  const isOfRun = state.progress.step === step && textSha256 === receipt.textSha256;
  const isOfShape = FIXED.every((name) => config[name] === receipt.config[name]);
  if (isOfRun && isOfShape) return state;
  throw new Error(`${quoted(path)}: expected the run's state after step ${step}, got another's`);
}

/** @throws {CannotVerify} with what kept the work from being done. */
async function cannotUnless<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new CannotVerify(lineOf(error, flagOf));
  }
}
