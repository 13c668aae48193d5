// What a fault is: a change of a source, or of several at once.

/**
 * @typedef {{ file: string, from: string, to: string }} Edit the first place of `from` in the file
 * @typedef {{ name: string, edits: Edit[] }} Fault
 */

/** The sources of the core and of the reference. */
export const C = "assembly/";
export const R = "src/reference/";

/** @param {string} file @param {[from: string, to: string][]} changes @returns {Fault[]} */
export function each(file, changes) {
  return changes.map(([from, to]) => ({
    name: `${file}: ${from} → ${to}`,
    edits: [{ file, from, to }],
  }));
}
