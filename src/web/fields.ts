// The settings that the page offers, from their table: what they are called, their ranges, and when they
// take effect.

import type { Config } from "../settings/check.ts";
import type { PageEntry } from "../settings/kinds.ts";
import { SETTINGS, TABLE } from "../settings/table.ts";

export interface Field extends PageEntry {
  readonly name: keyof Config;
  /** Whether only integers will do. */
  readonly whole?: true | undefined;
  /** The names to choose from. */
  readonly choices?: readonly string[] | undefined;
}

export const FIELDS: readonly Field[] = SETTINGS.flatMap((name) => {
  const { page, whole, choices } = TABLE[name];
  return page ? [{ ...page, name, whole, choices }] : [];
});
