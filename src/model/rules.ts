// The rule of each setting: its default, what it accepts, and under which others it is read.

import type { Unit, UnknownPolicy } from "../data/vocabulary.ts";
import type { CellName } from "./cells.ts";
import { parseInitial } from "./initial.ts";
import type { OptimizerName, Reduction } from "./optimizer.ts";
import type { Config, EngineName, Schedule } from "./settings.ts";

interface Check {
  readonly expected: string;
  accepts(value: unknown): boolean;
}

/** What another setting must be for one to be read. */
export interface Need extends Check {
  readonly setting: keyof Config;
}

interface Rule<Value> extends Check {
  readonly standard: Value;
  /** Without these the setting has no effect. */
  readonly needs?: readonly Need[];
  /** Whether a value asks for what is so without any effect. */
  isIdle?(value: unknown, config: Config): boolean;
}

function integer(standard: number, low: number, high: number): Rule<number> {
  return {
    standard,
    expected: `an integer from ${low} to ${high}`,
    accepts: (value) => Number.isInteger(value) && Number(value) >= low && Number(value) <= high,
  };
}

function positive(standard: number): Rule<number> {
  return {
    standard,
    expected: "a finite number above 0",
    accepts: (value) => Number.isFinite(value) && Number(value) > 0,
  };
}

function notNegative(standard: number, meaning: string): Rule<number> {
  return {
    standard,
    expected: `a finite number from 0 (${meaning})`,
    accepts: (value) => Number.isFinite(value) && Number(value) >= 0,
  };
}

function oneOf<Name extends string>(standard: Name, ...others: Name[]): Rule<Name> {
  const names: unknown[] = [standard, ...others];
  const expected = names.join(", ").replace(/, ([^,]*)$/, " or $1");
  return { standard, expected, accepts: (value) => names.includes(value) };
}

function share(standard: number, high: "below" | "to"): Rule<number> {
  return {
    standard,
    expected: `a number from 0 ${high} 1`,
    accepts: (value) =>
      Number.isFinite(value) &&
      Number(value) >= 0 &&
      (high === "to" ? Number(value) <= 1 : Number(value) < 1),
  };
}

function flag(standard: boolean): Rule<boolean> {
  return { standard, expected: "true or false", accepts: (value) => typeof value === "boolean" };
}

function text(standard: string): Rule<string> {
  return {
    standard,
    expected: "text without lone surrogates",
    accepts: (value) => typeof value === "string" && value.isWellFormed(),
  };
}

/** The rule of a setting that is read only where others are so; `idle`: values that change nothing. */
function needing<Value>(rule: Rule<Value>, needs: readonly Need[], ...idle: Value[]): Rule<Value> {
  return { ...rule, needs, isIdle: (value) => idle.includes(value as Value) };
}

function needOf<Name extends keyof Config>(setting: Name, ...values: Config[Name][]): Need {
  const [standard, ...others] = values as string[];
  return { setting, ...oneOf(standard as string, ...others) };
}

const MOST = 1_000_000_000;

const TEXT = needOf("input", "");
const VALIDATION: Need = {
  setting: "valFraction",
  expected: "above 0",
  accepts: (value) => Number(value) > 0,
};
const ROWS: Need = {
  setting: "batchSize",
  expected: "from 8",
  accepts: (value) => Number(value) >= 8,
};
const WASM = needOf("engine", "wasm");
const STEP = needOf("schedule", "step");
const ADAM = needOf("optimizer", "adam", "adamw");

export const RULES: { readonly [Name in keyof Config]: Rule<Config[Name]> } = {
  input: text("hell"),
  target: text("ello"),
  unit: needing(oneOf<Unit>("codepoint", "byte"), [TEXT], "codepoint"),
  minCount: needing(integer(1, 1, MOST), [TEXT], 1),
  unknown: needing(oneOf<UnknownPolicy>("error", "skip", "symbol"), [TEXT], "error"),
  normalizeNewlines: needing(flag(false), [TEXT], false),
  valFraction: needing(share(0, "below"), [TEXT], 0),
  cell: oneOf<CellName>("rnn", "gru", "lstm"),
  layers: integer(1, 1, 8),
  hiddenSize: integer(10, 1, 4096),
  dropout: share(0, "below"),
  seqLength: {
    ...needing(integer(50, 1, 65_536), [TEXT]),
    isIdle: (value, { input }) => value === [...input].length, // a pair is one sequence
  },
  batchSize: needing(integer(1, 1, 4096), [TEXT], 1),
  init: {
    standard: "normal:0.01",
    expected: "normal:S with a deviation S, uniform or orthogonal",
    accepts: (value) => typeof value === "string" && parseInitial(value, { H: 1 }) !== undefined,
  },
  forgetBias: needing(
    {
      standard: 0,
      expected: "a finite number (0 leaves it as drawn)",
      accepts: (value) => Number.isFinite(value),
    },
    [needOf("cell", "lstm")],
    0,
  ),
  seed: integer(42, 0, Number.MAX_SAFE_INTEGER),
  epochs: integer(1000, 1, MOST),
  optimizer: oneOf<OptimizerName>("sgd", "adagrad", "rmsprop", "adam", "adamw"),
  learningRate: positive(0.1),
  momentum: needing(share(0, "below"), [needOf("optimizer", "sgd")], 0),
  alpha: needing(share(0.99, "below"), [needOf("optimizer", "rmsprop")]),
  beta1: needing(share(0.9, "below"), [ADAM]),
  beta2: needing(share(0.999, "below"), [ADAM]),
  epsilon: needing(positive(1e-8), [needOf("optimizer", "adagrad", "rmsprop", "adam", "adamw")]),
  weightDecay: needing(notNegative(0.01, "nothing decays"), [needOf("optimizer", "adamw")], 0),
  schedule: oneOf<Schedule>("constant", "step", "cosine"),
  decayRate: needing(share(0.97, "to"), [STEP], 1),
  decayAfter: needing(integer(10, 0, MOST), [STEP]),
  warmupSteps: integer(0, 0, MOST),
  minLearningRate: needing(
    notNegative(0, "where the cosine ends"),
    [needOf("schedule", "cosine")],
    0,
  ),
  clipValue: notNegative(5, "0 clips nothing"),
  clipNorm: notNegative(0, "0 clips nothing"),
  reduction: oneOf<Reduction>("sum", "mean"),
  carryState: needing(flag(true), [TEXT], false),
  evalEvery: needing(integer(0, 0, MOST), [VALIDATION], 0),
  patience: needing(integer(0, 0, MOST), [VALIDATION], 0),
  onDivergence: oneOf<"stop" | "rollback">("stop", "rollback"),
  maxRollbacks: needing(integer(3, 0, 1000), [needOf("onDivergence", "rollback")], 0),
  engine: oneOf<EngineName>("wasm", "reference"),
  threads: needing(integer(0, 0, 64), [WASM, ROWS], 0, 1),
  fast: needing(flag(false), [WASM], false),
};
