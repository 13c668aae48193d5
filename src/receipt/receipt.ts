// receipt.json: what a run was, how it ended, and the chain that a replay is compared with. The schema is
// docs/receipt.schema.json.

import { type Chain, faultOfChain, isSha256 } from "../model/chain.ts";
import type { Evaluation, StepRecord } from "../model/record.ts";
import type { Progress } from "../model/state.ts";
import { isCount } from "../outside/counts.ts";
import { ElloError } from "../outside/errors.ts";
import { quoted, shown } from "../outside/printable.ts";
import { type Config, ConfigError, completeConfig, SETTINGS } from "../settings/check.ts";
import { withoutIdle } from "../settings/effects.ts";
import { BITS, VERSION } from "../version.ts";

export const FORMAT = "ello-receipt-1";

export interface Receipt {
  readonly format: typeof FORMAT;
  /** The release that made it. */
  readonly version: string;
  /** The version of the arithmetic: releases of the same give the same bits. */
  readonly bits: number;
  readonly config: Config;
  /** Files of the text; absent for a pair, and for a text that has no file. */
  readonly text?: readonly string[];
  readonly unit: string;
  readonly vocabulary: readonly string[];
  readonly vocabularySha256: string;
  /** Of the bytes of the text's files; of a pair, of the input, a line feed, the target. */
  readonly textSha256: string;
  /** How many bytes those are. */
  readonly textBytes: number;
  /** Of the parameters in arena order, little-endian. */
  readonly parametersSha256: { readonly initial?: string; readonly final: string };
  /** Training steps done in all. */
  readonly steps: number;
  /** The last record; null if there was none. */
  readonly final: {
    readonly epoch: number;
    readonly loss: number;
    readonly accuracy: number;
    readonly validation?: Evaluation;
    /** Of a pair: what it wrote. */
    readonly predicted?: string;
  } | null;
  /** The best evaluation; null if there was none. */
  readonly best: Progress["best"];
  /** Where this part of the run began, and the settings that were changed there. */
  readonly resumed?: { readonly step: number; readonly changed: Partial<Config> };
  /** Where a thread was lost, and how many there were; the run went on with one. */
  readonly threadsLost?: { readonly step: number; readonly threads: number } | undefined;
  /** Why the run ended early; absent if it did not. */
  readonly stopped?: string;
  readonly engine: string;
  readonly threads: number;
  /** Width of the wasm engine's vectors; decides no bit of an exact run. */
  readonly vectorBits?: 128 | 256;
  /** SHA-256 of the compiled cores that it ran on, by their builds. */
  readonly cores?: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly charsPerSecond: number;
  /** To where the run stands: the last link is there. Absent for a run resumed from a state without one. */
  readonly chain?: Omit<Chain, "here">;
}

/** What a receipt is made of. */
export type ReceiptFacts = Omit<Receipt, "format" | "version" | "bits" | "chain"> & {
  readonly chain: Chain | undefined;
};

/** A receipt that is not one of ours, or not of this release's arithmetic. */
export class ReceiptError extends ElloError {
  override readonly name = "ReceiptError";
}

/** The receipt's `final` from the last record. */
export function finalOf(
  record: StepRecord | undefined,
  predicted: string | undefined,
): Receipt["final"] {
  if (!record) return null;
  const { epoch, loss, accuracy, validation } = record;
  return {
    epoch,
    loss,
    accuracy,
    ...(validation && { validation }),
    ...(predicted !== undefined && { predicted }),
  };
}

/** The text of receipt.json. */
export function receiptJson({ chain, ...facts }: ReceiptFacts): string {
  const links = chain && [...chain.links, ...(chain.here ? [chain.here] : [])];
  const { here: _, ...own } = chain ?? {};
  const head = { format: FORMAT, version: VERSION, bits: BITS } as const;
  const receipt = { ...head, ...facts, ...(chain && { chain: { ...own, links: links ?? [] } }) };
  return receiptText(receipt satisfies Omit<Receipt, "chain">);
}

/** A receipt as the text of its file; a link stands on a line. */
export function receiptText(receipt: object): string {
  const json = JSON.stringify(receipt, null, 2);
  return `${json.replaceAll(/\{\n\s+"step": [^{}]*\}/g, (entry) => entry.replaceAll(/\s*\n\s*/g, " "))}\n`;
}

const FIELDS: readonly (keyof Receipt)[] = [
  ...(["format", "version", "bits", "config", "text", "unit", "vocabulary"] as const),
  ...(["vocabularySha256", "textSha256", "textBytes", "parametersSha256", "steps"] as const),
  ...(["final", "best", "resumed", "threadsLost", "stopped", "engine", "threads"] as const),
  ...(["vectorBits", "cores", "seconds", "charsPerSecond", "chain"] as const),
];
const COUNTS = ["textBytes", "steps", "threads"] as const;
const TIMES = ["seconds", "charsPerSecond"] as const;

/** The links of a receipt with a chain. */
export type Chained = Receipt & { readonly chain: NonNullable<Receipt["chain"]> };

/**
 * The receipt in a value from outside, which can be replayed by this release.
 * @throws {ReceiptError} for anything else; it says what is wrong, or which release to take.
 */
export function readReceipt(value: unknown): Chained {
  const receipt = Object(value) as Record<keyof Receipt, unknown>;
  const { format, version, bits, config, text, steps, parametersSha256, chain } = receipt;
  if (format === undefined || Object(config) !== config) {
    throw new ReceiptError("expected a receipt of a run, got something else");
  }
  expect(typeof version === "string", "version", "a release", version);
  if (format !== FORMAT || bits !== BITS) {
    const [got, own] =
      format === FORMAT ? [`bits ${quoted(bits)}`, `bits ${BITS}`] : [quoted(format), FORMAT];
    throw new ReceiptError(
      `expected ${own}, which release ${VERSION} replays, got ${got}; take the release that made it: npx ello@${shown(version)} verify`,
    );
  }
  const strange = Object.keys(receipt).find((name) => !FIELDS.includes(name as keyof Receipt));
  expect(strange === undefined, "receipt", "fields of its format", strange);
  const settings = settingsOf(config as Record<string, unknown>);
  for (const name of COUNTS) {
    expect(isCount(receipt[name]), name, "an integer from 0", receipt[name]);
  }
  for (const name of TIMES) {
    const isTime = Number.isFinite(receipt[name]) && Number(receipt[name]) >= 0;
    expect(isTime, name, "a number from 0", receipt[name]);
  }
  for (const name of ["unit", "engine"] as const) {
    expect(typeof receipt[name] === "string", name, "a name", receipt[name]);
  }
  const isList = (names: unknown) =>
    Array.isArray(names) && names.every((name) => typeof name === "string");
  expect(text === undefined || isList(text), "text", "a list of files", text);
  expect(isList(receipt.vocabulary), "vocabulary", "a list of tokens", receipt.vocabulary);
  for (const name of ["textSha256", "vocabularySha256"] as const) {
    expect(isSha256(receipt[name]), name, "64 hexadecimal digits", receipt[name]);
  }
  const { initial, final } = Object(parametersSha256) as Partial<Receipt["parametersSha256"]>;
  expect(isSha256(final), "parametersSha256.final", "64 hexadecimal digits", final);
  const isFirst = initial === undefined || isSha256(initial);
  expect(isFirst, "parametersSha256.initial", "64 hexadecimal digits", initial);
  if (chain === undefined) {
    throw new ReceiptError(
      "chain: expected one, got none, since the run went on from a state that had none; train it anew",
    );
  }
  const fault = faultOfChain(chain);
  if (fault) expect(false, `chain.${fault[0]}`, fault[1], fault[2]);
  const { links } = chain as Chain;
  expect(links[0]?.step === 0, "chain.links[0].step", "0", links[0]?.step);
  expect(links.at(-1)?.step === steps, "steps", `${links.at(-1)?.step}, as its last link`, steps);
  checkEnd(receipt);
  return { ...(value as Receipt), config: settings, chain: chain as Chain };
}

/** @throws {ReceiptError} for an end that no run has. */
function checkEnd({ final, best, stopped }: Record<keyof Receipt, unknown>): void {
  const { epoch, loss, accuracy, validation, predicted } = Object(final) as Partial<
    NonNullable<Receipt["final"]>
  >;
  const numbers = [
    epoch,
    loss,
    accuracy,
    ...(validation ? [validation.loss, validation.accuracy] : []),
  ];
  const isRecord =
    numbers.every(Number.isFinite) && (predicted === undefined || typeof predicted === "string");
  expect(final === null || isRecord, "final", "null or a record", final);
  const at = Object(best) as NonNullable<Receipt["best"]>;
  const isBest = Number.isSafeInteger(at.step) && Number.isFinite(at.loss);
  expect(best === null || isBest, "best", "null or { step, loss }", best);
  expect(stopped === undefined || typeof stopped === "string", "stopped", "a reason", stopped);
}

/** @throws {ReceiptError} */
function settingsOf(config: Record<string, unknown>): Config {
  const strange = Object.keys(config).find((name) => !SETTINGS.includes(name as keyof Config));
  expect(strange === undefined, "config", "settings of this release", strange);
  const missing = SETTINGS.find((name) => config[name] === undefined);
  expect(missing === undefined, "config", "all settings of this release", `none of ${missing}`);
  try {
    return completeConfig(config as Partial<Config>);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ReceiptError(`config.${error.message}`);
  }
}

/** @throws {ReceiptError} */
function expect(fits: boolean, field: string, expected: string, got: unknown): asserts fits {
  if (fits) return;
  throw new ReceiptError(
    `${field}: expected ${expected}, got ${got === undefined ? "none" : shown(quoted(got), 200)}`,
  );
}

/** The settings that a run had once `step` steps were done, as the changes on the way tell. */
export function configAtStart({ config, chain }: Chained): Config {
  const before = chain.changes.toReversed().map((change) => change.before);
  return Object.assign({}, config, ...before);
}

/** Whether the run came to its end, early where patience ended it. */
export function isWhole({ stopped, final }: Receipt): boolean {
  return stopped === undefined && final !== null;
}

/** Whether a part of the run may have fused operations, and so bits of its machine. */
export function isFast({ config, chain }: Chained): boolean {
  return config.fast || chain.changes.some(({ before }) => before.fast);
}

/** The settings of the model that a run is replayed on: those of its start, on an engine of one's own. */
export function configToReplay(
  receipt: Chained,
  engine: Pick<Config, "engine" | "threads">,
): Config {
  const { config, chain } = receipt;
  // An engine that drops nothing cannot begin to: it is made for the most that was ever dropped.
  const dropout = Math.max(
    config.dropout,
    ...chain.changes.map(({ before }) => before.dropout ?? 0),
  );
  return withoutIdle({ ...configAtStart(receipt), dropout, ...engine });
}
