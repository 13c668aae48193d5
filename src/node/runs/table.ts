// Tables for a terminal: columns as wide as what stands in them.

const GAP = "  ";

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
