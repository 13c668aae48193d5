// Makes src/reference-f32/, the reference in f32: the files of src/reference/ with real-f32.ts in the
// place of real.ts, and each operation of what is noted `(…) as Real` rounded by `real`. Of one source,
// since two would differ one day; and of two modules, since engines compile each for the one kind of
// numbers that it meets, as quick as if there were no other.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { BuildError, ROOT } from "./build-core.js";

const FROM = join(ROOT, "src/reference");
const TO = join(ROOT, "src/reference-f32");
const OWN = "real-f32.ts";
const REPLACED = "real.ts";
const NAME = "$real"; // of `real` where it is put in
const ROUNDED = ["+", "-", "*", "/"]; // beside Math.sqrt

/** What each of its files is made of, as paths below both. @returns {Map<string, string>} */
function filesMade() {
  const all = readdirSync(FROM, { recursive: true, encoding: "utf8" });
  const files = all.filter((file) => file.endsWith(".ts") && file !== REPLACED);
  return new Map(files.map((file) => [file === OWN ? REPLACED : file, file]));
}

/** The files of src/reference-f32/, from the root. */
export const REFERENCE_FILES = [...filesMade().keys()].map((file) => `src/reference-f32/${file}`);

/** Brings src/reference-f32/ up to date. */
export async function makeReference() {
  const made = filesMade();
  const there = existsSync(TO) ? readdirSync(TO, { recursive: true, encoding: "utf8" }) : [];
  for (const file of there.filter((one) => one.endsWith(".ts") && !made.has(one)))
    rmSync(join(TO, file));
  for (const [file, source] of made) {
    const path = join(TO, file);
    const up = relative(dirname(path), TO) || ".";
    const text = await roundEach(readFileSync(join(FROM, source), "utf8"), `${up}/${REPLACED}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/**
 * Rounds each operation of every `(…) as Real`; what stands in brackets are places in arrays.
 * @param {string} source @param {string} real where `real` is imported from
 */
export async function roundEach(source, real) {
  const { parseAst } = await import("vite");
  /** @type {{ at: number, text: string }[]} */
  const edits = [];
  /** @param {any} node @param {boolean} isNoted */
  const visit = (node, isNoted) => {
    if (typeof node !== "object" || node === null) return;
    if (node.type === "MemberExpression" && node.computed) return visit(node.object, isNoted);
    if (node.type === "AssignmentExpression" && node.operator !== "=" && isNoteOf(node.right)) {
      throw new BuildError(
        `reference: expected = before a note, got ${node.operator}, which rounds nothing`,
      );
    }
    const isNote = isNoteOf(node);
    const isRoot = node.type === "CallExpression" && isSqrt(node.callee);
    const isOperation = node.type === "BinaryExpression" && ROUNDED.includes(node.operator);
    if (isNoted && (isOperation || isRoot)) {
      edits.push({ at: node.start, text: `${NAME}(` }, { at: node.end, text: ")" });
    }
    for (const child of Object.values(node)) visit(child, isNoted || isNote);
  };
  visit(parseAst(source, { lang: "ts" }), false);
  if (edits.length === 0) return source;
  let text = source;
  for (const { at, text: put } of edits.toSorted((a, b) => b.at - a.at))
    text = text.slice(0, at) + put + text.slice(at);
  return `${text}\nimport { real as ${NAME} } from "${real}";\n`; // at the end: the lines are those of the source
}

/** Whether it is `(…) as Real`. @param {any} node */
function isNoteOf(node) {
  return node.type === "TSAsExpression" && node.typeAnnotation.typeName?.name === "Real";
}

/** @param {any} callee */
function isSqrt({ object, property }) {
  return object?.name === "Math" && property?.name === "sqrt";
}
