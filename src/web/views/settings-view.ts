// The settings as a form: made from their table, checked as they are typed, applied as they change.

import { type Config, ConfigError } from "../../settings/check.ts";
import { missingNeed } from "../../settings/effects.ts";
import { FIELDS, type Field } from "../fields.ts";
import { changed, configOf, HELLO, parse, type Setting } from "../setting.ts";
import { find, make, setText, unfold } from "./elements.ts";
import { cited, explained } from "./format.ts";

interface Row {
  readonly field: Field;
  readonly element: HTMLElement;
  readonly input: HTMLInputElement | HTMLSelectElement;
  readonly error: HTMLElement;
}

export interface SettingsListener {
  /** Starts again with it. */
  restart(setting: Setting, why: string): void;
  /** Takes effect at once. */
  change(change: Partial<Config>): void;
}

export class SettingsView {
  readonly #rows: readonly Row[];
  readonly #listener: SettingsListener;
  #setting: Setting = HELLO;
  /** What is being typed into. */
  #typing: HTMLElement | undefined;

  constructor(listener: SettingsListener) {
    this.#listener = listener;
    this.#rows = FIELDS.map((field) => this.#makeRow(field));
    find("first-settings").append(...this.#elements((field) => field.first === true));
    find("more-settings").append(...this.#elements((field) => !field.first));
    find("standard").addEventListener("click", () => {
      const { text } = this.#setting;
      const standard = text && "settings" in text ? text.settings : {};
      this.#listener.restart(
        { text, changes: standard },
        "Started again with the original values.",
      );
    });
  }

  /** Shows the setting that was asked for last; what is being typed stays. */
  show(setting: Setting): void {
    this.#setting = setting;
    const config = configOf(setting);
    const kind = setting.text ? "text" : "pair";
    for (const { field, element, input, error } of this.#rows) {
      element.hidden =
        (field.only !== undefined && field.only !== kind) ||
        missingNeed(field.name, config) !== undefined;
      const value = String(config[field.name]);
      if (input === this.#typing) continue;
      if (input.value !== value) input.value = value;
      this.#mark(input, error, "");
    }
  }

  /** Shows an error beside its setting. @returns whether the form has one of that name. */
  showError(setting: string | undefined, reason: string): boolean {
    const row = this.#rows.find(({ field }) => field.name === setting);
    if (row) {
      unfold(row.element);
      this.#mark(row.input, row.error, reason);
    }
    return row !== undefined;
  }

  #elements(isHere: (field: Field) => boolean): HTMLElement[] {
    return this.#rows.filter(({ field }) => isHere(field)).map(({ element }) => element);
  }

  #makeRow(field: Field): Row {
    const { name, label, hint, choices, live } = field;
    const input = choices ? make("select") : make("input");
    if (input instanceof HTMLSelectElement) {
      for (const choice of choices ?? []) input.append(new Option(choice, choice));
    } else {
      input.type = "text";
      input.autocomplete = "off";
      input.spellcheck = false;
      if (field.most !== undefined) input.inputMode = "decimal";
      else input.dir = "auto";
    }
    input.id = `set-${name}`;
    const error = make("span", "error");
    error.id = `error-${name}`;
    error.setAttribute("role", "alert");
    const about = make("span", "hint", hint);
    if (live) about.append(make("span", "at-once", " · at once"));
    about.id = `hint-${name}`;
    input.setAttribute("aria-describedby", `${about.id} ${error.id}`);
    const title = make("label", "", label);
    title.htmlFor = input.id;
    const element = make("div", "field", title, input, about, error);
    const row = { field, element, input, error };
    input.addEventListener("input", () => {
      this.#typing = input;
      this.#check(row);
    });
    input.addEventListener("blur", () => {
      this.#typing = undefined;
    });
    input.addEventListener("change", () => {
      this.#typing = undefined;
      this.#apply(row);
    });
    return row;
  }

  /** The setting that the row asks for; undefined, with the reason beside it, if it does not fit. */
  #check({ field, input, error }: Row): Setting | undefined {
    try {
      const change: Partial<Config> = { [field.name]: parse(field.name, input.value) };
      // The two texts of a pair must be as long as each other: one follows while the other is typed.
      if (change.input !== undefined) {
        change.target = followed(change.input, configOf(this.#setting).target);
      }
      const setting = changed(this.#setting, change);
      this.#mark(input, error, "");
      return setting;
    } catch (problem) {
      if (!(problem instanceof ConfigError)) throw problem;
      this.#mark(input, error, explained(problem.problem));
      return undefined;
    }
  }

  #apply(row: Row): void {
    const setting = this.#check(row);
    if (!setting) return;
    const { field, input } = row;
    const { name, label, live } = field;
    const [config, before] = [configOf(setting), configOf(this.#setting)];
    if (config[name] === before[name]) return;
    if (live) {
      this.#listener.change({ [name]: config[name] });
      return;
    }
    const follows = name === "input" && config.target !== before.target;
    const also = follows ? `, and now it learns to write ${cited(config.target)}` : "";
    this.#listener.restart(
      setting,
      `Started again: ${label.toLowerCase()} ${cited(input.value)}${also}.`,
    );
  }

  #mark(input: HTMLElement, error: HTMLElement, problem: string): void {
    setText(error, problem);
    if (problem) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}

/** A target for a new input: the next characters of the input, if the target does not fit any more. */
function followed(input: string, target: string): string {
  const characters = [...input];
  if (characters.length === [...target].length) return target;
  return [...characters.slice(1), characters[0] ?? ""].join("");
}
