// JSON from outside. What would overflow the stack, or mean two things, is refused at once.

import { quoted } from "./printable.ts";

/** A text that is not JSON as we take it; the message says what it is. */
export class JsonError extends SyntaxError {
  override readonly name = "JsonError";
}

/** What a text may hold. */
export interface JsonLimits {
  /** Brackets inside brackets. */
  readonly depth?: number;
  /** Values in all, about. */
  readonly values?: number;
}

const DEPTH = 64;

// Character codes.
const BLANK = 0x20; // and what is below it
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * The value of a JSON text, in which no object has a key twice (JSON.parse takes the last, silently)
 * or one that would be its prototype. Linear in the text, on a stack that does not grow with it.
 * @throws {JsonError}
 */
export function parseJson(text: string, limits: JsonLimits = {}): unknown {
  scan(text, limits);
  return parsed(text);
}

/** Walks strings and brackets only: what is between them is left to JSON.parse. */
function scan(
  text: string,
  { depth = DEPTH, values = Number.POSITIVE_INFINITY }: JsonLimits,
): void {
  const open: (Set<string> | undefined)[] = []; // the keys of each object; undefined for a list
  let commas = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      // Of the strings only keys are looked at: a vocabulary is megabytes of one value.
      if (isKey(text, end)) addKey(open.at(-1), text.slice(at, end));
      at = end - 1;
    } else if (code === COMMA) {
      if (++commas > values) throw new JsonError(`more than ${values} values`);
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
      if (open.length === depth) throw new JsonError(`brackets nested deeper than ${depth}`);
      open.push(code === OPEN_OBJECT ? new Set() : undefined);
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      open.pop();
    }
  }
}

/** The place behind the string that begins at `at`. */
function endOfString(text: string, at: number): number {
  for (let end = at + 1; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === QUOTE) return end + 1;
    if (code === BACKSLASH) end++;
  }
  return text.length;
}

/** Whether a colon is the next that is no blank. */
function isKey(text: string, at: number): boolean {
  for (let next = at; next < text.length; next++) {
    const code = text.charCodeAt(next);
    if (code > BLANK) return code === COLON;
  }
  return false;
}

function addKey(keys: Set<string> | undefined, json: string): void {
  const key = json.includes("\\") ? (parsed(json) as string) : json.slice(1, -1);
  if (key === "__proto__") throw new JsonError(`the key ${quoted(key)}`);
  if (keys?.has(key)) throw new JsonError(`the key ${quoted(key)} twice`);
  keys?.add(key);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new JsonError("text that is not JSON");
  }
}
