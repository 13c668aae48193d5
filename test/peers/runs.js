// What the scripts that train whole runs share: our command line, PyTorch's twin of it, files of rows.

import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

export const run = promisify(execFile);
export const CLI = at("../../build/lib/cli.js");

/**
 * Trains by PyTorch on the Python of the variable PYTHON, with words for torch_baseline.py.
 * @param {(string | number)[]} words @returns {Promise<any[]>} a row for each epoch
 */
export async function runTorch(words) {
  const python = process.env["PYTHON"] ?? "python3";
  const all = [at("torch_baseline.py"), ...words].map(String);
  const { stdout } = await run(python, all, { maxBuffer: 2 ** 24 });
  return rowsIn(stdout);
}

/** The values of a text of JSON lines. @param {string} lines @returns {any[]} */
export function rowsIn(lines) {
  return lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Those of a file; none where it is not there. @param {string} file @returns {any[]} */
export function rowsOf(file) {
  return existsSync(file) ? rowsIn(readFileSync(file, "utf8")) : [];
}

/** Characters of a text that are trained on. @param {number} length of it */
export function trainedOf(length) {
  return length - Math.floor(length / 10);
}
