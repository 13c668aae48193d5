// The axes of a sweep: which settings vary, and over what. Written `hiddenSize=64,128 seed=1..3
// learningRate=1e-3..1e-2:log:4`, or as an object of the same.

import { isDecimal } from "../outside/counts.ts";
import { quoted, shown } from "../outside/printable.ts";
import { type Config, SETTINGS } from "../settings/check.ts";
import { flagName, TABLE } from "../settings/table.ts";

export type Value = string | number | boolean;

/** From where to where values are drawn at random. */
export interface Range {
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
  /** Whether only integers will do. */
  readonly isWhole: boolean;
}

/** A setting with its values, or with a range that has none in particular. */
export interface Axis {
  readonly name: keyof Config;
  readonly values: readonly Value[];
  readonly range?: Range | undefined;
}

/** A sweep that cannot be understood, or that cannot be made of what was asked for. */
export class SweepError extends Error {
  override readonly name = "SweepError";
}

const MOST_VALUES = 10_000; // of an axis
const DIGITS = 4; // significant ones of values between two ends: the same whatever computes the logarithm

/** The axes of a text. @throws {SweepError} */
export function readGrid(text: string): Axis[] {
  const words = text.split(/\s+/).filter(Boolean);
  if (words.length === 0) throw new SweepError("expected settings with values, got none");
  return axesOf(
    words.map((word) => {
      const at = word.indexOf("=");
      if (at < 1) throw new SweepError(`expected NAME=VALUES, got ${quoted(word)}`);
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

/** The axes of names with what stands for their values: text as on the command line, a value, or a list. @throws {SweepError} */
export function axesOf(entries: readonly (readonly [string, unknown])[]): Axis[] {
  const axes = entries.map(([name, spec]) => axisOf(settingOf(name), spec));
  const twice = axes.find(({ name }, i) => axes.findIndex((axis) => axis.name === name) < i);
  if (twice) throw new SweepError(`${twice.name}: expected one list of values, got two`);
  return axes;
}

/** The setting of a name in either spelling. */
function settingOf(name: string): keyof Config {
  const flag = flagName(name).replaceAll("_", "-");
  const found = SETTINGS.find((one) => flagName(one) === flag);
  if (!found) throw new SweepError(`expected a setting, got ${shown(name)}; see train --help`);
  return found;
}

function axisOf(name: keyof Config, spec: unknown): Axis {
  const specs = Array.isArray(spec) ? spec : typeof spec === "string" ? spec.split(",") : [spec];
  const values: Value[] = [];
  let range: Range | undefined;
  for (const one of specs) {
    const span = typeof one === "string" ? spanOf(name, one) : undefined;
    if (!span) values.push(settingValue(name, one));
    else if ("range" in span) range = span.range;
    else values.push(...span.values);
  }
  if (range && specs.length > 1)
    throw new SweepError(`${name}: expected one range alone, or values, got both`);
  if (!range && values.length === 0) throw new SweepError(`${name}: expected values, got none`);
  return { name, values: [...new Set(values)], range };
}

/** What stands between two ends: integers, a number of values, or the range itself; undefined for no range. */
function spanOf(
  name: keyof Config,
  text: string,
): { values: number[] } | { range: Range } | undefined {
  const match = /^(.+?)\.\.(.+?)(?::(lin|log))?(?::(\d+))?$/.exec(text);
  if (!match || typeof TABLE[name].standard !== "number") return undefined;
  const [, first = "", last = "", scale, count] = match;
  const [low, high] = [numberOf(name, first), numberOf(name, last)];
  const isLog = scale === "log";
  if (!(low < high)) throw new SweepError(`${name}: expected ends that rise, got ${shown(text)}`);
  if (isLog && !(low > 0))
    throw new SweepError(`${name}: expected ends above 0, got ${shown(text)}`);
  for (const end of [low, high]) settingValue(name, end);
  const isWhole = TABLE[name].whole === true;
  if (count === undefined) {
    const isCounted = isWhole && scale === undefined && high - low < MOST_VALUES;
    if (!isCounted) return { range: { low, high, isLog, isWhole } };
    return { values: Array.from({ length: high - low + 1 }, (_, i) => low + i) };
  }
  const n = Number(count);
  if (n < 2 || n > MOST_VALUES)
    throw new SweepError(`${name}: expected 2 to ${MOST_VALUES} values of a range, got ${count}`);
  const shares = Array.from({ length: n }, (_, i) => i / (n - 1));
  return { values: shares.map((share) => between({ low, high, isLog, isWhole }, share)) };
}

/** The value at a share of a range, 0 … 1, rounded so that every machine has the same. */
export function between({ low, high, isLog, isWhole }: Range, share: number): number {
  if (share <= 0) return low;
  if (share >= 1) return high;
  const value = isLog ? low * (high / low) ** share : low + (high - low) * share;
  return isWhole ? Math.round(value) : Number(value.toPrecision(DIGITS));
}

/** A value of a setting, as it is or as it is spelled. @throws {SweepError} */
function settingValue(name: keyof Config, given: unknown): Value {
  const { standard, expected } = TABLE[name];
  const value = typeof given === "string" ? spelled(given, typeof standard) : given;
  if (!TABLE[name].accepts(value)) {
    const isSpelled = typeof given === "string" && typeof standard !== "string" && given !== "";
    const got = isSpelled ? shown(given) : quoted(given);
    throw new SweepError(`${name}: expected ${expected}, got ${got}`);
  }
  return value as Value;
}

function spelled(text: string, kind: string): unknown {
  if (kind === "number") return isDecimal(text) ? Number(text) : text;
  if (kind === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return text;
}

function numberOf(name: keyof Config, text: string): number {
  if (isDecimal(text)) return Number(text);
  throw new SweepError(`${name}: expected a number at each end of a range, got ${quoted(text)}`);
}
