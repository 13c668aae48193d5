// Numbers, durations and tokens as the page writes them.

import { printable } from "../../data/printable.ts";

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

/** A number of the network, to four places. */
export function number(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text =
    size >= 1e-3 && size < 1e4 ? value.toFixed(size >= 100 ? 1 : 4) : value.toExponential(2);
  return text.replace("-", "−");
}

/** A whole number, lowered. */
export function subscript(n: number): string {
  return [...String(n)].map((digit) => SUBSCRIPTS[Number(digit)]).join("");
}

/** A token as a label. */
export function tokenName(character: string | undefined): string {
  return character === " " ? "␣" : printable(character ?? "");
}

/** A count with its thousands apart. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** A number of training steps, in words. */
export function steps(n: number): string {
  return n === 1 ? "1 step" : `${n} steps`;
}

/** Seconds, to three digits, in the unit that fits. */
export function duration(seconds: number): string {
  const [unit, scale] = seconds >= 1 ? ["s", 1] : seconds >= 1e-3 ? ["ms", 1e3] : ["µs", 1e6];
  return `${Number((seconds * (scale as number)).toPrecision(3))} ${unit}`;
}
