// The reference engine of a shape's precision.

import type { Moments } from "./engine/optimizer.ts";
import { precisionOf } from "./engine/precision.ts";
import type { Shape } from "./engine/shape.ts";
import { ReferenceEngine } from "./reference/engine.ts";
import { ReferenceEngine as SingleReferenceEngine } from "./reference-f32/engine.ts";

export type Reference = ReferenceEngine | SingleReferenceEngine;

/** @throws {MemoryError} if the model does not fit into memory. */
export function createReference(shape: Shape, moments: Moments = 0): Reference {
  const Engine = precisionOf(shape) === "f64" ? ReferenceEngine : SingleReferenceEngine;
  return new Engine(shape, moments);
}
