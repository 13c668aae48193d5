// Writes with the weights of a run and keeps what the network held and expected at every token.

import { cellOf } from "../../engine/cells.ts";
import { dimensionsOf } from "../../engine/shape.ts";
import { tokensWith } from "../../generate/sampler.ts";
import type { Model } from "../../model/model.ts";
import { WasmEngine } from "../../wasm/engine.ts";
import type { WorkerCores } from "../cores.ts";
import { Likeliest } from "./likeliest.ts";
import type { WriteJob, Written } from "./protocol.ts";

/** @throws {ConfigError} for an option. @throws {VocabularyError} for the prime. */
export async function write(
  { engine: trained, vocabulary }: Pick<Model, "engine" | "vocabulary">,
  cores: WorkerCores,
  { length, ...options }: WriteJob,
  step: number,
): Promise<Written> {
  const dimensions = dimensionsOf(trained.shape);
  const { H, layers = 1 } = dimensions;
  const { parts } = cellOf(dimensions);
  const parameters = trained.parameters.slice(); // of this very step: training goes on meanwhile
  const engine = await WasmEngine.create(
    { ...dimensions, T: 1, B: 1 },
    await cores.get("release", dimensions),
  );
  engine.parameters.set(parameters);
  const characters: string[] = [];
  const likeliest = new Likeliest(length);
  const states = new Float32Array(length * layers * H);
  let place = -1; // of the token that the engine has read last; one behind the token drawn
  for (const id of tokensWith(engine, vocabulary, {
    ...options,
    length: length + 1,
    hasOwnEngine: true,
  })) {
    if (place >= 0) {
      likeliest.set(place, engine.probabilities());
      for (let layer = 0; layer < layers; layer++) {
        const from = layer * parts * H; // h is the first part
        states.set(engine.state.subarray(from, from + H), (place * layers + layer) * H);
      }
    }
    place++;
    if (place < length) characters.push(vocabulary.ixToChar[id] as string);
  }
  engine.close();
  const { topIds, topProbabilities } = likeliest;
  return { characters, topIds, topProbabilities, states, step };
}
