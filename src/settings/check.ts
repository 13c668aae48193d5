// The settings of a run: their defaults, and the one place that checks them.

import { quoted } from "../outside/printable.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./setting-error.ts";
import { SETTINGS, TABLE } from "./table.ts";

export type { Config, EngineName, Schedule } from "./config.ts";
export { SETTINGS } from "./table.ts";
export { ConfigError };

/** The original script's run: `hell` → `ello`. */
export const DEFAULTS: Readonly<Config> = Object.freeze(
  Object.fromEntries(SETTINGS.map((name) => [name, TABLE[name].standard])) as unknown as Config,
);

/** A run on a corpus; docs/baseline.md has what was tried. */
export const TEXT_DEFAULTS: Readonly<Config> = Object.freeze({
  ...DEFAULTS,
  ...(Object.fromEntries(
    SETTINGS.map((name) => [name, TABLE[name].onText ?? TABLE[name].standard]),
  ) as Partial<Config>),
});

/** The defaults of a run on a text, or on a pair of them. */
export function defaultsOf(isOnText: boolean): Readonly<Config> {
  return isOnText ? TEXT_DEFAULTS : DEFAULTS;
}

/** Settings that must not become nothing, or everything, by being rounded. */
const ROUNDED = ["learningRate", "epsilon"] as const;

export function show(value: unknown): string {
  return typeof value === "string" || typeof value === "object" ? quoted(value) : String(value);
}

/**
 * Completes settings with the defaults: `DEFAULTS`, or `TEXT_DEFAULTS` for a corpus.
 * @throws {ConfigError} for an unknown setting or a value that does not fit.
 * @example
 * ```js
 * const { optimizer, learningRate } = completeConfig({ hiddenSize: 64 }, TEXT_DEFAULTS);
 * ```
 */
export function completeConfig(
  settings: Partial<Config> = {},
  defaults: Readonly<Config> = DEFAULTS,
): Config {
  for (const name of Object.keys(settings)) {
    if (!Object.hasOwn(TABLE, name)) {
      throw new ConfigError(name, `expected one of ${SETTINGS.join(", ")}, got this name`);
    }
  }
  const config = { ...defaults, ...settings };
  for (const name of SETTINGS) {
    const entry = TABLE[name];
    if (!entry.accepts(config[name])) {
      throw new ConfigError(name, `expected ${entry.expected}, got ${show(config[name])}`);
    }
  }
  for (const name of config.precision === "f32" ? ROUNDED : []) {
    const value = Math.fround(config[name]);
    if (value > 0 && Number.isFinite(value)) continue;
    throw new ConfigError(
      name,
      `expected a number from 1e-45 to 3e38, as f32 can hold, got ${show(config[name])}`,
    );
  }
  return config;
}
