// One number of a step and where it comes from, as a line filled with the actual numbers.

import type { PlainName } from "../../engine/shape.ts";
import type { Anatomy } from "../training/anatomy.ts";
import { number, subscript, tokenName } from "./format.ts";

/** A number that is pointed at. */
export type Place =
  | { readonly kind: "hidden"; readonly t: number; readonly unit: number }
  | { readonly kind: "probability"; readonly t: number; readonly token: number }
  | {
      readonly kind: "weight";
      readonly name: PlainName;
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

function tensorAt({ tensors, parameters, gradients }: Anatomy, name: PlainName) {
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
  { name, row, column }: { name: PlainName; row: number; column: number },
): string {
  const { characters } = anatomy;
  const { value, gradient } = tensorAt(anatomy, name);
  const token = (id: number): string => tokenName(characters[id]);
  const label = {
    Wxh: `Wxh[${row},${token(column)}]`,
    Whh: `Whh[${row},${column}]`,
    Why: `Why[${token(row)},${column}]`,
    bh: `bh[${row}]`,
    by: `by[${token(row)}]`,
  }[name];
  const { rule, terms } = gradientTerms(anatomy, { name, row, column });
  const shown = added(terms.slice(0, MOST_TERMS)) + (terms.length > MOST_TERMS ? " + …" : "");
  const isOne = terms.length === 1 && !shown.includes("·");
  const worked = isOne ? "" : ` = ${shown || "0"}`;
  return `${label} = ${number(value(row, column))}\n${DL}∂${label} = ${rule}${worked} = ${number(gradient(row, column))}`;
}

/** What the gradient of a weight adds up, in symbols and in numbers. */
function gradientTerms(
  { shape, characters, hidden, dHidden, dLogits, inputs }: Anatomy,
  { name, row, column }: { name: PlainName; row: number; column: number },
): { rule: string; terms: string[] } {
  const { V, H, T } = shape;
  const times = Array.from({ length: T }, (_, t) => t);
  const h = (t: number): string => factor(hidden[t * H + column] as number);
  const d = (t: number): string => number(dHidden[t * H + row] as number);
  const e = (t: number): string => number(dLogits[t * V + row] as number);
  const token = (id: number): string => tokenName(characters[id]);
  switch (name) {
    case "Wxh":
      return {
        rule: `Σ δₜ[${row}] over t with xₜ = ${token(column)}`,
        terms: times.filter((t) => inputs[t] === column).map(d),
      };
    case "Whh":
      return {
        rule: `Σ δₜ[${row}]·hₜ₋₁[${column}]`,
        terms: times.slice(1).map((t) => `${d(t)}·${h(t)}`),
      };
    case "Why":
      return {
        rule: `Σ εₜ[${token(row)}]·hₜ[${column}]`,
        terms: times.map((t) => `${e(t)}·${h(t + 1)}`),
      };
    case "bh":
      return { rule: `Σ δₜ[${row}]`, terms: times.map(d) };
    case "by":
      return { rule: `Σ εₜ[${token(row)}]`, terms: times.map(e) };
  }
}

/** Numbers and products added up, as one writes it. */
function added(terms: readonly string[]): string {
  return terms.join(" + ").replaceAll("+ −", "− ");
}

/** A number behind a multiplication sign. */
function factor(value: number): string {
  const text = number(value);
  return text.startsWith("−") ? `(${text})` : text;
}
