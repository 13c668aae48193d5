// One number of a step and where it comes from, as a line filled with the actual numbers.

import type { ParameterName } from "../../model/shape.ts";
import type { Anatomy } from "../training/anatomy.ts";
import { number, subscript, tokenName } from "./format.ts";

/** A number that is pointed at. */
export type Place =
  | { readonly kind: "hidden"; readonly t: number; readonly unit: number }
  | { readonly kind: "probability"; readonly t: number; readonly token: number }
  | {
      readonly kind: "weight";
      readonly name: ParameterName;
      readonly row: number;
      readonly column: number;
    };

const MOST_TERMS = 6;
const DL = "∂L/\u2060"; // never broken after the slash
const LARGEST_LOGIT = 700; // whose exp is finite

export function formulaOf(place: Place, anatomy: Anatomy): string {
  if (place.kind === "hidden") return hiddenFormula(anatomy, place);
  if (place.kind === "probability") return probabilityFormula(anatomy, place);
  return weightFormula(anatomy, place);
}

function tensorAt({ tensors, parameters, gradients }: Anatomy, name: ParameterName) {
  const tensor = tensors.find((one) => one.name === name);
  const { offset = 0, shape = [1] } = tensor ?? {};
  const columns = shape.length > 1 ? (shape[1] as number) : 1;
  const at = (row: number, column: number): number => offset + row * columns + column;
  return {
    value: (row: number, column = 0) => parameters[at(row, column)] as number,
    gradient: (row: number, column = 0) => gradients[at(row, column)] as number,
  };
}

function hiddenFormula(anatomy: Anatomy, { t, unit }: { t: number; unit: number }): string {
  const { shape, inputs, characters, hidden, dState } = anatomy;
  const { H } = shape;
  const x = inputs[t] as number;
  const input = tensorAt(anatomy, "Wxh").value(unit, x);
  const bias = tensorAt(anatomy, "bh").value(unit);
  let recurrent = 0;
  for (let k = 0; k < H; k++) {
    recurrent += tensorAt(anatomy, "Whh").value(unit, k) * (hidden[t * H + k] as number);
  }
  const value = hidden[(t + 1) * H + unit] as number;
  const now = subscript(t + 1);
  return `h${now}[${unit}] = tanh(Wxh[${unit},${tokenName(characters[x])}] + bh[${unit}] + Whh[${unit},:]·h${subscript(t)}) = tanh(${added([input, bias, recurrent].map(number))}) = ${number(value)}\n${DL}∂h${now}[${unit}] = ${number(dState[t * H + unit] as number)}`;
}

function probabilityFormula(anatomy: Anatomy, { t, token }: { t: number; token: number }): string {
  const { shape, characters, hidden, probabilities, dLogits, targets } = anatomy;
  const { V, H } = shape;
  const Why = tensorAt(anatomy, "Why");
  const by = tensorAt(anatomy, "by");
  const logit = (v: number): number => {
    let sum = by.value(v);
    for (let k = 0; k < H; k++) sum += Why.value(v, k) * (hidden[(t + 1) * H + k] as number);
    return sum;
  };
  const name = tokenName(characters[token]);
  const logits = Array.from({ length: V }, (_, v) => logit(v));
  const largest = Math.max(...logits) > LARGEST_LOGIT ? Math.max(...logits) : 0;
  const own = logits[token] as number;
  const total = logits.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  const now = subscript(t + 1);
  const isTarget = targets[t] === token ? " (the target)" : "";
  return `p${now}(${name}) = exp(by[${name}] + Why[${name},:]·h${now}) / Σ = exp(${number(own)}${largest ? ` − ${number(largest)}` : ""}) / ${number(total)} = ${number(probabilities[t * V + token] as number)}${isTarget}\n${DL}∂logit = ${number(dLogits[t * V + token] as number)}`;
}

/** The gradient of a weight is a sum over time of what comes back times what went in. */
function weightFormula(
  anatomy: Anatomy,
  { name, row, column }: { name: ParameterName; row: number; column: number },
): string {
  const { shape, characters, hidden, dHidden, dLogits, inputs } = anatomy;
  const { V, H, T } = shape;
  const { value, gradient } = tensorAt(anatomy, name);
  const token = (id: number): string => tokenName(characters[id]);
  const h = (t: number, k: number): number => hidden[t * H + k] as number;
  const d = (t: number): number => dHidden[t * H + row] as number;
  const e = (t: number): number => dLogits[t * V + row] as number;
  const all = Array.from({ length: T }, (_, t) => t);
  const kinds: Record<ParameterName, { label: string; rule: string; terms: string[] }> = {
    Wxh: {
      label: `Wxh[${row},${token(column)}]`,
      rule: `Σ δₜ[${row}] where xₜ is ${token(column)}`,
      terms: all.filter((t) => inputs[t] === column).map((t) => number(d(t))),
    },
    Whh: {
      label: `Whh[${row},${column}]`,
      rule: `Σ δₜ[${row}]·hₜ₋₁[${column}]`,
      terms: all.slice(1).map((t) => `${number(d(t))}·${number(h(t, column))}`),
    },
    Why: {
      label: `Why[${token(row)},${column}]`,
      rule: `Σ εₜ[${token(row)}]·hₜ[${column}]`,
      terms: all.map((t) => `${number(e(t))}·${number(h(t + 1, column))}`),
    },
    bh: { label: `bh[${row}]`, rule: `Σ δₜ[${row}]`, terms: all.map((t) => number(d(t))) },
    by: {
      label: `by[${token(row)}]`,
      rule: `Σ εₜ[${token(row)}]`,
      terms: all.map((t) => number(e(t))),
    },
  };
  const { label, rule, terms } = kinds[name];
  const shown = added(terms.slice(0, MOST_TERMS)) + (terms.length > MOST_TERMS ? " + …" : "");
  return `${label} = ${number(value(row, column))}\n${DL}∂${label} = ${rule} = ${shown || "0"} = ${number(gradient(row, column))}`;
}

/** Numbers and products added up, as one writes it. */
function added(terms: readonly string[]): string {
  return terms.join(" + ").replaceAll("+ −", "− ");
}
