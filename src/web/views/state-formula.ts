// The formulas of a cell: its gates, an LSTM's c, the hidden state; each filled with its numbers.

import type { CellName } from "../../engine/cells.ts";
import type { Anatomy } from "../training/anatomy.ts";
import { number, subscript, tokenName } from "./format.ts";
import { GATES, GRU_HIDDEN_PART } from "./gates.ts";
import { added, DL, factor, tensorAt } from "./sums.ts";

interface At {
  readonly t: number;
  readonly unit: number;
}

/** What is added up in a slot. */
interface Sum {
  readonly words: string;
  readonly terms: readonly number[];
}

/** The sum of one gate: the input's column, the bias, and what the state before gives. */
function sumOf(anatomy: Anatomy, { t, unit }: At, slot: number): Sum {
  const { shape, cell, cellName, inputs, characters, hidden } = anatomy;
  const { H } = shape;
  const x = inputs[t] as number;
  const symbol = SYMBOLS[cellName][slot] as string;
  const [input = -1, recurrent = -1] = [cell.inputGates[slot], cell.recurrentGates[slot]];
  const before = subscript(t);
  const words: string[] = [];
  const terms: number[] = [];
  if (input >= 0) {
    words.push(`Wx${symbol}[${unit},${tokenName(characters[x])}]`);
    terms.push(tensorAt(anatomy, "Wxh").value(input * H + unit, x));
  }
  const bias = cell.biases[slot] as number;
  words.push(`b${input < 0 ? "h" : ""}${symbol}[${unit}]`);
  terms.push(tensorAt(anatomy, "bh").value(bias * H + unit));
  if (recurrent >= 0) {
    let sum = 0;
    const row = recurrent * H + unit;
    for (let k = 0; k < H; k++) {
      sum += tensorAt(anatomy, "Whh").value(row, k) * (hidden[t * H + k] as number);
    }
    words.push(`Wh${symbol}[${unit},:]·h${before}`);
    terms.push(sum);
  }
  return { words: words.join(" + "), terms };
}

/** The letter of each slot in the names of its weights. */
const SYMBOLS: Readonly<Record<CellName, readonly string[]>> = {
  rnn: ["h"],
  gru: ["n", "r", "z", "n"],
  lstm: ["i", "f", "g", "o"],
};

/** A gate, or a GRU's new state. */
export function gateFormula(anatomy: Anatomy, { t, unit, slot }: At & { slot: number }): string {
  const { cellName } = anatomy;
  const gate = GATES[cellName].find((one) => one.slot === slot);
  if (!gate) throw new RangeError(`slot: expected a gate of ${cellName}, got ${slot}`);
  const { symbol, squash } = gate;
  const own = sumOf(anatomy, { t, unit }, slot);
  const name = `${symbol}${subscript(t + 1)}[${unit}]`;
  const [value, delta] = slotAt(anatomy, { t, unit }, slot);
  let [words, terms] = [own.words, added(own.terms.map(number))];
  if (cellName === "gru" && symbol === "n") {
    const [r] = slotAt(anatomy, { t, unit }, 1);
    const part = sumOf(anatomy, { t, unit }, GRU_HIDDEN_PART);
    words += ` + r·(${part.words})`;
    terms = added([terms, `${number(r)}·(${added(part.terms.map(number))})`]);
  }
  return `${name} = ${squash}(${words}) = ${squash}(${terms}) = ${number(value)}\n${DL}∂(${symbol} before ${squash}) = ${number(delta)}`;
}

/** An LSTM's c: what it keeps and what is added. */
export function cellFormula(anatomy: Anatomy, { t, unit }: At): string {
  const { shape, cells, dCells } = anatomy;
  const { H } = shape;
  const now = subscript(t + 1);
  const [i, f, g] = [0, 1, 2].map((slot) => slotAt(anatomy, { t, unit }, slot)[0]) as [
    ...[number, number, number],
  ];
  const before = cells[t * H + unit] as number;
  const value = cells[(t + 1) * H + unit] as number;
  return `c${now}[${unit}] = f·c${subscript(t)}[${unit}] + i·g = ${added([`${number(f)}·${factor(before)}`, `${number(i)}·${factor(g)}`])} = ${number(value)}\n${DL}∂c${now}[${unit}] = ${number(dCells[t * H + unit] as number)}`;
}

export function hiddenFormula(anatomy: Anatomy, { t, unit }: At): string {
  const { shape, cellName, hidden, cells, dState } = anatomy;
  const { H } = shape;
  const now = subscript(t + 1);
  const value = number(hidden[(t + 1) * H + unit] as number);
  const error = `${DL}∂h${now}[${unit}] = ${number(dState[t * H + unit] as number)}`;
  const name = `h${now}[${unit}]`;
  const slot = (index: number): number => slotAt(anatomy, { t, unit }, index)[0];
  if (cellName === "lstm") {
    const c = cells[(t + 1) * H + unit] as number;
    return `${name} = o·tanh(c${now}[${unit}]) = ${number(slot(3))}·tanh(${number(c)}) = ${value}\n${error}`;
  }
  if (cellName === "gru") {
    const [n, z] = [slot(0), slot(2)];
    const before = hidden[t * H + unit] as number;
    return `${name} = (1 − z)·n + z·h${subscript(t)}[${unit}] = ${added([`${number(1 - z)}·${factor(n)}`, `${number(z)}·${factor(before)}`])} = ${value}\n${error}`;
  }
  const { words, terms } = sumOf(anatomy, { t, unit }, 0);
  return `${name} = tanh(${words}) = tanh(${added(terms.map(number))}) = ${value}\n${error}`;
}

/** A slot's value, and the gradient before its activation. */
function slotAt({ shape, slots, dSlots, cell }: Anatomy, { t, unit }: At, slot: number) {
  const at = (t * cell.slots + slot) * shape.H + unit;
  return [slots[at], dSlots[at]] as [number, number];
}
