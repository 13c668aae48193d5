// A saved run as it comes out of the browser's storage: checked, for another version of this page, or
// anyone at its address, may have put it there.

import { loadTraining } from "../checkpoint/training.ts";
import { quoted } from "../outside/printable.ts";
import { fromHash, isSample, type Setting } from "./setting.ts";
import { asTrained, type Replaced } from "./starting.ts";
import type { Materials, Saved } from "./storage.ts";

/** A run that can go on: `stopped` is its file, `step` the steps done. */
export type SavedRun = Replaced & Required<Pick<Replaced, "stopped" | "altered">>;

/** @throws {RangeError} for a record or materials that are no run's; what its file or its setting throws. */
export async function openSaved(record: unknown, materials: unknown): Promise<SavedRun> {
  const { hash, training, step, altered } = Object(record) as Partial<Saved>;
  const { text, model } = Object(materials) as Materials;
  expectTo(typeof hash === "string", "hash", "a setting's link", quoted(hash));
  expectTo(training instanceof Uint8Array, "training", "a stopped run's file", typeof training);
  expectTo(typeof altered === "boolean", "altered", "true or false", quoted(altered));
  const isText = text?.bytes instanceof Blob && typeof text.name === "string";
  expectTo(text === undefined || isText, "text", "none, or a name and bytes", typeof text);
  expectTo(
    model === undefined || model instanceof Uint8Array,
    "model",
    "none, or a file",
    typeof model,
  );
  const { state, config } = await loadTraining(training);
  const done = state.progress.step;
  expectTo(done > 0 && step === done, "step", `${done}, as in its file`, quoted(step));
  const setting = asTrained(await settingOf(hash, text), config);
  return { setting, stopped: training, model, altered, step };
}

/** The setting of a saved run: on its own text where a sample has changed since, or is not to be had. @throws {ConfigError} */
async function settingOf(hash: string, text: Materials["text"]): Promise<Setting> {
  const { setting, needsOwn } = fromHash(hash, true); // as it was saved, if by another version of the page
  expectTo(text !== undefined || !needsOwn, "text", "the one it is on", "none");
  if (!text) return setting;
  const own = isSample(setting.text) ? await setting.text.text().catch(() => undefined) : undefined;
  const isSame = own === (await text.bytes.text());
  return isSame ? setting : { ...setting, text };
}

function expectTo(fits: boolean, name: string, expected: string, got: string): asserts fits {
  if (!fits) throw new RangeError(`${name}: expected ${expected}, got ${got}`);
}
