// One number of a step and where it comes from, as a line filled with the actual numbers.

import type { PlainName } from "../../engine/shape.ts";
import type { Anatomy } from "../training/anatomy.ts";
import { number, subscript, tokenName } from "./format.ts";
import { blockNames } from "./gates.ts";
import { cellFormula, gateFormula, hiddenFormula } from "./state-formula.ts";
import { added, DL, factor, tensorAt } from "./sums.ts";

/** A number that is pointed at. */
export type Place =
  | { readonly kind: "hidden"; readonly t: number; readonly unit: number }
  | { readonly kind: "gate"; readonly t: number; readonly slot: number; readonly unit: number }
  | { readonly kind: "cell"; readonly t: number; readonly unit: number }
  | { readonly kind: "probability"; readonly t: number; readonly token: number }
  | {
      readonly kind: "weight";
      readonly name: PlainName;
      readonly row: number;
      readonly column: number;
    };

const MOST_TERMS = 6;
const LARGEST_LOGIT = 700; // whose exp is finite

export function formulaOf(place: Place, anatomy: Anatomy): string {
  if (place.kind === "hidden") return hiddenFormula(anatomy, place);
  if (place.kind === "gate") return gateFormula(anatomy, place);
  if (place.kind === "cell") return cellFormula(anatomy, place);
  if (place.kind === "probability") return probabilityFormula(anatomy, place);
  return weightFormula(anatomy, place);
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
  const { characters, shape, cellName } = anatomy;
  const { value, gradient } = tensorAt(anatomy, name);
  const token = (id: number): string => tokenName(characters[id]);
  const isOutput = name === "Why" || name === "by";
  const block = isOutput ? 0 : Math.floor(row / shape.H);
  const own = isOutput ? token(row) : String(row % shape.H);
  const other = { Wxh: `,${token(column)}`, Whh: `,${column}`, Why: `,${column}`, bh: "", by: "" }[
    name
  ];
  const label = `${blockNames(cellName, name)[block]}[${own}${other}]`;
  const { rule, terms } = gradientTerms(anatomy, { name, row, column });
  const shown = added(terms.slice(0, MOST_TERMS)) + (terms.length > MOST_TERMS ? " + …" : "");
  const isOne = terms.length === 1 && !shown.includes("·");
  const worked = isOne ? "" : ` = ${shown || "0"}`;
  return `${label} = ${number(value(row, column))}\n${DL}∂${label} = ${rule}${worked} = ${number(gradient(row, column))}`;
}

/** The slot whose error a row of a layer's tensor gets. */
function slotOf({ cell, shape }: Anatomy, name: PlainName, row: number): number {
  const block = Math.floor(row / shape.H);
  const { inputGates, recurrentGates, biases } = cell;
  if (name === "Wxh") return inputGates.indexOf(block);
  return (name === "Whh" ? recurrentGates : biases).indexOf(block);
}

/** What the gradient of a weight adds up, in symbols and in numbers. */
function gradientTerms(
  anatomy: Anatomy,
  { name, row, column }: { name: PlainName; row: number; column: number },
): { rule: string; terms: string[] } {
  const { shape, cell, cellName, characters, hidden, dSlots, dLogits, inputs } = anatomy;
  const { V, H, T } = shape;
  const times = Array.from({ length: T }, (_, t) => t);
  const h = (t: number): string => factor(hidden[t * H + column] as number);
  const slot = slotOf(anatomy, name, row);
  const d = (t: number): string =>
    number(dSlots[(t * cell.slots + slot) * H + (row % H)] as number);
  const e = (t: number): string => number(dLogits[t * V + row] as number);
  const token = (id: number): string => tokenName(characters[id]);
  const block = blockNames(cellName, name)[Math.floor(row / H)] ?? "";
  const gate = cellName === "rnn" ? "" : block.replace(/^(Wx|Wh|b)/, "");
  const δ = `δ${block === "Whn" ? "hn" : gate}`; // r multiplies that part of n, and so its error
  switch (name) {
    case "Wxh":
      return {
        rule: `Σ ${δ}ₜ[${row % H}] over t with xₜ = ${token(column)}`,
        terms: times.filter((t) => inputs[t] === column).map(d),
      };
    case "Whh":
      return {
        rule: `Σ ${δ}ₜ[${row % H}]·hₜ₋₁[${column}]`,
        terms: times.slice(1).map((t) => `${d(t)}·${h(t)}`),
      };
    case "Why":
      return {
        rule: `Σ εₜ[${token(row)}]·hₜ[${column}]`,
        terms: times.map((t) => `${e(t)}·${h(t + 1)}`),
      };
    case "bh":
      return { rule: `Σ ${δ}ₜ[${row % H}]`, terms: times.map(d) };
    case "by":
      return { rule: `Σ εₜ[${token(row)}]`, terms: times.map(e) };
  }
}
