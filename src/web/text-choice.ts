// What is learned: hello, a sample, or a text of the visitor's, pasted, dropped or chosen.

import { DEFAULTS, TEXT_DEFAULTS } from "../settings/check.ts";
import { download } from "./download.ts";
import { goAtFullSpeed } from "./full-speed.ts";
import { inOrder } from "./in-order.ts";
import type { Playground } from "./playground.ts";
import { HELLO, isSample, NO_TEXT, OWN, type OwnText, type Setting, toHash } from "./setting.ts";
import { SAMPLES } from "./texts.ts";
import { reasonOf } from "./training/session.ts";
import type { ViewState } from "./view-state.ts";
import { find, setText } from "./views/elements.ts";
import { cited } from "./views/format.ts";

export const PAIR = "hello";
const PASTED = "text.txt";
const LEAST_STEPS = 1000; // of a run on a text that is new, so that it learns something

/** What a link asks for whose text is still to be brought. */
interface Asked {
  readonly changes: Setting["changes"];
  /** The setting of the run that goes on until then. */
  readonly beside: Setting;
}

export class TextChoice {
  readonly #playground: Playground;
  readonly #view: ViewState;
  readonly #radios: readonly HTMLInputElement[];
  readonly #own = find("own-text");
  readonly #error = find("own-error");
  /** The pair of texts that was learned last. */
  #pair: Setting = HELLO;
  #asked: Asked | undefined;
  readonly #openOther: (files: readonly File[]) => Promise<boolean>;

  /** `openOther` is given dropped files first. @returns whether it took them: they are no text to train on. */
  constructor(
    playground: Playground,
    view: ViewState,
    openOther: (files: readonly File[]) => Promise<boolean>,
  ) {
    this.#playground = playground;
    this.#view = view;
    this.#openOther = openOther;
    this.#radios = [...document.querySelectorAll<HTMLInputElement>("input[name=text]")];
    for (const radio of this.#radios)
      radio.addEventListener("change", () => this.#choose(radio.value));
    find("train-pasted").addEventListener("click", () => {
      const { value } = find<HTMLTextAreaElement>("pasted");
      void inOrder(async () => void this.#train({ name: PASTED, bytes: new Blob([value]) }));
    });
    find("save-text").addEventListener("click", () => {
      const { text } = playground.setting;
      if (text && !isSample(text)) download(text.name, text.bytes);
    });
    const file = find<HTMLInputElement>("own-file");
    file.addEventListener("change", () => {
      const chosen = file.files?.[0];
      if (chosen) void inOrder(() => this.#take([chosen]));
      file.value = "";
    });
    this.#acceptDrops();
  }

  /** Shows which text a setting has. */
  show(setting: Setting): void {
    const { text, changes } = setting;
    if (setting === this.#asked?.beside) {
      this.#ask(this.#asked);
      return;
    }
    this.#asked = undefined;
    const name = text ? (isSample(text) ? text.name : OWN) : PAIR;
    for (const radio of this.#radios) radio.checked = radio.value === name;
    this.#own.hidden = name !== OWN;
    const isOwn = text !== undefined && !isSample(text);
    if (isOwn) setText(find("own-name"), `Training on ${cited(text.name)}.`);
    find("save-text").hidden = !(isOwn && text.name === PASTED);
    if (!text) {
      const { input, target } = { ...DEFAULTS, ...changes };
      setText(find("pair-label"), `${cited(input)} → ${cited(target)}`);
      this.#pair = setting;
    }
    setText(this.#error, "");
  }

  /** Asks for a text that a link could not bring, to be trained on with the link's settings. */
  askForOwn({ changes }: Setting): void {
    this.#ask({ changes, beside: this.#playground.setting });
  }

  #ask(asked: Asked): void {
    this.#asked = asked;
    for (const radio of this.#radios) radio.checked = radio.value === OWN;
    this.#own.hidden = false;
    find("save-text").hidden = true;
    setText(
      find("own-name"),
      "This link was made with a text of its maker's own. Choose one here.",
    );
    // Until the text is there, it is all there is of the link.
    const { changes } = asked;
    this.#view.writeSetting(toHash({ text: NO_TEXT, changes }));
  }

  #choose(name: string): void {
    this.#own.hidden = name !== OWN;
    if (name === OWN) return;
    this.#asked = undefined;
    const sample = SAMPLES.find((one) => one.name === name);
    const setting = sample ? { text: sample, changes: sample.settings } : this.#pair;
    if (sample?.defaults) goAtFullSpeed(); // a task is learned in thousands of steps
    this.#start(setting).catch(() => {});
  }

  async #take(files: readonly File[]): Promise<void> {
    const [file] = files;
    if (!file || (await this.#openOther(files))) return;
    void this.#train({ name: file.name, bytes: file });
  }

  /** Trains on a text, as far as it is one. */
  async #train(text: OwnText): Promise<void> {
    this.#own.hidden = false;
    setText(this.#error, text.bytes.size > 1e6 ? `Reading ${cited(text.name)} …` : "");
    try {
      if (text.bytes.size === 0)
        throw new RangeError("expected a text, got nothing; paste or choose one");
      const before = this.#playground.wanted;
      const kept = before.text && !isSample(before.text) ? before.changes : {};
      const changes = this.#asked?.changes ?? { ...kept, epochs: epochsFor(text, kept) };
      await this.#start({ text, changes });
    } catch (error) {
      setText(this.#error, `${cited(text.name)}: ${reasonOf(error)}`);
    }
  }

  async #start(setting: Setting): Promise<void> {
    try {
      await this.#playground.start(setting, { play: true });
    } catch (error) {
      this.show(this.#playground.setting);
      throw error;
    } finally {
      this.#own.hidden &&= !this.#radios.some((radio) => radio.checked && radio.value === OWN);
    }
  }

  #acceptDrops(): void {
    const over = (isOver: boolean) => document.body.classList.toggle("dropping", isOver);
    // Text that is dragged goes where it is dropped, as in any page.
    const hasFile = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") ?? false;
    document.addEventListener("dragover", (event) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      over(true);
    });
    document.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) over(false); // it has left the page, not one of its elements
    });
    document.addEventListener("drop", (event) => {
      over(false);
      if (!hasFile(event)) return;
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      void inOrder(() => this.#take(files));
    });
  }
}

/** Epochs of a run on a new text: the usual, more where the text is short. */
function epochsFor({ bytes }: OwnText, settings: Setting["changes"]): number {
  const { seqLength, batchSize, valFraction } = { ...TEXT_DEFAULTS, ...settings };
  const perEpoch = Math.floor((bytes.size * (1 - valFraction)) / (seqLength * batchSize));
  return Math.max(TEXT_DEFAULTS.epochs, Math.ceil(LEAST_STEPS / Math.max(1, perEpoch)));
}
