// What outlives the page: the model as a file, the setting as a link and as a command for Node, the
// running model in the browser's storage.

import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { type Config, ConfigError } from "../model/config.ts";
import { FIELDS } from "./fields.ts";
import { type Playground, type RunListener, reasonOf } from "./playground.ts";
import {
  defaultsFor,
  fromHash,
  isSample,
  nodeCommand,
  type OwnText,
  type Setting,
  settingOf,
  toHash,
} from "./setting.ts";
import { discard, keep, kept, type Saved } from "./storage.ts";
import { find, setText } from "./views/elements.ts";

const LARGEST_MODEL = 256 * 2 ** 20; // bytes

export class Keep implements RunListener {
  readonly #playground: Playground;
  readonly #offer = find("offer");
  /** A saved run that the visitor has not yet decided on: nothing may take its place. */
  #offered: Saved | undefined;

  constructor(playground: Playground) {
    this.#playground = playground;
    find("save").addEventListener("click", () => void this.#save());
    const file = find<HTMLInputElement>("load");
    file.addEventListener("change", () => {
      if (file.files?.[0]) void this.load(file.files[0]);
      file.value = "";
    });
    find("copy-link").addEventListener("click", () => void this.#copy("link", location.href));
    find("copy-command").addEventListener(
      "click",
      () => void this.#copy("command", nodeCommand(playground.setting)),
    );
    find("continue").addEventListener("click", () => void this.#continue());
    find("discard").addEventListener("click", () => {
      this.#decide();
      discard().catch(() => {});
    });
  }

  /** Looks for a saved run and offers it. */
  async offer(): Promise<void> {
    try {
      const saved = await kept();
      if (!saved || saved.step === 0) return;
      this.#offered = saved;
      const { setting } = this.#settingOf(saved);
      const what = setting.text
        ? isSample(setting.text)
          ? setting.text.label.toLowerCase()
          : setting.text.name
        : `“${setting.changes.input ?? "hell"}” → “${setting.changes.target ?? "ello"}”`;
      setText(
        find("offer-text"),
        `Your last run, on ${what}, was saved after ${saved.step} steps. Until you decide, this one is not saved.`,
      );
      this.#offer.hidden = false;
    } catch {
      // Without storage, or with a run that another version saved, there is nothing to offer.
      this.#decide();
    }
  }

  begin(_facts: unknown, setting: Setting): void {
    this.changed(undefined, setting);
  }

  changed(_config: Config | undefined, setting: Setting): void {
    const hash = toHash(setting);
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
    const command = find("command");
    setText(command, nodeCommand(setting));
  }

  snapshot(bytes: Uint8Array<ArrayBuffer>, step: number): void {
    if (this.#offered || step === 0) return;
    const { setting, altered } = this.#playground;
    const { text } = setting;
    const own = text && !isSample(text) ? text : undefined;
    const saved: Saved = { hash: toHash(setting), own, training: bytes, step, altered };
    keep(saved).then(
      () => setText(find("kept"), ""),
      (error: unknown) => {
        const why = `The browser could not keep this run (${reasonOf(error)}); training goes on. Save the model to keep it.`;
        if (find("kept").textContent === why) return; // it stands there
        setText(find("kept"), why);
        this.#playground.say(why);
      },
    );
  }

  draw(): void {
    const { phase, altered, parametersSha256, setting } = this.#playground;
    const own =
      setting.text && !isSample(setting.text)
        ? ` Put ${setting.text.name} into the folder first.`
        : "";
    const note =
      altered && this.#playground.isOpened
        ? "This run began with a model that was opened: --init-from and its file start from it in Node."
        : altered
          ? "You changed a setting on the way: this command trains with it from the start, and ends with other weights."
          : phase === "done"
            ? `It ends with the same SHA-256, ${parametersSha256}.${own}`
            : `It ends with the SHA-256 that this page shows at the end.${own}`;
    setText(find("command-note"), note);
  }

  /** Opens a model's file. */
  async load(file: File): Promise<void> {
    try {
      if (file.size > LARGEST_MODEL) {
        throw new RangeError(
          `file: expected at most 256 MB, got ${Math.ceil(file.size / 2 ** 20)} MB`,
        );
      }
      const bytes = new Uint8Array(await file.arrayBuffer());
      const { config, H } = await loadCheckpoint(bytes);
      const setting = this.#settingFor(config, H);
      const why = `Opened ${file.name}: ${H} hidden units. Play trains it further, with a fresh optimizer.`;
      await this.#playground.start(setting, { model: bytes, play: false, altered: true, why });
    } catch (error) {
      this.#playground.say(`${file.name} was not opened: ${reasonOf(error)}`);
    }
  }

  /** The setting that goes with a file's configuration: its own pair of texts, or the text at hand. */
  #settingFor(config: Partial<Config> | undefined, hiddenSize: number): Setting {
    const { setting } = this.#playground;
    if (!config)
      return settingOf(setting.text, {
        ...defaultsFor(setting.text),
        ...setting.changes,
        hiddenSize,
      });
    const isPair = Boolean(config.input);
    const text = isPair ? undefined : setting.text;
    if (!isPair && !text) {
      throw new RangeError(
        "it was trained on a text; choose a text it knows first, then open it again",
      );
    }
    const own = Object.entries(config).filter(
      ([name]) => name !== "threads" && FIELDS.some((field) => field.name === name),
    );
    return settingOf(text, { ...defaultsFor(text), ...Object.fromEntries(own) });
  }

  async #save(): Promise<void> {
    try {
      const bytes = await this.#playground.session.ask("save", undefined);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([bytes]));
      link.download = "model.safetensors";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      this.#playground.say(`Saved model.safetensors after ${this.#playground.step} steps.`);
    } catch (error) {
      this.#playground.say(`The model was not saved: ${reasonOf(error)}`);
    }
  }

  async #copy(what: string, text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.#playground.say(`Copied the ${what}.`);
    } catch {
      this.#playground.say(`The browser does not let the page copy; the ${what} is: ${text}`);
    }
  }

  async #continue(): Promise<void> {
    const saved = this.#offered;
    if (!saved) return;
    try {
      const { setting } = this.#settingOf(saved);
      const { training: stopped, altered, step } = saved;
      const why = `Goes on after ${step} steps.`;
      await this.#playground.start(setting, { stopped, play: false, altered, why });
      this.#decide();
    } catch (error) {
      this.#playground.say(`The saved run could not be opened: ${reasonOf(error)}`);
    }
  }

  #decide(): void {
    this.#offered = undefined;
    this.#offer.hidden = true;
  }

  #settingOf({ hash, own }: Saved): { setting: Setting } {
    const { setting, needsOwn } = fromHash(hash);
    if (!needsOwn) return { setting };
    if (!own) throw new ConfigError("text", "expected the text of the saved run, got none");
    const text: OwnText = own;
    return { setting: { ...setting, text } };
  }
}
