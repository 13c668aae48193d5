// The benchmark's tables in a terminal.

import type { BenchRow } from "../../bench/measure.ts";
import type { ReportShape } from "../../bench/report.ts";
import type { Shape } from "../../engine/shape.ts";
import { grouped } from "../../outside/printable.ts";

export const TABLE_HEAD =
  "                 µs a step   characters/s   GFLOP/s   of peak   against the reference";

/** A shape as it is given to --shapes, for a person. */
export function shapeName({ V, H, T, B, cell = "rnn", layers = 1 }: Shape): string {
  const network = cell === "rnn" && layers === 1 ? [] : [cell, ...(layers > 1 ? [layers] : [])];
  return [[V, H, T, B].join("x"), ...network].join(":");
}

/** A row under `TABLE_HEAD`; of a ratio that is not claimed, the range in which it lay. */
export function tableLine(row: BenchRow, isBase: boolean): string {
  const ratio = row.ratioToReference === null ? "?" : `${row.ratioToReference.toFixed(2)}x`;
  const spread = row.ratioSpread.map((value) => value.toFixed(2)).join(" – ");
  return [
    `  ${row.name.padEnd(13)}`,
    microseconds(row.microsecondsPerStep).padStart(11),
    count(row.charsPerSecond).padStart(15),
    row.gflops.toFixed(1).padStart(10),
    `${(100 * row.shareOfPeak).toFixed(0)} %`.padStart(10),
    `   ${ratio.padStart(6)}${isBase ? "" : `  (${spread})`}`,
  ].join("");
}

/** Phases with their median µs, and their share of all. */
export function phaseLines(names: readonly string[], times: readonly number[]): string[] {
  const whole = times.reduce((sum, value) => sum + value, 0);
  return names.map((name, i) => {
    const own = times[i] as number;
    const share = `${((100 * own) / whole).toFixed(1)} %`;
    return `    ${name.padEnd(11)}${own.toFixed(2).padStart(12)} µs${share.padStart(9)}`;
  });
}

/** Nanoseconds a character of every row at every size, as a Markdown table. */
export function sizeTable(shapes: readonly ReportShape[], size: "H" | "B"): string[] {
  const names = namesOf(shapes);
  const cell = (shape: ReportShape, name: string) => {
    const row = shape.rows.find((one) => one.name === name);
    return row ? count(1e9 / row.charsPerSecond) : "–";
  };
  return [
    `| ${size} | ${names.join(" | ")} |`,
    `|---:|${names.map(() => "---:|").join("")}`,
    ...shapes.map(
      (shape) => `| ${shape[size]} | ${names.map((name) => cell(shape, name)).join(" | ")} |`,
    ),
  ];
}

/** The names of the rows in the order of their first appearance, those of one program together. */
export function namesOf(shapes: readonly ReportShape[]): string[] {
  const names = [...new Set(shapes.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  const programs = [...new Set(names.map(programOf))];
  return programs.flatMap((program) => names.filter((name) => programOf(name) === program));
}

/** A row's name without its number of threads. */
export function programOf(name: string): string {
  return name.replace(/-\d+$/, "");
}

function count(value: number): string {
  return grouped(Math.round(value));
}

function microseconds(value: number): string {
  return value < 1000 ? value.toFixed(2) : count(value);
}
