// Preloaded into a run: makes one call on the run's files fail, or kills the process in its place.
// INJECT is "call:how:n": the n-th call of that name, how being an error's code, SIGKILL, or "part" for a write
// or a read of half of what was asked.

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const [call = "", how = "", nth = "1"] = (process.env["INJECT"] ?? "").split(":");
const functions = /** @type {Record<string, (...values: any[]) => any>} */ (
  /** @type {unknown} */ (fs)
);
const original = /** @type {(...values: any[]) => any} */ (functions[call]);
let count = 0;

functions[call] = (...values) => {
  const isOurs = typeof values[0] === "number" || /\bout\b/.test(String(values[0]));
  if (isOurs && ++count === Number(nth)) {
    fs.appendFileSync("injected", `${call}\n`);
    if (how === "SIGKILL") process.kill(process.pid, "SIGKILL");
    if (how === "part") return original(...halved(values));
    throw Object.assign(new Error(`${how}: injected, ${call}`), { code: how });
  }
  return original(...values);
};
/** A call with half the length: (file, bytes, offset, length, …). @param {any[]} values */
function halved([file, bytes, offset = 0, length = bytes.length - offset, ...rest]) {
  return [file, bytes, offset, Math.max(1, length >> 1), ...rest];
}
syncBuiltinESMExports();
