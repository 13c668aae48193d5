// The settings of a run: their defaults, what each accepts, and the one place that checks them.

import type { Unit, UnknownPolicy } from "../data/vocabulary.ts";
import { type Initial, parseInitial } from "./initial.ts";
import type { OptimizerName, Reduction, UpdateRule } from "./optimizer.ts";

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

/** A setting that does not fit. `setting` is its name in `Config`; `problem` the rest of the text. */
export class ConfigError extends RangeError {
  override readonly name = "ConfigError";
  readonly setting: string;
  readonly problem: string;
  constructor(setting: string, problem: string) {
    super(`${setting}: ${problem}`);
    this.setting = setting;
    this.problem = problem;
  }
}

interface Rule<Value> {
  readonly standard: Value;
  readonly expected: string;
  accepts(value: unknown): boolean;
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
      Number.isFinite(value) && Number(value) >= 0 && Number(value) < (high === "to" ? 1.5 : 1),
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

const MOST = 1_000_000_000;

const RULES: { readonly [Name in keyof Config]: Rule<Config[Name]> } = {
  input: text("hell"),
  target: text("ello"),
  unit: oneOf<Unit>("codepoint", "byte"),
  minCount: integer(1, 1, MOST),
  unknown: oneOf<UnknownPolicy>("error", "skip", "symbol"),
  normalizeNewlines: flag(false),
  valFraction: share(0, "below"),
  hiddenSize: integer(10, 1, 4096),
  seqLength: integer(50, 1, 65_536),
  batchSize: integer(1, 1, 4096),
  init: {
    standard: "normal:0.01",
    expected: "normal:S with a deviation S, uniform or orthogonal",
    accepts: (value) => typeof value === "string" && parseInitial(value, { H: 1 }) !== undefined,
  },
  seed: integer(42, 0, Number.MAX_SAFE_INTEGER),
  epochs: integer(1000, 1, MOST),
  optimizer: oneOf<OptimizerName>("sgd", "adagrad", "rmsprop", "adam"),
  learningRate: positive(0.1),
  momentum: share(0, "below"),
  alpha: share(0.99, "below"),
  beta1: share(0.9, "below"),
  beta2: share(0.999, "below"),
  epsilon: positive(1e-8),
  schedule: oneOf<Schedule>("constant", "step", "cosine"),
  decayRate: share(0.97, "to"),
  decayAfter: integer(10, 0, MOST),
  warmupSteps: integer(0, 0, MOST),
  minLearningRate: notNegative(0, "where the cosine ends"),
  clipValue: notNegative(5, "0 clips nothing"),
  clipNorm: notNegative(0, "0 clips nothing"),
  reduction: oneOf<Reduction>("sum", "mean"),
  carryState: flag(true),
  evalEvery: integer(0, 0, MOST),
  patience: integer(0, 0, MOST),
  onDivergence: oneOf<"stop" | "rollback">("stop", "rollback"),
  maxRollbacks: integer(3, 0, 1000),
  engine: oneOf<EngineName>("wasm", "reference"),
  threads: integer(0, 0, 64),
  fast: flag(false),
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

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
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
