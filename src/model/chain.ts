// The chain of a run: where it stood, every so many steps, each link a hash over the one before. Written as
// the run goes, kept in its state and its receipt, and compared when the receipt is replayed.

import { isCount } from "../outside/counts.ts";
import { type Config, ConfigError, completeConfig, SETTINGS } from "../settings/check.ts";
import { FIXED } from "../settings/fixed.ts";

/** Where a run stood. */
export interface Link {
  /** Training steps done. */
  readonly step: number;
  /** Times it had gone back, where training had diverged; absent for none. */
  readonly rollbacks?: number;
  /** Of the last step, nats a character; null before the first. */
  readonly loss: number | null;
  /** The validation loss, where the step was followed by an evaluation. */
  readonly validation?: number;
  /** Of the link before, these numbers, the parameters, the optimizer's moments and the hidden state. */
  readonly sha256: string;
}

/** Settings that were changed on the way. */
export interface Change {
  /** Training steps done by then. */
  readonly step: number;
  readonly rollbacks?: number;
  /** Links made by then. */
  readonly links: number;
  /** What they were until then. */
  readonly before: Partial<Config>;
}

/** The links so far, and what a replay needs beside the settings at the end and the text. */
export interface Chain {
  /** Steps from one link to the next; evaluations and the end have links of their own. */
  readonly every: number;
  readonly links: readonly Link[];
  /** Where the run stands between two of them; no link of a run that goes on. */
  readonly here?: Link;
  readonly changes: readonly Change[];
  /** The file that the weights began with; absent for weights that were drawn. */
  readonly initFrom?: string;
}

const SHA256 = /^[0-9a-f]{64}$/;
const LONGEST_NAME = 4096; // characters of a file's name

/** Whether a value is a SHA-256 as we write it. */
export function isSha256(value: unknown): value is string {
  return typeof value === "string" && SHA256.test(value);
}

/**
 * What is wrong with a value from outside that should be a chain: a field, what was expected there and what
 * was found; undefined for a chain.
 */
export function faultOfChain(
  value: unknown,
): [field: string, expected: string, got: unknown] | undefined {
  const { every, links, here, changes, initFrom } = Object(value) as Partial<Chain>;
  if (!(isCount(every) && every > 0)) return ["every", "an integer above 0", every];
  if (!Array.isArray(links)) return ["links", "a list of links", links];
  const link = links.findIndex((one) => !isLink(one));
  if (link >= 0) return [`links[${link}]`, "{ step, loss, sha256 }", links[link]];
  if (here !== undefined && !isLink(here)) return ["here", "{ step, loss, sha256 }", here];
  if (!Array.isArray(changes)) return ["changes", "a list of changes", changes];
  const change = changes.findIndex((one) => !isChange(one));
  if (change >= 0) return [`changes[${change}]`, "{ step, links, before }", changes[change]];
  const isName = typeof initFrom === "string" && initFrom.length <= LONGEST_NAME;
  if (initFrom !== undefined && !isName) return ["initFrom", "the name of a file", initFrom];
  return undefined;
}

function isLink(value: unknown): value is Link {
  const { step, rollbacks, loss, validation, sha256 } = Object(value) as Partial<Link>;
  return (
    isCount(step) &&
    (rollbacks === undefined || isCount(rollbacks)) &&
    (loss === null || Number.isFinite(loss)) &&
    (validation === undefined || Number.isFinite(validation)) &&
    isSha256(sha256)
  );
}

function isChange(value: unknown): value is Change {
  const { step, rollbacks, links, before } = Object(value) as Partial<Change>;
  if (!isCount(step) || !isCount(links)) return false;
  if (!(rollbacks === undefined || isCount(rollbacks))) return false;
  if (typeof before !== "object" || before === null) return false;
  const names = Object.keys(before) as (keyof Config)[];
  if (!names.every((name) => SETTINGS.includes(name) && !FIXED.includes(name))) return false;
  try {
    completeConfig(before);
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}
