// The settings of a run: their defaults, and the one place that checks them.

import { quoted } from "../data/printable.ts";
import type { Network } from "./cells.ts";
import { type Initial, parseInitial } from "./initial.ts";
import { RULES } from "./rules.ts";
import { ConfigError } from "./setting-error.ts";
import type { Config } from "./settings.ts";

export { type Need, RULES } from "./rules.ts";
export type { Config, EngineName, Schedule } from "./settings.ts";
export { ConfigError };

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
export function initialOf({ init, hiddenSize, forgetBias }: Config): Initial {
  return { ...(parseInitial(init, { H: hiddenSize }) as Initial), forgetBias };
}

/** The network that a configuration asks for. */
export function networkOf({ cell, layers, dropout }: Config): Required<Network> {
  return { cell, layers, drops: dropout > 0 };
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
