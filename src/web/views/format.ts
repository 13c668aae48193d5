// Numbers, durations, tokens and the visitor's texts as the page writes them.

import { grouped, printable, shown } from "../../outside/printable.ts";

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
// Hebrew, Arabic and their like, and the marks that turn the direction as they do.
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
// Characters without a picture of their own: formats, blanks, joiners, fillers, what no font has.
const UNSEEN = /^[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]$/u;
const MARK = /^\p{M}$/u; // stands on the character before it
const LONGEST_REASON = 300; // characters

/** A number of the network, to four places. */
export function number(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return withMinus(
    size >= 1e-3 && size < 1e4 ? value.toFixed(size >= 100 ? 1 : 4) : value.toExponential(2),
  );
}

/** A number as text, with the sign that its formulas have. */
export function withMinus(text: string | number): string {
  return String(text).replaceAll("-", "−");
}

/** A whole number, lowered. */
export function subscript(n: number): string {
  return [...String(n)].map((digit) => SUBSCRIPTS[Number(digit)]).join("");
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A power of ten as it is written by hand: 10⁻⁵. */
export function powerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]);
  return `10${exponent < 0 ? "⁻" : ""}${digits.join("")}`;
}

/** A token as something to be seen. */
export function glyph(character: string): string {
  if (character === " ") return "␣";
  const text = printable(character);
  if (text !== character) return text;
  if (UNSEEN.test(character)) {
    return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  }
  return MARK.test(character) ? `◌${character}` : character;
}

/** A token as a label, also within a line. */
export function tokenName(character: string | undefined): string {
  return isolated(glyph(character ?? ""));
}

/** A text from outside as it stands in a sentence: printable, at most 80 characters. */
export function cited(text: string): string {
  return isolated(shown(text));
}

/** A reason from elsewhere, whatever it quotes. */
export function explained(reason: string): string {
  return shown(reason, LONGEST_REASON).replaceAll(/"[^"]*"/g, isolated);
}

/** The text so that its direction is its own, and the line around it keeps the line's. */
function isolated(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}

/** A count with its thousands apart. */
export function count(value: number): string {
  return grouped(Math.round(value));
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

/** A unit in words; units are numbered through all layers. */
export function unitName(unit: number, H: number, layers: number): string {
  return `${layers > 1 ? `layer ${Math.floor(unit / H)}, ` : ""}unit ${unit % H}`;
}
