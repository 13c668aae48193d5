// Runs a command of ours in this process as on a terminal of some width, or into a pipe, and collects
// what it sends.

import { Writable } from "node:stream";
import { main } from "../../src/node/main.ts";

export interface Sent {
  readonly code: number;
  readonly bytes: Buffer;
  readonly text: string;
  readonly stderr: string;
}

/** The terminal's width is `columns` characters; files are named by absolute paths. */
export function onTerminal(columns: number, ...args: string[]): Promise<Sent> {
  return send(new Screen(columns), args);
}

/** The same into a pipe. */
export function intoPipe(...args: string[]): Promise<Sent> {
  return send(new Screen(), args);
}

async function send(stdout: Screen, args: readonly string[]): Promise<Sent> {
  const stderr = new Screen();
  const code = await main(args, { stdout, stderr });
  return { code, bytes: stdout.bytes, text: stdout.text, stderr: stderr.text };
}

/** Keeps what is written; a terminal if it has a width. */
export class Screen extends Writable {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly #pieces: Buffer[] = [];

  constructor(columns = 0) {
    super();
    this.isTTY = columns > 0;
    this.columns = columns;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  get text(): string {
    return this.bytes.toString();
  }

  override _write(data: Buffer, _encoding: string, done: () => void): void {
    this.#pieces.push(Buffer.from(data));
    done();
  }
}
