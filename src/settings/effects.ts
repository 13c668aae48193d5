// Which settings have an effect under which others, by the table: those that have none
// are refused, or left at their defaults.

import { type Config, ConfigError, DEFAULTS, SETTINGS, show, TEXT_DEFAULTS } from "./check.ts";
import type { Need } from "./kinds.ts";
import type { NameOf } from "./setting-error.ts";
import { TABLE } from "./table.ts";

/** What a setting needs and does not have under `config`; undefined where it is read. */
export function missingNeed(name: keyof Config, config: Config): Need | undefined {
  return TABLE[name].needs?.find(({ setting, accepts }) => !accepts(config[setting]));
}

/** What a setting needs, in words; empty for one that is always read. */
export function needsOf(name: keyof Config, nameOf: NameOf): string[] {
  return (TABLE[name].needs ?? []).map((need) => wordsOf(need, nameOf));
}

function wordsOf({ setting, expected }: Need, nameOf: NameOf): string {
  return setting === "input" ? "a text" : `${nameOf(setting)} ${expected}`;
}

/**
 * Refuses settings that were given and have no effect under `config`. Values that ask for what is so
 * anyway, such as a momentum of 0, are not refused.
 * @throws {ConfigError} naming what the setting needs.
 */
export function expectEffects(given: Partial<Config>, config: Config): void {
  for (const name of SETTINGS) {
    const value = given[name];
    if (value === undefined || TABLE[name].isIdle?.(value, config)) continue;
    const need = missingNeed(name, config);
    if (!need) continue;
    const got = need.setting === "input" ? "a pair of texts" : show(config[need.setting]);
    throw new ConfigError(
      name,
      (nameOf) =>
        `expected ${wordsOf(need, nameOf)}, without which it has no effect, got ${got}; choose that, or leave ${nameOf(name)} out`,
    );
  }
}

/** The same of a whole configuration, where a default may stand without effect. @throws {ConfigError} */
export function expectEffectsOfChanges(settings: Partial<Config>, config: Config): void {
  const changes = Object.entries(settings).filter(
    ([name, value]) =>
      value !== DEFAULTS[name as keyof Config] && value !== TEXT_DEFAULTS[name as keyof Config],
  );
  expectEffects(Object.fromEntries(changes), config);
}

/** The configuration with what has no effect at its default. */
export function withoutIdle(config: Config, defaults: Readonly<Config> = DEFAULTS): Config {
  const idle = SETTINGS.filter(
    (name) => missingNeed(name, config) && !TABLE[name].isIdle?.(config[name], config),
  );
  const standards = Object.fromEntries(idle.map((name) => [name, defaults[name]]));
  return { ...config, ...standards };
}
