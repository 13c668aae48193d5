// What a run does and says about 256-bit vectors, and the core that it runs on.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { precisionOf } from "../../engine/precision.ts";
import { flopsPerStep } from "../../engine/shape.ts";
import type { Config, Model } from "../../index.ts";
import { buildOf } from "../../wasm/instantiate.ts";
import { coreFile } from "../built-files.ts";
import { UsageError } from "../errors.ts";
import type { TrainOptions } from "../flags/options.ts";
import { enableWideVectors, narrowBecause, vectorBits } from "../wide.ts";

const FEWEST_ROWS = { f64: 8, f32: 16 }; // of the batch: with fewer no two blocks stand side by side
const FEWEST_FLOPS = 5e10; // of the run: below, the check takes as long as it saves

/** Enables 256-bit vectors where they are asked for. @returns why not, a note. @throws {UsageError} */
export async function widen(
  { wide }: TrainOptions,
  { engine, fast, precision }: Config,
): Promise<string | undefined> {
  if (!wide) return undefined;
  if (engine !== "wasm" || fast) {
    const got = fast ? "--fast" : `--engine ${engine}`;
    throw new UsageError(
      `--wide: expected --engine wasm without --fast, beside which it has no effect, got ${got}; leave either out`,
    );
  }
  const reason = await enableWideVectors(precision);
  return reason && `--wide: ${reason}.`;
}

/** That a run could have 256-bit vectors, where that would pay. */
export function wideAdvice({ config, engine }: Model, steps: number): string | undefined {
  const isExact = config.engine === "wasm" && !config.fast;
  if (
    !isExact ||
    engine.shape.B < FEWEST_ROWS[precisionOf(engine.shape)] ||
    vectorBits(engine.shape) === 256
  )
    return undefined;
  if (flopsPerStep(engine.shape) * steps < FEWEST_FLOPS || narrowBecause()) return undefined;
  return "This Node can train on 256-bit vectors: --wide, about 1.5 times as fast, checked at start.";
}

/** The width of a model's vectors, for its receipt. */
export function vectorsOf({ config, engine }: Model): { vectorBits?: 128 | 256 } {
  return engine.name === "wasm" ? { vectorBits: config.fast ? 128 : vectorBits(engine.shape) } : {};
}

/** The same for the heading of its run. */
export function onVectors(model: Model): string {
  const { vectorBits: bits } = vectorsOf(model);
  return bits === undefined ? "" : `, ${bits}-bit vectors`;
}

const hashes = new Map<string, string>();

/** The SHA-256 of the core that a model runs on, by its build, for its receipt; none of a file that is gone. */
export function coresOf({ config, engine }: Model): { cores?: Record<string, string> } {
  if (engine.name !== "wasm") return {};
  const kinds = config.fast ? (["fast", "fast-team"] as const) : (["release", "team"] as const);
  const build = buildOf(kinds[engine.threads > 1 ? 1 : 0], engine.shape);
  try {
    const hash = hashes.get(build) ?? sha256Of(readFileSync(coreFile(build)));
    hashes.set(build, hash);
    return { cores: { [build]: hash } };
  } catch {
    return {}; // it only informs, and nothing of the run may be lost for it
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
