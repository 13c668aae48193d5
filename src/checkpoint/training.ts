// Where a run stands as one file of bytes: everything that decides how it goes on, so that a resumed
// run ends with the bits of one that never stopped.

import type { Vocabulary } from "../data/vocabulary.ts";
import { cellOf, networkOf, networkWords } from "../engine/cells.ts";
import { FIRST, momentsOf, SECOND } from "../engine/optimizer.ts";
import { type Reals, realsOf } from "../engine/precision.ts";
import { parameterCount, stateLength } from "../engine/shape.ts";
import { type Chain, faultOfChain, isSha256 } from "../model/chain.ts";
import type { Model } from "../model/model.ts";
import type { StepRecord } from "../model/record.ts";
import type { Progress, StateArrays, TrainingState } from "../model/state.ts";
import { isCount } from "../outside/counts.ts";
import { MemoryError } from "../outside/errors.ts";
import { printable, quoted } from "../outside/printable.ts";
import { type Config, completeConfig } from "../settings/check.ts";
import { withoutIdle } from "../settings/effects.ts";
import { CheckpointError, expectEach } from "./error.ts";
import {
  expectField,
  type Metadata,
  metadataOf,
  parseField,
  settingsOf,
  vocabularyOf,
} from "./metadata.ts";
import {
  decodeSafetensors,
  dtypeOf,
  encodeSafetensors,
  FILE_LIMIT,
  type FileTensor,
} from "./safetensors.ts";
import { sha256 } from "./sha256.ts";

const FORMAT = "ello-training-1";
const HISTORY = "history.";
const ROOM = 2 ** 25; // bytes for all in a file but the arrays of the state
const LONGEST_REASON = 200; // characters of why a run went back

/** What a growing file of a run held. */
export interface LogMark {
  readonly bytes: number;
  /** Of those bytes; absent in older files. */
  readonly sha256?: string;
}

/** By the file's name. */
export type LogMarks = Readonly<Record<string, LogMark>>;

/** What a file of a stopped run holds. */
export interface StoppedRun {
  readonly config: Config;
  readonly vocabulary: Vocabulary;
  /** Of the text the run is on. */
  readonly textSha256: string;
  readonly state: TrainingState;
  /** Columns of the curves so far, by name. */
  readonly history: Readonly<Record<string, Float64Array>>;
  /** What the run's logs held; none for a run without one. */
  readonly logs: LogMarks;
  /** What its receipt is replayed by; absent in older files. */
  readonly chain?: Chain | undefined;
}

/**
 * The state of a run as the bytes of a safetensors file: F64, but for the numbers of an f32 model.
 * @example
 * ```js
 * const data = hello();
 * const half = train(await createModel(data), data);
 * for (const { step } of half) if (step === 499) break;
 * const { model: stopped, state } = half.trainer;
 * const stop = await saveTraining(stopped, { state, textSha256: "", history: {}, logs: {} });
 * ```
 */
export async function saveTraining(
  model: Model,
  run: Pick<StoppedRun, "textSha256" | "state" | "history" | "logs" | "chain">,
): Promise<Uint8Array<ArrayBuffer>> {
  const { state, history, textSha256, logs, chain } = run;
  const named = [
    ...Object.entries(state.arrays),
    ...Object.entries(history).map(([name, column]) => [HISTORY + name, column] as const),
  ];
  const tensors: FileTensor[] = named
    .filter(([, data]) => data.length > 0)
    .map(([name, data]) => ({ name, shape: [data.length], data }))
    .toSorted((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT); // so that all are aligned
  const metadata = {
    format: FORMAT,
    ...metadataOf(model),
    textSha256,
    logs: JSON.stringify(logs),
    progress: JSON.stringify(state.progress),
    ...(chain && { chain: JSON.stringify(chain) }),
    tensorsSha256: await hashOf(tensors),
  };
  return encodeSafetensors({ tensors, metadata });
}

/**
 * @throws {CheckpointError} naming the first field that is wrong.
 * @example
 * ```js
 * const begun = train(await createModel(hello()), hello());
 * for (const { step } of begun) if (step === 499) break;
 * const { model: stopped, state: where } = begun.trainer;
 * const stop = await saveTraining(stopped, { state: where, textSha256: "", history: {}, logs: {} });
 * const { config, state } = await loadTraining(stop);
 * const resumed = train(await createModel(hello(), config), hello());
 * resumed.trainer.state = state;
 * for (const { step, loss } of resumed) console.log(step, loss); // from step 500 on
 * ```
 */
export async function loadTraining(file: Uint8Array): Promise<StoppedRun> {
  const { tensors, metadata } = decodeSafetensors(file);
  expectField(metadata, "format", FORMAT);
  expectField(metadata, "tensorsSha256", await hashOf(tensors));
  const config = withoutIdle(completeConfig(settingsOf(metadata)));
  const characters = parseField(metadata, "vocabulary");
  const V = Array.isArray(characters) ? characters.length : 0;
  const vocabulary = vocabularyOf(metadata, V);
  const progress = progressOf(metadata);
  const arrays: Record<string, Reals> = {};
  for (const { name, data } of tensors) {
    const expected = name.startsWith(HISTORY) ? "F64" : config.precision.toUpperCase();
    const got = dtypeOf(data);
    if (got !== expected) throw new CheckpointError(`${name}.dtype`, expected, got);
    arrays[name] = data;
  }
  const history: Record<string, Float64Array> = {};
  for (const [name, data] of Object.entries(arrays)) {
    if (!name.startsWith(HISTORY)) continue;
    const column = name.slice(HISTORY.length);
    if (column in Object.prototype) {
      throw new CheckpointError(name, "the name of a column", "one that every object has");
    }
    history[column] = data as Float64Array;
    delete arrays[name];
  }
  checkArrays(arrays, config, V, progress);
  const textSha256 = metadata["textSha256"] ?? "";
  const state = { progress, arrays };
  const logs = logsOf(metadata);
  return { config, vocabulary, textSha256, state, history, logs, chain: chainOf(metadata) };
}

/** @throws {CheckpointError} */
function chainOf(metadata: Metadata): Chain | undefined {
  if (metadata["chain"] === undefined) return undefined;
  const chain = parseField(metadata, "chain");
  const fault = faultOfChain(chain);
  if (!fault) return chain as Chain;
  const [field, expected, got] = fault;
  throw new CheckpointError(`__metadata__.chain.${field}`, expected, quoted(got));
}

/** @throws {CheckpointError} */
function logsOf(metadata: Metadata): LogMarks {
  const before = metadata["logBytes"]; // of 0.1, which had one log
  const logs =
    before === undefined
      ? parseField(metadata, "logs")
      : { "metrics.jsonl": { bytes: before === "" ? before : Number(before) } };
  const isMark = (mark: unknown): boolean => {
    const { bytes, sha256 } = Object(mark);
    return isCount(bytes) && (sha256 === undefined || isSha256(sha256));
  };
  if (typeof logs !== "object" || logs === null || !Object.values(logs).every(isMark)) {
    throw new CheckpointError("__metadata__.logs", "lengths and hashes by name", "something else");
  }
  return logs as LogMarks;
}

/** SHA-256 over the names and the data of the tensors, in the order of the file. */
async function hashOf(tensors: readonly FileTensor[]): Promise<string> {
  const hashes = await Promise.all(
    tensors.map(async ({ name, data }) => `${name} ${await sha256(data)}\n`),
  );
  return sha256(new TextEncoder().encode(hashes.join("")));
}

/**
 * Refuses a run whose state would not fit into a file, so that it is not trained in vain.
 * @throws {MemoryError}
 */
export function expectSavable(config: Config, V: number): void {
  const lengths = Object.values(arraysOf(config, V, { good: true, best: true }));
  const bytes =
    ROOM + realsOf(config).BYTES_PER_ELEMENT * lengths.reduce((sum, length) => sum + length, 0);
  if (bytes <= FILE_LIMIT) return;
  throw new MemoryError(
    `training state: expected at most ${FILE_LIMIT} bytes, what a file of it may have, got ${bytes} for ${V} characters and ${networkWords(config, config.hiddenSize)} with ${config.optimizer}; lower ${config.layers > 1 ? "the layers or " : ""}the hidden units, or use an optimizer with fewer moments`,
  );
}

/** The arrays of a run's state and their lengths. `has`: whether it has a last good state and a best. */
function arraysOf(
  config: Config,
  V: number,
  has: { readonly good: boolean; readonly best: boolean },
): Record<string, number> {
  const shape = { V, H: config.hiddenSize, T: 1, B: config.batchSize, ...networkOf(config) };
  const count = parameterCount(shape);
  const moments = momentsOf(config);
  const live = {
    parameters: count,
    ...(moments & FIRST ? { firstMoment: count } : {}),
    ...(moments & SECOND ? { secondMoment: count } : {}),
    state: stateLength(shape),
  };
  const good = Object.entries(live).map(([name, length]) => [`good.${name}`, length]);
  return {
    ...live,
    ...(has.good && Object.fromEntries(good)),
    ...(has.best && { "best.parameters": count }),
  };
}

/** @throws {CheckpointError} unless the arrays are those of such a run. */
function checkArrays(arrays: StateArrays, config: Config, V: number, progress: Progress): void {
  const has = { good: progress.good !== null, best: progress.best !== null };
  const expected = arraysOf(config, V, has);
  for (const [name, length] of Object.entries(expected)) {
    const got = arrays[name]?.length;
    if (got !== length) throw new CheckpointError(name, `${length} values`, `${got ?? "none"}`);
  }
  const strange = Object.keys(arrays).find((name) => !Object.hasOwn(expected, name));
  if (strange !== undefined) {
    throw new CheckpointError(strange, `only ${Object.keys(expected).join(", ")}`, "another");
  }
  // What no training gives, and what would make the next step fail as if it had diverged.
  for (const [name, array] of Object.entries(arrays)) {
    if (name.endsWith("secondMoment")) expectEach(name, array, "0 or more", (value) => value >= 0);
    if (name.endsWith("state")) expectStates(name, array, config);
  }
}

/** @throws {CheckpointError} unless all h are of [-1, 1]; a c of an LSTM may be any number. */
function expectStates(name: string, states: Reals, config: Config): void {
  const { parts } = cellOf(config);
  const length = config.batchSize * config.hiddenSize;
  const isHidden = (at: number) => Math.floor(at / length) % parts === 0;
  expectEach(name, states, "-1 to 1", (value, at) => Math.abs(value) <= 1 || !isHidden(at));
}

/** @throws {CheckpointError} */
function progressOf(metadata: Metadata): Progress {
  const value = Object(parseField(metadata, "progress")) as Record<string, unknown>;
  const fail = (name: string, expected: string): never => {
    throw new CheckpointError(`__metadata__.progress.${name}`, expected, quoted(value[name]));
  };
  for (const name of ["step", "updates", "rollbacks", "misses"]) {
    if (!isCount(value[name])) fail(name, "an integer from 0");
  }
  const scale = value["rateScale"];
  if (!(typeof scale === "number" && scale > 0 && scale <= 1)) {
    fail("rateScale", "a number above 0, at most 1");
  }
  const best = value["best"] as Progress["best"];
  if (best !== null && !(isCount(best?.step) && Number.isFinite(best.loss))) {
    fail("best", "null or { step, loss }");
  }
  const isLoss = (loss: unknown) => loss === null || Number.isFinite(loss);
  if (!isLoss(value["recent"])) fail("recent", "null or a number");
  const kept = value["good"] as Partial<Progress["good"]>;
  const good = kept && ({ misses: value["misses"], ...kept } as Progress["good"]); // older: none there
  const counts = [good?.step, good?.updates, good?.misses];
  const whole = counts.every(isCount) && isLoss(good?.recent);
  if (good !== null && !whole) fail("good", "null or { step, updates, recent, misses }");
  const pending = (value["pending"] ?? null) as Progress["pending"];
  if (pending !== null && !isRecord(pending)) fail("pending", "null or a step's record");
  const { step, updates, rateScale, rollbacks, misses, recent } = value as unknown as Progress;
  return { step, updates, rateScale, rollbacks, misses, best, recent, good, pending };
}

/** Whether a value is the record of a step that has not been evaluated. */
function isRecord(value: StepRecord): boolean {
  const { step, epoch, loss, accuracy, gradNorm, learningRate, charsPerSecond, ...rest } = value;
  const { rolledBack, ...others } = rest;
  const numbers = [loss, accuracy, gradNorm, learningRate, charsPerSecond];
  return (
    [step, epoch].every(isCount) &&
    numbers.every(Number.isFinite) &&
    (rolledBack === undefined || (isCount(rolledBack?.from) && isReason(rolledBack.reason))) &&
    Object.keys(others).length === 0
  );
}

/** Whether a value can be shown as why a run went back. */
function isReason(value: unknown): boolean {
  return typeof value === "string" && value.length <= LONGEST_REASON && printable(value) === value;
}
