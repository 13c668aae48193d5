// Standard output that notices when nobody reads it any more.

import { setImmediate } from "node:timers/promises";
import { RunError } from "./errors.ts";

const LONGEST_BUSY = 50; // ms without a turn of the event loop, so that signals are heard

export class Output {
  readonly #stream: NodeJS.WriteStream;
  #closed = false;
  #turned = performance.now();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    stream.on("error", () => {
      this.#closed = true;
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
    if (this.#closed) {
      throw new RunError(
        "stdout: expected a reader until the run ends, got a closed pipe; nothing was written; use --quiet to run unread",
      );
    }
  }
}
