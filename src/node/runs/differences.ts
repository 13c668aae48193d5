// In which settings runs differ, and what tells each from the others.

import { configAtStart } from "../../receipt/receipt.ts";
import { type Config, SETTINGS } from "../../settings/check.ts";
import { WITHOUT_BITS } from "../../settings/machine.ts";
import type { RunFacts } from "./facts.ts";

/** How a run is computed, and not what; and what the column of the text has. */
const IDLE: readonly (keyof Config)[] = [...WITHOUT_BITS, "input", "target"];

/** What a run has for a setting; of one that was changed on the way, what it began with too. */
export function settingOf({ receipt }: RunFacts, name: keyof Config): string {
  const [first, last] = [configAtStart(receipt)[name], receipt.config[name]];
  return first === last ? `${last}` : `${first} → ${last}`;
}

/** The settings that are not the same in all, in the order of the table. */
export function differingSettings(runs: readonly RunFacts[]): (keyof Config)[] {
  return SETTINGS.filter(
    (name) => !IDLE.includes(name) && new Set(runs.map((run) => settingOf(run, name))).size > 1,
  );
}

/** Whether the runs are on different texts. */
export function haveSeveralTexts(runs: readonly RunFacts[]): boolean {
  return new Set(runs.map(({ receipt }) => receipt.textSha256)).size > 1;
}

/** A run's label: what it differs in, or its name where it is in nothing. */
export function labelOf(run: RunFacts, settings: readonly (keyof Config)[]): string {
  const own = settings.map((name) => `${name} ${settingOf(run, name)}`);
  return own.length > 0 ? own.join(", ") : run.name;
}

/** Labels that are all different: with the name where two runs have the same settings. */
export function labelsOf(runs: readonly RunFacts[]): string[] {
  const settings = differingSettings(runs);
  const labels = runs.map((run) => labelOf(run, settings));
  return labels.map((label, i) => {
    const isAlone = labels.filter((other) => other === label).length === 1;
    const { name } = runs[i] as RunFacts;
    return isAlone || label === name ? label : `${label} (${name})`;
  });
}
