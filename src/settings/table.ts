// The settings, all that there is to say of each in one entry. Checks (check.ts), effects (effects.ts),
// flags, --help and the page's form are made from this table.

import type { Config } from "./config.ts";
import type { Entry } from "./kinds.ts";
import { LEARNING_SETTINGS } from "./learning.ts";
import { MACHINE_SETTINGS } from "./machine.ts";
import { NETWORK_SETTINGS } from "./network.ts";
import { TEXT_SETTINGS } from "./text.ts";

export const TABLE: { readonly [Name in keyof Config]: Entry<Config[Name]> } = {
  ...TEXT_SETTINGS,
  ...NETWORK_SETTINGS,
  ...LEARNING_SETTINGS,
  ...MACHINE_SETTINGS,
};

/** Their names, in the order of the table. */
export const SETTINGS = Object.keys(TABLE) as (keyof Config)[];

/** A setting's name on the command line: `hidden-size` of `hiddenSize`. */
export function flagName(setting: string): string {
  return setting.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
