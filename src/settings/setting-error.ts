// Errors whose text names settings, so that whoever shows them can spell those as they are given
// there: `minCount` in code, --min-count on the command line.

import { ElloError } from "../outside/errors.ts";

/** How a setting is spelled. */
export type NameOf = (setting: string) => string;
/** A text that may name settings. */
export type SettingText = string | ((nameOf: NameOf) => string);

const asInCode: NameOf = (setting) => setting;

export class SettingError extends ElloError {
  readonly #text: SettingText;
  constructor(text: SettingText) {
    super(spell(text, asInCode));
    this.#text = text;
  }

  /** The message with its settings as `nameOf` spells them. */
  messageAs(nameOf: NameOf): string {
    return spell(this.#text, nameOf);
  }
}

/** A setting that does not fit. `setting` is its name in `Config`; `problem` the rest of the text. */
export class ConfigError extends SettingError {
  override readonly name = "ConfigError";
  readonly setting: string;
  readonly problem: string;
  constructor(setting: string, problem: SettingText) {
    super((nameOf) => `${nameOf(setting)}: ${spell(problem, nameOf)}`);
    this.setting = setting;
    this.problem = spell(problem, asInCode);
  }
}

function spell(text: SettingText, nameOf: NameOf): string {
  return typeof text === "string" ? text : text(nameOf);
}
