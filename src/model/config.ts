// The settings of a run: their defaults, what each accepts, and the one place that checks them.

/** How gradients of the positions of a batch are combined before clipping. */
export type Reduction = "sum" | "mean";
export type EngineName = "wasm" | "reference";

/** Everything that decides a run: the same config gives the same weights, to the last bit. */
export interface Config {
  /** Text the network reads, T code points. */
  input: string;
  /** Text it learns to write, T code points. */
  target: string;
  /** Hidden units H. */
  hiddenSize: number;
  epochs: number;
  learningRate: number;
  /** Gradients are clipped to ±clipValue; 0 clips nothing. */
  clipValue: number;
  /** "sum" over time and mean over rows, or "mean" over both. */
  reduction: Reduction;
  /** Initial weights are drawn from N(0, initDeviation²). */
  initDeviation: number;
  seed: number;
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
  return { standard, expected: names.join(" or "), accepts: (value) => names.includes(value) };
}

function text(standard: string): Rule<string> {
  return {
    standard,
    expected: "at least one character, without lone surrogates",
    accepts: (value) => typeof value === "string" && value.length > 0 && value.isWellFormed(),
  };
}

const RULES: { readonly [Name in keyof Config]: Rule<Config[Name]> } = {
  input: text("hell"),
  target: text("ello"),
  hiddenSize: integer(10, 1, 4096),
  epochs: integer(1000, 1, 1_000_000_000),
  learningRate: positive(0.1),
  clipValue: notNegative(5, "0 clips nothing"),
  reduction: oneOf<Reduction>("sum", "mean"),
  initDeviation: notNegative(0.01, "0 starts at zero weights"),
  seed: integer(42, 0, Number.MAX_SAFE_INTEGER),
  engine: oneOf<EngineName>("wasm", "reference"),
  threads: integer(0, 0, 64),
  fast: {
    standard: false,
    expected: "true or false",
    accepts: (value) => typeof value === "boolean",
  },
};

export const SETTINGS = Object.keys(RULES) as (keyof Config)[];

/** The original script's run: `hell` → `ello`. */
export const DEFAULTS: Readonly<Config> = Object.freeze(
  Object.fromEntries(SETTINGS.map((name) => [name, RULES[name].standard])) as unknown as Config,
);

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/**
 * Completes settings with the defaults.
 * @throws {ConfigError} for an unknown setting or a value that does not fit.
 */
export function completeConfig(settings: Partial<Config> = {}): Config {
  for (const name of Object.keys(settings)) {
    if (!Object.hasOwn(RULES, name)) {
      throw new ConfigError(name, `expected one of ${SETTINGS.join(", ")}, got this name`);
    }
  }
  const config = { ...DEFAULTS, ...settings };
  for (const name of SETTINGS) {
    const rule = RULES[name];
    if (!rule.accepts(config[name])) {
      throw new ConfigError(name, `expected ${rule.expected}, got ${show(config[name])}`);
    }
  }
  return config;
}
