// How well the answers of a task are known, by how far back what decides them was seen: an engine of its
// own reads the validation text with the weights of a run, which goes on as if there had been none.

import type { TextDataset } from "../../data/text.ts";
import type { Vocabulary } from "../../data/vocabulary.ts";
import { dimensionsOf } from "../../engine/shape.ts";
import type { Model } from "../../model/model.ts";
import { distancesIn, taskNamed, taskText } from "../../tasks/tasks.ts";
import { WasmEngine } from "../../wasm/engine.ts";
import type { WorkerCores } from "../cores.ts";
import type { Answers } from "./protocol.ts";

const ROWS = 16; // parts of the text that are read beside each other: faster than one by one
const LENGTH = 64; // characters of each at a time

export class Answering {
  readonly #tokens: Int32Array;
  /** How far before each of them stands what decides it; 0 where nothing does. */
  readonly #distances: Uint8Array;

  private constructor(tokens: Int32Array, distances: Uint8Array) {
    this.#tokens = tokens;
    this.#distances = distances;
  }

  /** For a text of these names; undefined for one that is no task, or of which nothing was kept apart. */
  static of(
    textNames: readonly string[] | undefined,
    validation: Pick<TextDataset, "begin" | "end"> | undefined,
    vocabulary: Vocabulary,
  ): Answering | undefined {
    const [name] = textNames ?? [];
    const task = name === undefined ? undefined : taskNamed(name);
    if (!task || !validation) return undefined;
    const { begin, end } = validation;
    const text = taskText(task);
    const distances = distancesIn(task, text).slice(begin, end);
    return new Answering(vocabulary.encode(text.slice(begin, end)), distances);
  }

  async read(
    { engine: trained }: Pick<Model, "engine">,
    cores: WorkerCores,
    step: number,
  ): Promise<Answers> {
    const dimensions = dimensionsOf(trained.shape);
    const shape = { ...dimensions, T: LENGTH, B: ROWS };
    const parameters = trained.parameters.slice(); // of this very step: training goes on meanwhile
    const engine = await WasmEngine.create(shape, await cores.get("release", dimensions));
    engine.parameters.set(parameters);
    const [asked, right] = [new Int32Array(256), new Int32Array(256)];
    const row = Math.floor((this.#tokens.length - 1) / ROWS);
    for (let done = 0; done + LENGTH <= row; done += LENGTH) {
      for (let t = 0; t < LENGTH; t++) {
        for (let b = 0; b < ROWS; b++) {
          const at = b * row + done + t;
          engine.inputs[t * ROWS + b] = this.#tokens[at] as number;
          engine.targets[t * ROWS + b] = this.#tokens[at + 1] as number;
        }
      }
      engine.evaluate(done > 0);
      for (let p = 0; p < LENGTH * ROWS; p++) {
        const read = done + Math.floor(p / ROWS) + 1; // characters of this row
        const distance = this.#distances[(p % ROWS) * row + read] as number;
        if (distance === 0 || distance > read) continue; // what decides it stands before the row
        (asked[distance] as number)++;
        if (engine.predictions[p] === engine.targets[p]) (right[distance] as number)++;
      }
    }
    engine.close();
    return { asked, right, step };
  }
}
