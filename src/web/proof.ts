// Receipts: the run's own as a file, and those that are opened or dropped, replayed here link by link.

import { sha256 } from "../checkpoint/sha256.ts";
import { parseJson } from "../outside/json.ts";
import { type Chained, isFast, readReceipt } from "../receipt/receipt.ts";
import { download } from "./download.ts";
import { inOrder } from "./in-order.ts";
import type { Playground } from "./playground.ts";
import { blobOf } from "./setting.ts";
import { SAMPLES } from "./texts.ts";
import type { ReplayNews } from "./training/replaying.ts";
import { reasonOf } from "./training/session.ts";
import { ChainView } from "./views/chain-view.ts";
import { find, setText, unfold } from "./views/elements.ts";
import { cited, steps } from "./views/format.ts";

const LARGEST = 16 * 2 ** 20; // bytes of a receipt
const LARGEST_TEXT = 256 * 2 ** 20; // bytes

/** A receipt that was opened, and what is there of what its replay takes. */
interface Opened {
  readonly name: string;
  readonly json: string;
  readonly receipt: Chained;
  text?: Blob | undefined;
  model?: Uint8Array<ArrayBuffer> | undefined;
}

export class Proof {
  readonly #playground: Playground;
  readonly #said = find("proof-said");
  readonly #stop = find("proof-stop");
  readonly #view = new ChainView(find("chain"));
  /** What waits for its text or its model, or is being replayed. */
  #opened: Opened | undefined;
  /** Ends the replay that goes on. */
  #terminate: (() => void) | undefined;
  /** What was opened last: what was begun before is not gone on with. */
  #newest = 0;

  constructor(playground: Playground) {
    this.#playground = playground;
    find("save-receipt").addEventListener("click", () => void this.#save());
    const file = find<HTMLInputElement>("receipt-file");
    file.addEventListener("change", () => {
      const files = [...(file.files ?? [])];
      void inOrder(() => this.#open(files));
      file.value = "";
    });
    this.#stop.addEventListener("click", () => this.#end("Stopped."));
  }

  /** Takes files that were dropped, where one is a receipt or is waited for. @returns whether it did. */
  async take(files: readonly File[]): Promise<boolean> {
    const isOurs = await Promise.all(files.map(isReceipt));
    const isAwaited = this.#opened !== undefined && !this.#terminate;
    if (!isOurs.includes(true) && !isAwaited) return false;
    await this.#open(files);
    return true;
  }

  async #save(): Promise<void> {
    try {
      const json = await this.#playground.session.ask("receipt", undefined);
      download("receipt.json", new Blob([json], { type: "application/json" }));
      const { step } = this.#playground.course;
      this.#playground.say(`Saved receipt.json after ${steps(step)}.`);
    } catch (error) {
      this.#playground.say(`The receipt was not saved: ${reasonOf(error)}`);
    }
  }

  /** Opens a receipt, or takes the text or the model that one waits for; they may come together. */
  async #open(files: readonly File[]): Promise<void> {
    unfold(this.#said);
    try {
      const others: File[] = [];
      for (const file of files) {
        if (await isReceipt(file)) this.#opened = await opened(file);
        else others.push(file);
      }
      if (!this.#opened) throw new RangeError("expected a receipt.json, got another file");
      for (const file of others) await this.#bring(this.#opened, file);
      await this.#begin(this.#opened);
    } catch (error) {
      this.#end(`Not verified: ${reasonOf(error)}`);
    }
  }

  /** A text or a model for a receipt. */
  async #bring(one: Opened, file: File): Promise<void> {
    if (file.name.endsWith(".safetensors")) {
      one.model = new Uint8Array(await file.arrayBuffer());
      return;
    }
    if (file.size > LARGEST_TEXT) throw new RangeError("text: expected at most 256 MB, got more");
    one.text = file;
  }

  /** Replays a receipt, or says what is missing. */
  async #begin(one: Opened): Promise<void> {
    const { receipt, name, json, model } = one;
    const number = ++this.#newest;
    this.#terminate?.();
    this.#terminate = undefined;
    const { links } = receipt.chain;
    this.#view.show(links);
    this.#stop.hidden = false; // also while it waits
    const what = `${cited(name)}: ${steps(receipt.steps)}, ${links.length} links`;
    const text = receipt.config.input ? undefined : await this.#textOf(one);
    if (number !== this.#newest) return;
    if (!receipt.config.input && !text) {
      const names = receipt.text?.map((path) => cited(path)).join(", ");
      setText(this.#said, `${what}. Now choose or drop its text${names ? ` (${names})` : ""}.`);
      return;
    }
    if (receipt.chain.initFrom !== undefined && !model) {
      setText(
        this.#said,
        `${what}. Now choose or drop the model that it began with, ${cited(receipt.chain.initFrom)}.`,
      );
      return;
    }
    setText(this.#said, `${what}. Replaying …`);
    const hear = (news: ReplayNews) => this.#hear(news, receipt, what);
    this.#terminate = this.#playground.session.replay({ receipt: json, text, model }, hear);
  }

  /** The text of a receipt's run: brought along, the page's own, or one of its samples. */
  async #textOf(one: Opened): Promise<Blob | undefined> {
    const { receipt, text } = one;
    const { setting } = this.#playground;
    const samples = SAMPLES.map((sample) => ({ text: sample, changes: {} }));
    for (const from of [text, setting, ...samples]) {
      const blob = from instanceof Blob ? from : from && (await blobOf(from));
      if (blob?.size !== receipt.textBytes) continue;
      const hash = await sha256(new Uint8Array(await blob.arrayBuffer()));
      if (hash === receipt.textSha256) return blob;
    }
    if (text) {
      one.text = undefined; // another may be brought
      this.#playground.say(
        "The text that was chosen is not that of the receipt: its SHA-256 is another.",
      );
    }
    return undefined;
  }

  #hear(news: ReplayNews, receipt: Chained, what: string): void {
    if (news.kind === "failed") {
      this.#end(`Not verified: ${news.reason}`);
      return;
    }
    const { equal, step } = news;
    this.#view.equal(equal);
    if (news.kind === "going") {
      setText(this.#said, `${what}. Replayed ${steps(step)}, ${equal} links equal …`);
      return;
    }
    const { difference } = news;
    if (!difference) {
      this.#end(`${what}. All equal; SHA-256 of the weights ${receipt.parametersSha256.final}`);
      return;
    }
    const { link, what: field, receipt: theirs, replay } = difference;
    if (link !== undefined) this.#view.differs(link);
    const place = link === undefined ? "" : `link ${link + 1}, `;
    this.#end(
      `${what}. Different: ${place}after ${steps(difference.step)}: ${field}: receipt ${theirs}, replay ${replay}`,
    );
  }

  /** A replay is over, or is not made. */
  #end(why: string): void {
    this.#newest++;
    this.#terminate?.();
    this.#terminate = undefined;
    this.#opened = undefined;
    this.#stop.hidden = true;
    setText(this.#said, why);
  }
}

/** Whether a file says that it is a receipt. */
async function isReceipt(file: File): Promise<boolean> {
  if (!file.name.endsWith(".json") || file.size > LARGEST) return false;
  return /"format"\s*:\s*"ello-receipt-/.test(await file.text());
}

/** @throws {ReceiptError} @throws {JsonError} for one that cannot be replayed. */
async function opened(file: File): Promise<Opened> {
  const json = await file.text();
  const receipt = readReceipt(parseJson(json));
  if (isFast(receipt)) {
    throw new RangeError("expected an exact run, got one with fast, whose bits are its machine's");
  }
  return { name: file.name, json, receipt };
}
