// Standard output that notices when nobody reads it any more.

import { setImmediate } from "node:timers/promises";
import { RunError, reasonOf } from "./errors.ts";

const LONGEST_BUSY = 50; // ms without a turn of the event loop, so that signals are heard

export class Output {
  readonly #stream: NodeJS.WriteStream;
  #failure: string | undefined;
  #turned = performance.now();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    stream.on("error", (error: NodeJS.ErrnoException) => {
      this.#failure = error.code === "EPIPE" ? "a closed pipe" : reasonOf(error);
    });
  }

  /** Prints a line. @throws {RunError} if the reader has gone. */
  async line(text: string): Promise<void> {
    this.#stream.write(`${text}\n`);
    await this.#turn();
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
        `stdout: expected a reader until the run ends, got ${this.#failure}; the run was given up; use --quiet to run unread`,
      );
    }
  }
}
