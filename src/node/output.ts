// Standard output that notices when nobody reads it any more, and warnings beside it.

import type { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { printable, printableLines } from "../outside/printable.ts";
import { RunError, reasonOf } from "./errors.ts";

const LONGEST_BUSY = 50; // ms without a turn of the event loop, so that signals are heard

const ERASE = "\r\u001b[K";
const WIDTH = 80; // of a terminal that does not say
const HEIGHT = 24;

/** A stream that may be a terminal, with its width and height in characters. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** Where errors and warnings go. */
export interface ErrorStream {
  write(text: string): unknown;
}

export class Output {
  readonly #stream: OutputStream;
  readonly #errors: ErrorStream;
  #failure: string | undefined;
  #turned = performance.now();
  /** How many lines of a status stand. */
  #standing = 0;

  constructor(stream: OutputStream, errors: ErrorStream) {
    this.#stream = stream;
    this.#errors = errors;
    stream.on("error", (error: NodeJS.ErrnoException) => {
      this.#failure = error.code === "EPIPE" ? "a closed pipe" : reasonOf(error);
    });
  }

  /** Whether a line can be drawn anew. */
  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  /** Width of the terminal, characters. */
  get columns(): number {
    return this.#stream.columns || WIDTH;
  }

  /** Height of the terminal, lines. */
  get rows(): number {
    return this.#stream.rows || HEIGHT;
  }

  /** Prints a line, or several; no control character in it reaches the terminal. @throws {RunError} if the reader has gone. */
  async line(text: string): Promise<void> {
    this.#stream.write(`${this.#erasing()}${printableLines(text)}\n`);
    this.#standing = 0;
    await this.#turn();
  }

  /** Says something that is heard whatever the output is for: to standard error. */
  warn(text: string): void {
    if (this.#standing > 0) this.#stream.write(this.#erasing());
    this.#standing = 0;
    this.#errors.write(`${text}\n`);
  }

  /** Draws a line, or several, that the next ones replace, cut to the terminal's width. */
  status(...lines: string[]): void {
    const cut = lines.map((line) => [...printable(line)].slice(0, this.columns - 1).join(""));
    this.#stream.write((this.#erasing() || ERASE) + cut.join("\n"));
    this.#standing = lines.length;
  }

  /** What takes the status away; nothing where none stands. */
  #erasing(): string {
    if (this.#standing <= 1) return this.#standing === 1 ? ERASE : "";
    return `\r\u001b[${this.#standing - 1}A\u001b[J`; // up to its first line, and all from there
  }

  /** Prints text or bytes as they are. @throws {RunError} as `line`. */
  async text(text: string | Uint8Array): Promise<void> {
    this.#stream.write(text);
    await this.breathe();
  }

  /** Lets the event loop turn if it has not for a while. @throws {RunError} as `line`. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#turned > LONGEST_BUSY) await this.#turn();
  }

  async #turn(): Promise<void> {
    await setImmediate();
    this.#turned = performance.now();
    if (this.#failure !== undefined) {
      throw new RunError(
        `stdout: expected a reader until the run ends, got ${this.#failure}; use --quiet to run unread`,
      );
    }
  }
}
