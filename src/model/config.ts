// The settings of a run: their defaults, what each accepts, and the one place that checks them.

import { quoted } from "../data/printable.ts";
import type { Unit, UnknownPolicy } from "../data/vocabulary.ts";
import { type Initial, parseInitial } from "./initial.ts";
import type { OptimizerName, Reduction, UpdateRule } from "./optimizer.ts";
import { ConfigError } from "./setting-error.ts";

export { ConfigError };

export type EngineName = "wasm" | "reference";
export type Schedule = "constant" | "step" | "cosine";
/** Everything that decides a run: the same config and text give the same weights, to the last bit. */
export interface Config extends UpdateRule {
  /** Text the network reads, T code points; empty for a corpus. */
  input: string;
  /** Text it learns to write, T code points; empty for a corpus. */
  target: string;

  /** What a token of a corpus is. */
  unit: Unit;
  /** Characters seen less often than this are unknown. */
  minCount: number;
  unknown: UnknownPolicy;
  /** Turns CR LF and CR into LF. */
  normalizeNewlines: boolean;
  /** Share of a corpus, at its end, that is not trained on. */
  valFraction: number;

  /** Hidden units H. */
  hiddenSize: number;
  /** Time steps T of a training step. */
  seqLength: number;
  /** Rows B of a batch: parallel streams through the corpus. */
  batchSize: number;
  /** The weights at the start: "normal:S", "uniform" or "orthogonal"; see initial.ts. */
  init: string;
  seed: number;

  epochs: number;
  optimizer: OptimizerName;
  learningRate: number;
  momentum: number;
  alpha: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  schedule: Schedule;
  /** "step": what the learning rate is multiplied by at each epoch … */
  decayRate: number;
  /** … from this one on. */
  decayAfter: number;
  /** Steps over which the learning rate rises from zero. */
  warmupSteps: number;
  /** "cosine": the learning rate at the end. */
  minLearningRate: number;
  clipValue: number;
  clipNorm: number;
  /** "sum" over time and mean over rows, or "mean" over both. */
  reduction: Reduction;
  /** Whether the hidden state goes on from one training step to the next within an epoch. */
  carryState: boolean;
  /** Steps between evaluations on the validation text; 0 evaluates at the end of each epoch. */
  evalEvery: number;
  /** Evaluations without a better loss after which training stops; 0 never stops. */
  patience: number;
  /** Whether a loss that explodes stops training, or goes back to the last good state. */
  onDivergence: "stop" | "rollback";
  maxRollbacks: number;

  engine: EngineName;
  /** Threads of the wasm engine; 0 for as many as pay. Decides no bit of the result. */
  threads: number;
  /**
   * Lets the wasm engine fuse multiplications and additions where the machine can: quicker on some,
   * but no longer the same bits everywhere.
   */
  fast: boolean;
}

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
const ADAM = needOf("optimizer", "adam");

export const RULES: { readonly [Name in keyof Config]: Rule<Config[Name]> } = {
  input: text("hell"),
  target: text("ello"),
  unit: needing(oneOf<Unit>("codepoint", "byte"), [TEXT], "codepoint"),
  minCount: needing(integer(1, 1, MOST), [TEXT], 1),
  unknown: needing(oneOf<UnknownPolicy>("error", "skip", "symbol"), [TEXT], "error"),
  normalizeNewlines: needing(flag(false), [TEXT], false),
  valFraction: needing(share(0, "below"), [TEXT], 0),
  hiddenSize: integer(10, 1, 4096),
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
  seed: integer(42, 0, Number.MAX_SAFE_INTEGER),
  epochs: integer(1000, 1, MOST),
  optimizer: oneOf<OptimizerName>("sgd", "adagrad", "rmsprop", "adam"),
  learningRate: positive(0.1),
  momentum: needing(share(0, "below"), [needOf("optimizer", "sgd")], 0),
  alpha: needing(share(0.99, "below"), [needOf("optimizer", "rmsprop")]),
  beta1: needing(share(0.9, "below"), [ADAM]),
  beta2: needing(share(0.999, "below"), [ADAM]),
  epsilon: needing(positive(1e-8), [needOf("optimizer", "adagrad", "rmsprop", "adam")]),
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

export const SETTINGS = Object.keys(RULES) as (keyof Config)[];

/** The original script's run: `hell` → `ello`. */
export const DEFAULTS: Readonly<Config> = Object.freeze(
  Object.fromEntries(SETTINGS.map((name) => [name, RULES[name].standard])) as unknown as Config,
);

/** A run on a corpus; docs/baseline.md has what was tried. */
export const TEXT_DEFAULTS: Readonly<Config> = Object.freeze({
  ...DEFAULTS,
  input: "",
  target: "",
  valFraction: 0.1,
  hiddenSize: 128,
  batchSize: 32,
  init: "uniform",
  epochs: 10,
  optimizer: "adam",
  learningRate: 2e-3,
  clipValue: 0,
  clipNorm: 5,
  reduction: "mean",
  onDivergence: "rollback",
});

/** The initial weights that a configuration asks for. */
export function initialOf(config: Pick<Config, "init" | "hiddenSize">): Initial {
  return parseInitial(config.init, { H: config.hiddenSize }) as Initial;
}

export function show(value: unknown): string {
  return typeof value === "string" || typeof value === "object" ? quoted(value) : String(value);
}

/**
 * Completes settings with the defaults: `DEFAULTS`, or `TEXT_DEFAULTS` for a corpus.
 * @throws {ConfigError} for an unknown setting or a value that does not fit.
 */
export function completeConfig(
  settings: Partial<Config> = {},
  defaults: Readonly<Config> = DEFAULTS,
): Config {
  for (const name of Object.keys(settings)) {
    if (!Object.hasOwn(RULES, name)) {
      throw new ConfigError(name, `expected one of ${SETTINGS.join(", ")}, got this name`);
    }
  }
  const config = { ...defaults, ...settings };
  for (const name of SETTINGS) {
    const rule = RULES[name];
    if (!rule.accepts(config[name])) {
      throw new ConfigError(name, `expected ${rule.expected}, got ${show(config[name])}`);
    }
  }
  return config;
}
