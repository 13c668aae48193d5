// What outlives the page: the model as a file, the setting as a link and as a command for Node, the
// running model in the browser's storage.

import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { type Checkpoint, networkSettings } from "../checkpoint/weights.ts";
import { networkWords } from "../engine/cells.ts";
import type { Config } from "../settings/check.ts";
import { download } from "./download.ts";
import { inOrder } from "./in-order.ts";
import type { Playground } from "./playground.ts";
import { openSaved, type SavedRun } from "./saved.ts";
import { blobOf, changed, isSample, nodeCommand, pick, type Setting, toHash } from "./setting.ts";
import type { RunListener } from "./starting.ts";
import { type Materials, type Saved, Slot } from "./storage.ts";
import type { RunFacts } from "./training/protocol.ts";
import { reasonOf } from "./training/session.ts";
import type { ViewState } from "./view-state.ts";
import { find, setText, unfold } from "./views/elements.ts";
import { cited, steps } from "./views/format.ts";

const LARGEST_MODEL = 256 * 2 ** 20; // bytes
const LATE =
  "The browser's storage has not answered yet: until it does, this run is not kept. Save the model to keep it.";

/** What a run is made of, beside its file. */
interface Kept extends Pick<Materials, "model"> {
  readonly setting: Setting;
  /** Of its text's file. */
  readonly name: string;
}

export class Keep implements RunListener {
  readonly #playground: Playground;
  readonly #view: ViewState;
  readonly #offer = find("offer");
  #slot: Slot | undefined;
  /** Why there is no slot. */
  #refusal: unknown;
  /** Until it is known what is there, and the visitor has decided on it, nothing may take its place. */
  #isUndecided = true;
  /** A saved run that can go on. */
  #offered: SavedRun | undefined;
  /** Keeps the run as it was last told of, once that may be. */
  #waiting: (() => void) | undefined;
  /** Whether text and model of the run are still to be written. */
  #isNew = true;

  constructor(playground: Playground, view: ViewState) {
    this.#playground = playground;
    this.#view = view;
    find("save").addEventListener("click", () => void this.#save());
    const file = find<HTMLInputElement>("load");
    file.addEventListener("change", () => {
      const chosen = file.files?.[0];
      if (chosen) void inOrder(() => this.load(chosen));
      file.value = "";
    });
    find("copy-link").addEventListener(
      "click",
      () => void this.#copy("link", "in the address bar", location.href),
    );
    find("copy-command").addEventListener(
      "click",
      () => void this.#copy("command", "beside the button", nodeCommand(playground.setting)),
    );
    find("continue").addEventListener("click", () => void this.#continue());
    find("discard").addEventListener("click", () => void this.#discard());
  }

  /** Looks for a saved run and offers it. Without storage there is none, and the first snapshot says so. */
  async offer(): Promise<void> {
    try {
      const { slot, run, problem } = await Slot.take(openSaved);
      this.#slot = slot;
      this.#offered = run;
      if (run || problem) {
        const other = `A run that was kept here cannot be opened (${reasonOf(problem)}). This one is kept beside it.`;
        setText(find("offer-text"), run ? offerOf(run) : other);
        find("continue").hidden = !run;
        this.#offer.hidden = false;
      }
    } catch (error) {
      this.#refusal = error;
    }
    setText(find("kept"), ""); // that it was late
    if (!this.#offered) this.#decide();
  }

  begin({ step }: RunFacts, setting: Setting, stopped?: Uint8Array<ArrayBuffer>): void {
    this.#isNew = true;
    this.#waiting = undefined; // it is of the run before
    this.changed(undefined, setting);
    if (stopped && stopped === this.#offered?.stopped) {
      // Not before: a start may be given up for a newer one, and the offer stands.
      this.#hide();
      this.#decide();
    }
    if (stopped) this.snapshot(stopped, step); // a reload now would find the run that it took the place of
  }

  changed(_config: Config | undefined, setting: Setting): void {
    this.#view.writeSetting(toHash(setting));
    setText(find("command"), nodeCommand(setting));
  }

  snapshot(bytes: Uint8Array<ArrayBuffer>, step: number): void {
    if (step === 0) return;
    const { setting, altered, model, facts } = this.#playground;
    const saved: Saved = {
      hash: toHash(setting),
      training: bytes,
      step,
      altered,
      savedAt: Date.now(),
    };
    const { text } = setting;
    const name = isSample(text) ? `${text.name}.txt` : (text?.name ?? "");
    this.#waiting = () => {
      this.#write(saved, { setting, name, model }).then(
        () => {
          if (facts === this.#playground.facts) this.#isNew = false;
          setText(find("kept"), "");
        },
        (error: unknown) =>
          this.#warn(
            `The browser could not keep this run (${reasonOf(error)}); training goes on. Save the model to keep it.`,
          ),
      );
    };
    this.#keep();
  }

  async #write(saved: Saved, { setting, name, model }: Kept): Promise<void> {
    const bytes = await blobOf(setting);
    const materials: Materials = { text: bytes && { name, bytes }, model };
    if (!this.#slot) throw this.#refusal;
    await this.#slot.write(saved, materials, this.#isNew);
  }

  #keep(): void {
    if (this.#isUndecided) {
      if (this.#offer.hidden) this.#warn(LATE);
      return;
    }
    this.#waiting?.();
    this.#waiting = undefined;
  }

  #warn(why: string): void {
    if (find("kept").textContent === why) return; // it stands there
    setText(find("kept"), why);
    this.#playground.say(why);
  }

  draw(): void {
    setText(find("command-note"), this.#note());
  }

  /** What the command does that the page shows. */
  #note(): string {
    const { phase, altered, parametersSha256, setting, model } = this.#playground;
    if (altered && model) {
      return "This run began with a model that was opened: --init-from and its file start from it in Node.";
    }
    if (altered) {
      return "You changed a setting on the way: this command trains with it from the start, and ends with other weights.";
    }
    const { text } = setting;
    const own = text && !isSample(text) ? ` Put ${cited(text.name)} into the folder first.` : "";
    if (phase === "failed") return `In Node it stops at the same step.${own}`;
    return phase === "done"
      ? `It ends with the same SHA-256, ${parametersSha256}.${own}`
      : `It ends with the SHA-256 that this page shows at the end.${own}`;
  }

  /** Reads a model's file, and begins a run from it. */
  async load(file: File): Promise<void> {
    unfold(find("load"));
    const refuse = (error: unknown) =>
      this.#playground.say(`${cited(file.name)} was not opened: ${reasonOf(error)}`);
    try {
      if (file.size > LARGEST_MODEL) {
        throw new RangeError(
          `file: expected at most 256 MB, got ${Math.ceil(file.size / 2 ** 20)} MB`,
        );
      }
      const bytes = new Uint8Array(await file.arrayBuffer());
      const checkpoint = await loadCheckpoint(bytes);
      const setting = this.#settingFor(checkpoint);
      const network = networkWords(checkpoint, checkpoint.H);
      const why = `Opened ${cited(file.name)}: ${network}. Play trains it further, with a fresh optimizer.`;
      const start = { model: bytes, play: false, altered: true, why };
      this.#playground.start(setting, start).catch(refuse);
    } catch (error) {
      refuse(error);
    }
  }

  /** The setting that goes with a file's configuration: its own pair of texts, or the text at hand. */
  #settingFor(checkpoint: Checkpoint): Setting {
    const { setting } = this.#playground;
    const { config } = checkpoint;
    const network = networkSettings(checkpoint);
    if (!config) return changed(setting, network);
    const isPair = Boolean(config.input);
    const text = isPair ? undefined : setting.text;
    if (!isPair && !text) {
      throw new RangeError(
        "it was trained on a text; choose a text it knows first, then open it again",
      );
    }
    const kind = isPair ? "pair" : "text";
    const own = pick(config, ({ name, only = kind }) => only === kind && name !== "threads");
    return changed({ text, changes: {} }, { ...own, ...network });
  }

  async #save(): Promise<void> {
    try {
      const bytes = await this.#playground.session.ask("save", "now");
      download("model.safetensors", new Blob([bytes]));
      this.#playground.say(`Saved model.safetensors after ${steps(this.#playground.course.step)}.`);
    } catch (error) {
      this.#playground.say(`The model was not saved: ${reasonOf(error)}`);
    }
  }

  async #copy(what: string, where: string, text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.#playground.say(`Copied the ${what}.`);
    } catch {
      this.#playground.say(`The browser does not let the page copy; the ${what} stands ${where}.`);
    }
  }

  async #continue(): Promise<void> {
    const saved = this.#offered;
    if (!saved) return;
    try {
      const { setting, step, ...origin } = saved;
      const why = `Goes on after ${steps(step)}.`;
      await this.#playground.start(setting, { ...origin, play: false, why });
    } catch (error) {
      this.#playground.say(`The saved run could not be opened: ${reasonOf(error)}`);
    }
  }

  async #discard(): Promise<void> {
    this.#hide();
    await this.#slot?.discard().catch(() => {}); // what is kept from now on takes its place
    this.#decide();
  }

  #hide(): void {
    this.#offered = undefined;
    this.#offer.hidden = true;
  }

  #decide(): void {
    this.#isUndecided = false;
    this.#keep();
  }
}

/** What a saved run is, as an offer to go on with it. */
function offerOf({ setting: { text, changes }, step }: SavedRun): string {
  const what = text
    ? isSample(text)
      ? text.label.toLowerCase()
      : cited(text.name)
    : `“${cited(changes.input ?? "hell")}” → “${cited(changes.target ?? "ello")}”`;
  return `Your last run, on ${what}, was saved after ${steps(step)}. Until you decide, this one is not saved.`;
}
