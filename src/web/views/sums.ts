// How the formulas write sums, and where they find the numbers of a tensor.

import type { PlainName } from "../../engine/shape.ts";
import type { Anatomy } from "../training/anatomy.ts";
import { number } from "./format.ts";

export const DL = "∂L/\u2060"; // never broken after the slash

/** The numbers of a tensor and their gradients, by row and column. */
export function tensorAt({ tensors, parameters, gradients }: Anatomy, name: PlainName) {
  const tensor = tensors.find((one) => one.name === name);
  const { offset = 0, shape = [1] } = tensor ?? {};
  const columns = shape.length > 1 ? (shape[1] as number) : 1;
  const at = (row: number, column: number): number => offset + row * columns + column;
  return {
    value: (row: number, column = 0) => parameters[at(row, column)] as number,
    gradient: (row: number, column = 0) => gradients[at(row, column)] as number,
  };
}

/** Numbers and products added up, as one writes it. */
export function added(terms: readonly string[]): string {
  return terms.join(" + ").replaceAll("+ −", "− ");
}

/** A number behind a multiplication sign. */
export function factor(value: number): string {
  const text = number(value);
  return text.startsWith("−") ? `(${text})` : text;
}
