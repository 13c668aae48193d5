// The weights a model starts from, in the order of assembly/initial.ts; sums in f64, rounded when stored.

import { type Parameter, parametersOf, type Shape } from "../engine/shape.ts";
import { type Initial, NORMAL, ORTHOGONAL } from "../settings/initial.ts";
import { Generator } from "./random.ts";
import type { Reals } from "./real.ts";

const FORGET = 1; // slot of an LSTM's forget gate

/** Draws all parameters; `forgetBias` takes the place of an LSTM's forget biases unless it is 0. */
export function initialize(
  parameters: Reals,
  shape: Shape,
  seed: number,
  { kind, size, forgetBias = 0 }: Initial,
): void {
  const { H } = shape;
  const generator = new Generator(seed);
  const list = parametersOf(shape);
  const weights = (list.find(({ role }) => role === "bias") as Parameter).offset;
  for (let i = 0; i < parameters.length; i++) {
    if (kind === NORMAL) parameters[i] = i < weights ? size * generator.normal() : 0;
    else parameters[i] = size * (2 * generator.uniform() - 1);
  }
  for (const { role, offset, length } of list) {
    if (role === "recurrent" && kind === ORTHOGONAL) {
      for (let gate = offset; gate < offset + length; gate += H * H) {
        orthogonalize(parameters.subarray(gate, gate + H * H), H, generator);
      }
    } else if (role === "bias" && shape.cell === "lstm" && forgetBias !== 0) {
      parameters.fill(forgetBias, offset + FORGET * H, offset + (FORGET + 1) * H);
    }
  }
}

/** Fills a square matrix with normal draws and makes its rows orthonormal: Gram and Schmidt, twice. */
function orthogonalize(matrix: Reals, n: number, generator: Generator): void {
  const rowOf = (i: number) => matrix.subarray(i * n, (i + 1) * n);
  for (let i = 0; i < n; i++) {
    const row = rowOf(i);
    for (let k = 0; k < n; k++) row[k] = generator.normal();
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = rowOf(j);
        const share = dot(row, other);
        for (let k = 0; k < n; k++) row[k] = (row[k] as number) - share * (other[k] as number);
      }
      const length = Math.sqrt(dot(row, row));
      for (let k = 0; k < n; k++) row[k] = (row[k] as number) / length;
    }
  }
}

function dot(a: Reals, b: Reals): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
  return sum;
}
