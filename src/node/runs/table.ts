// Tables for a terminal: columns as wide as what stands in them.

import { shown } from "../../outside/printable.ts";

const GAP = "  ";
const LONGEST_NAME = 40; // characters
const DIGITS = 12; // of a SHA-256

/** The name of a run or its file. */
export function nameCell(name: string): string {
  return shown(name, LONGEST_NAME);
}

/** The first digits of a SHA-256. */
export function hashCell(sha256: string): string {
  return sha256.slice(0, DIGITS);
}

/** A heading and rows, all cells padded; a row may be shorter. */
export function tableLines(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = head.map((title, column) =>
    Math.max(
      ...[title, ...rows.filter((row) => row.length > 2).map((row) => row[column] ?? "")].map(
        (cell) => [...cell].length,
      ),
    ),
  );
  const line = (row: readonly string[]): string =>
    row
      .map(
        (cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - [...cell].length)),
      )
      .join(GAP)
      .trimEnd();
  return [head, ...rows].map(line);
}

/** A line of comma-separated values (RFC 4180). */
export function csvLine(cells: readonly string[]): string {
  const quotedCell = (text: string) =>
    /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return cells.map(quotedCell).join(",");
}
