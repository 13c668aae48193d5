// What a model writes while it is trained: an engine of its own, so that the training is not touched.

import { sampleWith } from "../../generate/sampler.ts";
import { createWasmEngine, type Model } from "../../index.ts";
import type { WasmEngine } from "../../wasm/engine.ts";

const LENGTH = 200; // tokens

export class RunSampler {
  readonly #model: Model;
  #engine: WasmEngine | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  /** Writes with the weights as they are, from the run's seed: the same weights write the same. */
  async write(): Promise<string> {
    const { config, vocabulary, engine } = this.#model;
    const { V, H } = engine.shape;
    this.#engine ??= await createWasmEngine({ V, H, T: 1, B: 1 }, 1);
    this.#engine.parameters.set(engine.parameters);
    const options = { length: LENGTH, seed: config.seed };
    return [...sampleWith(this.#engine, vocabulary, options)].join("");
  }

  close(): void {
    this.#engine?.close();
    this.#engine = undefined;
  }
}
