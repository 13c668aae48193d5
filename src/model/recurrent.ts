// The recurrent weights of tanh layers, scaled to a spectral radius: whether what comes back through
// time fades or grows is decided there (Pascanu, Mikolov, Bengio, 2013). Exact operations only, so every
// engine and machine has the same bits.

import type { Engine } from "../engine/engine.ts";
import { parametersOf } from "../engine/shape.ts";
import { ConfigError } from "../settings/check.ts";

const SQUARINGS = 16; // to the 65,536th power: the radius to some 1e-4 of itself
const MOST_UNITS = 512; // whose powers take seconds

/** Scales Whh of every layer. @throws {ConfigError} for weights that no factor brings there, or too many. */
export function scaleRecurrent({ shape, parameters }: Engine, radius: number): void {
  const { H } = shape;
  if (H > MOST_UNITS) {
    const expected = `expected at most ${MOST_UNITS} hidden units`;
    throw new ConfigError("recurrentRadius", `${expected}, whose radius is soon found, got ${H}`);
  }
  for (const { role, offset, length } of parametersOf(shape)) {
    if (role !== "recurrent") continue;
    const Whh = parameters.subarray(offset, offset + length);
    const drawn = spectralRadius(Whh, H);
    if (!(drawn > 0)) {
      const expected = "expected first weights that have a radius";
      throw new ConfigError("recurrentRadius", `${expected}, got Whh without; choose another init`);
    }
    for (let i = 0; i < length; i++) Whh[i] = (Whh[i] as number) * (radius / drawn);
  }
}

/**
 * The largest size of an eigenvalue of a matrix, (H,H), to some 1e-4 of itself: by Gelfand's formula, the
 * norm of A to the m, its m-th root taken, with m a power of two and every square brought back to norm 1.
 */
export function spectralRadius(matrix: ArrayLike<number>, H: number): number {
  let power = Float64Array.from(matrix);
  let radius = 1;
  for (let k = 0; k <= SQUARINGS; k++) {
    const norm = Math.sqrt(power.reduce((sum, x) => sum + x * x, 0));
    if (norm === 0) return 0;
    let root = norm;
    for (let i = 0; i < k; i++) root = Math.sqrt(root);
    radius *= root;
    if (k < SQUARINGS)
      power = squared(
        power.map((x) => x / norm),
        H,
      );
  }
  return radius;
}

function squared(A: Float64Array, H: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(H * H);
  for (let i = 0; i < H; i++) {
    const row = out.subarray(i * H, (i + 1) * H);
    for (let k = 0; k < H; k++) {
      const factor = A[i * H + k] as number;
      for (let j = 0; j < H; j++) row[j] = (row[j] as number) + factor * (A[k * H + j] as number);
    }
  }
  return out;
}
