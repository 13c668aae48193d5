// Options of calls: a name that no option has is an error, never passed over.

import { ConfigError } from "../settings/check.ts";

/** @throws {ConfigError} for an option with another name. */
export function expectOptions(options: object, names: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    throw new ConfigError(name, `expected one of ${names.join(", ")}, got this name`);
  }
}
