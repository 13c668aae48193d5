// What the runs of a sweep train on, for planning them: the text is read once for each way in which it is understood,
// one after the other.

import type { Corpus } from "../../data/corpus.ts";
import type { Dataset } from "../../data/dataset.ts";
import { splitCorpus } from "../../index.ts";
import type { Config } from "../../settings/check.ts";
import { type OnRead, readTexts } from "../model/text-files.ts";
import { readData } from "../run/data.ts";

export class SweepData {
  readonly #text: readonly string[];
  readonly #onRead: OnRead | undefined;
  #rule = "";
  #corpus: Corpus | undefined;
  /** Of the text's bytes. */
  known = { sha256: "", bytes: 0 };

  /** `text`: files; empty for pairs. */
  constructor(text: readonly string[], onRead?: OnRead) {
    this.#text = text;
    this.#onRead = onRead;
  }

  /** @throws {RunError} for a text that cannot be read; what a configuration that does not fit it throws. */
  async of(config: Config): Promise<{ dataset: Dataset; validation: Dataset | undefined }> {
    if (this.#text.length === 0) {
      const { dataset, validation, sha256, bytes } = await readData([], config, {});
      this.known = { sha256, bytes };
      return { dataset, validation };
    }
    const { training, validation } = splitCorpus(await this.#read(config), config);
    return { dataset: training, validation };
  }

  async #read(config: Config): Promise<Corpus> {
    const { unit, minCount, unknown, normalizeNewlines } = config;
    const rule = JSON.stringify([unit, minCount, unknown, normalizeNewlines]);
    if (this.#corpus && rule === this.#rule) return this.#corpus;
    const { corpus, sha256, bytes } = await readTexts(this.#text, config, {
      onRead: this.#onRead,
    });
    this.#rule = rule;
    this.#corpus = corpus;
    this.known = { sha256, bytes };
    return corpus;
  }
}
